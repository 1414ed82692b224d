/**
 * The programs of README.md and docs/ compile, and those marked `ts runnable` run. A block without imports is a fragment: it finds the
 * names of PRELUDE. A block `text output` right after a runnable one is what the program prints.
 */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, expect, test } from 'vitest';

import { allDocuments } from './documents.ts';
import { ROOT } from './project-files.ts';

const run = promisify(execFile);
const FOLDER = join(ROOT, '.cache', 'snippets');

const PRELUDE = `import { MillraceSession, MillraceError, Trigger, functions as F, types as T } from 'millrace';
import type { DataFrame, StreamingQuery } from 'millrace';
declare const session: MillraceSession;
declare const events: DataFrame;
declare const counts: DataFrame;
declare const query: StreamingQuery;
`;

interface Snippet {
  readonly place: string;
  readonly file: string;
  readonly code: string;
  readonly isRunnable: boolean;
  readonly output: string | undefined;
}

const SNIPPETS: readonly Snippet[] = allDocuments()
  .filter(({ path }) => path === 'README.md' || path === 'CONTRIBUTING.md' || path.startsWith('docs/'))
  .flatMap(({ path, blocks }) =>
    blocks.flatMap(({ line, language, text }, index) => {
      if (!/^ts\b/.test(language)) return [];
      const next = blocks[index + 1];
      return [
        {
          place: `${path}:${line}`,
          file: `${path.replaceAll(/\W+/g, '-')}-${line}.ts`,
          code: (/^import\s/m.test(text) ? text : PRELUDE + text)
            .replaceAll("'millrace/testing'", "'../../src/testing/index.ts'")
            .replaceAll("'millrace'", "'../../src/index.ts'"),
          isRunnable: language.includes('runnable'),
          output: next?.language === 'text output' ? next.text : undefined,
        },
      ];
    }),
  );

beforeAll(() => {
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(FOLDER, { recursive: true });
  for (const { file, code } of SNIPPETS) writeFileSync(join(FOLDER, file), `${code}\nexport {};\n`);
  const options = { noUnusedLocals: false, noUnusedParameters: false, declaration: false, declarationMap: false };
  const config = { extends: '../../tsconfig.json', compilerOptions: options, include: ['*.ts'] };
  writeFileSync(join(FOLDER, 'tsconfig.json'), JSON.stringify(config));
});

test('every program in the documents compiles', async () => {
  const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
  const { stdout } = await run(process.execPath, [tsc, '--noEmit', '-p', FOLDER], { cwd: FOLDER }).catch(
    (error: { stdout: string }) => error,
  );
  const problems = stdout.split('\n').filter((line) => !line.startsWith('../') && line.includes('error'));
  expect(problems).toEqual([]);
}, 60_000);

test.for(SNIPPETS.filter(({ isRunnable }) => isRunnable))(
  'the program at $place runs',
  { timeout: 60_000 },
  async ({ file, output }) => {
    const folder = mkdtempSync(join(tmpdir(), 'millrace-snippet-'));
    try {
      const { stdout } = await run(process.execPath, ['--no-warnings', join(FOLDER, file)], { cwd: folder });
      if (output !== undefined) expect(stdout).toBe(output);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
);
