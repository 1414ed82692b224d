/**
 * Bundles `src/` into a few files: one per entry and one per group of code that entries share or load lazily. Hundreds of small files, and
 * rxjs's two hundred, would take most of the time of an import. Packages stay imports, except rxjs with its tslib; declarations are made by the compiler.
 */
import type { OutputChunk, Plugin } from 'rolldown';
import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { LAZY_CHUNKS, LazyEdges, chunkEntry, lazyChunks } from './lazy-chunks.ts';

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
  const edges = new LazyEdges(SOURCES, path.join(SOURCES, 'index.ts'));
  const build = await rolldown({
    cwd: ROOT,
    input: Object.fromEntries([
      ...ENTRIES.map((entry) => [entry, path.join(SOURCES, `${entry}.ts`)]),
      ...Object.keys(LAZY_CHUNKS).map((chunk) => [`lazy/${chunk}`, chunkEntry(chunk)]),
    ]),
    platform: 'node',
    external: (id) => /^[a-z@]/.test(id) && !id.startsWith('lazy-chunk') && !Object.hasOwn(TAKEN_IN, id),
    resolve: { alias: TAKEN_IN },
    plugins: [lazyChunks(edges), moduleUrls(), asciiOnly()],
  });
  const { output } = await build.write({
    dir: folder,
    format: 'esm',
    sourcemap: true,
    entryFileNames: '[name].js',
    chunkFileNames: 'chunks/[name]-[hash].js',
    codeSplitting: { groups: groupsOf(edges) },
    comments: { legal: true, annotation: false, jsdoc: false },
  });
  const isFolderOrOther = (file: string): boolean => !NOT_COPIED.has(path.extname(file));
  cpSync(SOURCES, folder, { recursive: true, filter: isFolderOrOther });
  writeFileSync(path.join(folder, 'THIRD-PARTY-LICENSES.txt'), licenses());
  return output.filter((part) => part.type === 'chunk');
}

/** What an import loads is one file, what the first query needs another, and what several chunks share a third. */
function groupsOf(edges: LazyEdges): { name: string; test: (id: string) => boolean }[] {
  const engine = edges.filesOf('engine');
  const others = Object.keys(LAZY_CHUNKS)
    .filter((chunk) => chunk !== 'engine')
    .map((chunk) => edges.filesOf(chunk));
  const isCore = (id: string): boolean =>
    edges.core.has(id) || id.includes('lazy-chunks-runtime') || /[\\/](?:rxjs|tslib)[\\/]/.test(id);
  return [
    { name: 'core', test: (id) => isCore(id) && !id.endsWith('src/index.ts') },
    { name: 'engine', test: (id) => engine.has(id) && !isCore(id) },
    {
      name: 'shared',
      test: (id) => !isCore(id) && !engine.has(id) && others.filter((files) => files.has(id)).length > 1,
    },
  ];
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

/** Other characters as escapes: a file that has one is kept by V8 as two bytes per character, and takes longer to read and to parse. */
function asciiOnly(): Plugin {
  const escaped = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return {
    name: 'ascii-only',
    generateBundle(_, files) {
      for (const file of Object.values(files))
        if (file.type === 'chunk') file.code = file.code.replaceAll(/[\u0080-\uffff]/g, escaped);
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
