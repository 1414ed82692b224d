/** The scanner the house rules stand on. */
import { expect, test } from 'vitest';

import { filesBelow, folderOf, readProjectFile } from './project-files.ts';

test('comments vanish from code, contents of strings and regular expressions from bare code', () => {
  const file = readProjectFile('test/tidy/sample/scanned.txt');
  expect(file.code).not.toContain('comment');
  expect(file.code).toContain("'text // no remark'");
  for (const word of ['comment', 'remark', 'pattern', 'template']) expect(file.bare).not.toContain(word);
  for (const word of ['hole', 'quotient', 'afterwards']) expect(file.bare).toContain(word);
  expect(file.bare).toHaveLength(file.text.length);
});

test('imports are found in every form', () => {
  expect(readProjectFile('test/tidy/sample/scanned.txt').imports).toEqual([
    { target: 'test/tidy/one.ts', form: 'static' },
    { target: 'test/tidy/two.ts', form: 'type' },
    { target: 'test/tidy/sample/three.ts', form: 'static' },
    { target: 'node:fs', form: 'static' },
    { target: 'pg', form: 'type' },
    { target: 'ioredis', form: 'dynamic' },
  ]);
});

test('the folder of a file is the one below src', () => {
  expect(folderOf('src/engine/operators/filter.ts')).toBe('engine');
  expect(folderOf('src/index.ts')).toBe('');
  expect(filesBelow('src').length).toBeGreaterThan(100);
});
