/**
 * Bundles `src/` into a few files: one per entry and one per group of code that entries share or load lazily. Hundreds of small files, and
 * rxjs's two hundred, would take most of the time of an import. Packages stay imports, except rxjs with its tslib; declarations are made by the compiler.
 */
import type { OutputChunk, Plugin } from 'rolldown';
import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const SOURCES = path.join(ROOT, 'src');

/** Files that the package, the command line or a new thread or process starts with; each is a file of its own under the same name. */
const ENTRIES = ['index', 'testing/index', 'cli/main', 'emulator/kinesis-local-preload', 'api/worker-main'].filter(
  (entry) => existsSync(path.join(SOURCES, `${entry}.ts`)),
);

/** Packages whose code is taken in, with the file to take it from: Node would load the CommonJS form of rxjs, file by file. */
const TAKEN_IN = {
  rxjs: path.join(ROOT, 'node_modules/rxjs/dist/esm/index.js'),
  tslib: path.join(ROOT, 'node_modules/tslib/tslib.es6.mjs'),
};

const NOT_COPIED = new Set(['.ts', '.md']);

/** Writes the bundle into a folder, with all other files of `src/` (as WASM) beside it. */
export async function bundle(folder: string): Promise<readonly OutputChunk[]> {
  const build = await rolldown({
    cwd: ROOT,
    input: Object.fromEntries(ENTRIES.map((entry) => [entry, path.join(SOURCES, `${entry}.ts`)])),
    platform: 'node',
    external: (id) => !id.startsWith('.') && !path.isAbsolute(id) && !Object.hasOwn(TAKEN_IN, id),
    resolve: { alias: TAKEN_IN },
    plugins: [moduleUrls()],
  });
  const { output } = await build.write({
    dir: folder,
    format: 'esm',
    sourcemap: true,
    entryFileNames: '[name].js',
    chunkFileNames: 'chunks/[name]-[hash].js',
    comments: { legal: true, annotation: false, jsdoc: false },
  });
  const isFolderOrOther = (file: string): boolean => !NOT_COPIED.has(path.extname(file));
  cpSync(SOURCES, folder, { recursive: true, filter: isFolderOrOther });
  writeFileSync(path.join(folder, 'THIRD-PARTY-LICENSES.txt'), licenses());
  return output.filter((part) => part.type === 'chunk');
}

/** `import.meta.url` keeps meaning the place of the module, from which it finds its neighbours, whatever file its code ends up in. */
function moduleUrls(): Plugin {
  const MARK = /__moduleUrl__\("([^"]+)"\)/g;
  return {
    name: 'module-urls',
    transform(code, id) {
      if (!id.startsWith(SOURCES) || !code.includes('import.meta.url')) return null;
      const place = path.relative(SOURCES, id).replaceAll(path.sep, '/').replace(/\.ts$/, '.js');
      return { code: code.replaceAll('import.meta.url', `__moduleUrl__("${place}")`), map: null };
    },
    renderChunk(code, chunk) {
      if (!code.includes('__moduleUrl__')) return null;
      const folder = path.posix.dirname(chunk.fileName);
      return {
        code: code.replaceAll(MARK, (_, place: string) =>
          place === chunk.fileName
            ? 'import.meta.url'
            : `new URL("${path.posix.relative(folder, place)}", import.meta.url).href`,
        ),
        map: null,
      };
    },
  };
}

function licenses(): string {
  return Object.keys(TAKEN_IN)
    .map((name) => {
      const text = readFileSync(path.join(ROOT, 'node_modules', name, 'LICENSE.txt'), 'utf8');
      return `This package contains code of ${name}, under this licence:\n\n${text}`;
    })
    .join('\n');
}
