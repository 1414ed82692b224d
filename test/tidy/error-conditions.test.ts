/** The table of error conditions: sorted, complete, every condition raised by the code and met by a test. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

import { type ErrorCondition, ERROR_CONDITIONS } from '../../src/errors/error-conditions.ts';
import { ROOT, filesBelow } from './project-files.ts';

/** Conditions no test meets yet. A name that a test meets must leave this list; nothing may join it without a reason beside it. */
const NOT_MET_BY_A_TEST: readonly string[] = [];

const CONDITIONS: readonly (readonly [string, ErrorCondition])[] = Object.entries(ERROR_CONDITIONS);
const NAMES = CONDITIONS.map(([name]) => name);

/** Tells whether a condition's name is written in a text: whole and quoted, or as `PARENT.${…}` with the second part quoted elsewhere. */
function mentioned(text: string): (name: string) => boolean {
  const names = new Set([...text.matchAll(/["'`[]([A-Z_][A-Z0-9_.]+)["'`\]]/g)].map((match) => match[1]));
  return (name) => {
    const [parent, part] = name.split('.');
    return names.has(name) || (part !== undefined && names.has(part) && text.includes(`${parent}.\${`));
  };
}

test('the table is sorted and says every name once', () => {
  expect(NAMES).toEqual([...new Set(NAMES)].toSorted());
});

test('names are upper-case words and SQLSTATEs have five characters', () => {
  expect(NAMES.filter((name) => !/^[A-Z_][A-Z0-9_]*(?:\.[A-Z0-9_]+)?$/.test(name))).toEqual([]);
  expect(CONDITIONS.filter(([, { sqlState }]) => !/^[0-9A-Z]{5}$/.test(sqlState)).map(([name]) => name)).toEqual([]);
});

test('a hint uses only parameters of its message', () => {
  const placeholders = (text: string): readonly string[] =>
    [...text.matchAll(/<(\w+)>/g)].map((match) => match[1] ?? '');
  const foreign = CONDITIONS.filter(
    ([, { message, hint }]) => !placeholders(hint ?? '').every((name) => placeholders(message).includes(name)),
  );
  expect(foreign.map(([name]) => name)).toEqual([]);
});

test('every condition is raised somewhere', () => {
  const isRaised = mentioned(
    filesBelow('src')
      .filter(({ path }) => path !== 'src/errors/error-conditions.ts')
      .map(({ code }) => code)
      .join('\n'),
  );
  expect(NAMES.filter((name) => !isRaised(name))).toEqual([]);
});

test('every condition is met by a test, but for the listed gaps', () => {
  const texts = readdirSync(join(ROOT, 'test'), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(?:ts|json)$/.test(name) && !name.startsWith('tidy'))
    .map((name) => readFileSync(join(ROOT, 'test', name), 'utf8'));
  // The contract of sinks is a part of the test kit, so that users can run it on theirs.
  texts.push(readFileSync(join(ROOT, 'src/testing/sink-contract.ts'), 'utf8'));
  const isMet = mentioned(texts.join('\n'));
  expect(NAMES.filter((name) => !isMet(name))).toEqual(NOT_MET_BY_A_TEST);
});
