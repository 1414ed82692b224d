/**
 * The public surface: names and signatures users can import, as the compiler declares them. A change shows in api-surface.txt; accept it
 * with `npx vitest run --project fast test/tidy/api-surface.test.ts -u`.
 */
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

import { ROOT } from './project-files.ts';

const run = promisify(execFile);

test('the public names and signatures are the agreed ones', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-declarations-'));
  try {
    const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
    const options = ['--emitDeclarationOnly', '--declarationMap', 'false', '--removeComments', '--outDir', folder];
    // Type errors elsewhere are the business of `npm run types`; declarations are written all the same.
    await run(process.execPath, [tsc, '-p', 'tsconfig.build.json', ...options], { cwd: ROOT }).catch(() => undefined);
    expect(existsSync(join(folder, 'index.d.ts'))).toBe(true);
    const entries = ['index', 'testing/index'].filter((entry) => existsSync(join(folder, `${entry}.d.ts`)));
    const surface = entries.map((entry) => `// ${entry}\n\n${surfaceOf(join(folder, `${entry}.d.ts`))}`).join('\n');
    await expect(surface).toMatchFileSnapshot('api-surface.txt');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 60_000);

const EXPORT = /^export (?:type )?(\*(?: as \w+)?|\{[^}]*\}) from '([^']+)';$/gm;

/** The declarations an entry file exports, in the order of the file. */
function surfaceOf(entry: string): string {
  const text = readFileSync(entry, 'utf8');
  return [...text.matchAll(EXPORT)]
    .map(([line, names = '', target = '']) => {
      const declarations = statementsOf(
        readFileSync(join(dirname(entry), target.replace(/\.(?:ts|js)$/, '.d.ts')), 'utf8'),
      );
      const wanted = names.startsWith('{') ? names.slice(1, -1).split(',').map(exportedName) : undefined;
      const shown = declarations.filter(({ name }) => wanted === undefined || wanted.includes(name));
      return `${line}\n${shown.map((declaration) => declaration.text).join('\n')}\n`;
    })
    .join('\n');
}

function exportedName(part: string): string {
  return part
    .trim()
    .replace(/^type /, '')
    .replace(/ as .*/, '');
}

/** The exported top-level statements of a declaration file. */
function statementsOf(text: string): readonly { readonly name: string; readonly text: string }[] {
  return text
    .split(/^(?=export |declare |import |type |interface )/m)
    .filter((statement) => statement.startsWith('export '))
    .map((statement) => ({
      name: /(?:class|function|const|interface|type) (\w+)/.exec(statement)?.[1] ?? '',
      text: statement.replaceAll(/^ +(?:#private|private .*);\n/gm, '').trimEnd(),
    }));
}
