/**
 * What a file looks like: its name, its header, its length, and the constructs no file uses. Length of functions, `any`, `!`, default
 * exports, import cycles and floating promises are the linter's; here only that its rules stay switched on.
 */
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';

import { ROOT, filesBelow, placesOf } from './project-files.ts';

const SOURCES = filesBelow('src');
const TESTS = filesBelow('test');
const SCRIPTS = filesBelow('scripts');
const ALL = [...SOURCES, ...TESTS, ...SCRIPTS];

test('file names are kebab-case', () => {
  const suffixes = '(?:\\.(?:redis|pg|mysql|kafka|s3|kinesis|spark|property|recovery|campaign))*(?:\\.test)?';
  const name = new RegExp(`^[a-z0-9]+(?:-[a-z0-9]+)*${suffixes}\\.ts$`);
  expect(ALL.map(({ path }) => path).filter((path) => !name.test(basename(path)))).toEqual([]);
});

test('every file but a test, whose names say it, begins with a comment that says what it is', () => {
  const bare = ALL.filter(
    ({ path, text }) => !path.endsWith('.test.ts') && !/^(?:#!.*\n)?\/\*\*[\s\S]{10,}?\*\//.test(text),
  ).map(({ path }) => path);
  expect(bare).toEqual([]);
});

test('the header of a source file is a paragraph, not an essay', () => {
  const long = SOURCES.filter(
    ({ text }) => (/^(?:#!.*\n)?\/\*\*[\s\S]*?\*\//.exec(text)?.[0].split('\n').length ?? 0) > 45,
  );
  expect(long.map(({ path }) => path)).toEqual([]);
});

/** Tables, which only grow: one entry each per condition or function. */
const TABLES = new Set(['src/errors/error-conditions.ts', 'src/api/functions.ts']);

test('source files have at most 500 lines, test files at most 600', () => {
  const long = ALL.filter(({ path, text }) => {
    const numLines = text.trimEnd().split('\n').length;
    return !TABLES.has(path) && numLines > (path.startsWith('test/') ? 600 : 500);
  });
  expect(long.map(({ path, text }) => `${path}: ${text.split('\n').length}`)).toEqual([]);
});

/** Several names of one rank; the file is named after what they share. */
const NAMED_AFTER_THEIR_SUBJECT = new Set(['src/engine/rx.ts']);

test('a file with a class is named after it', () => {
  const kebab = (name: string): string =>
    name
      .replaceAll(/([a-z0-9])([A-Z])/g, '$1-$2')
      .replaceAll(/([A-Z])([A-Z][a-z])/g, '$1-$2')
      .toLowerCase();
  const misnamed = SOURCES.flatMap(({ path, bare }) => {
    const classes = [...bare.matchAll(/^export (?:abstract )?class (\w+)/gm)].map((match) => kebab(match[1] ?? ''));
    const words = basename(path, '.ts').split('-');
    const fits = classes.some((name) => words.some((word) => name.includes(word.replace(/s$/, ''))));
    return classes.length === 0 || fits || NAMED_AFTER_THEIR_SUBJECT.has(path)
      ? []
      : [`${path}: ${classes.join(', ')}`];
  });
  expect(misnamed).toEqual([]);
});

/** Spark's own names. */
const SPARK_NAMES = /StreamingQueryManager/;

test('names say what a thing is', () => {
  const declared =
    /\b(?:class|function|interface|type|const)\s+\w*(?:Manager|Helper|Util|Utils|Common|Misc|Impl|Base)\b/g;
  const places = placesOf(ALL, declared).filter((place) => !SPARK_NAMES.test(place));
  expect(places).toEqual([]);
  expect(placesOf(ALL, /\b(?:interface|class)\s+I[A-Z]\w/g)).toEqual([]);
});

/** Classes that never leave their folder: what is caught there becomes a MillraceError. */
const INNER_SIGNALS =
  /throw new (?:ReplayTooLarge|RowsFailed|KinesisCallError|KinesisServiceError|CutConnection|KafkaSignal)/;

test('failures are MillraceErrors with a condition of the table', () => {
  const others = placesOf(SOURCES, /\bthrow new (?!MillraceError\b)\w+|\bthrow ['"`]/g);
  expect(others.filter((place) => !INNER_SIGNALS.test(place))).toEqual([]);
});

test('no file uses enums, namespaces, parameter properties or default exports', () => {
  expect(placesOf(ALL, /^\s*(?:export )?(?:const )?(?:enum|namespace) \w/gm)).toEqual([]);
  expect(placesOf(ALL, /[(,]\s*(?:private|public|protected) (?:readonly )?\w+[?:]/g)).toEqual([]);
  expect(placesOf(ALL, /^export default\b/gm)).toEqual([]);
});

test('comments promise nothing without an issue number', () => {
  const promises = ALL.flatMap(({ path, text }) =>
    text
      .split('\n')
      .map((line, index) => ({ line, place: `${path}:${index + 1}` }))
      .filter(({ line }) => /\b(?:TODO|FIXME|HACK)\b(?!.*#\d+)/.test(line) && !path.startsWith('test/tidy/'))
      .map(({ place }) => place),
  );
  expect(promises).toEqual([]);
});

test('no test is skipped or alone', () => {
  expect(
    placesOf(TESTS, /\b(?:test|it|describe)\.(?:skip|only|todo|skipIf|runIf|fails)\b|\b(?:xit|fit|xdescribe)\(/g),
  ).toEqual([]);
});

test('source code does not ask whether it is tested', () => {
  const asking = SOURCES.filter(({ code }) => /process\.env\[?\.?['"]?(?:VITEST|NODE_ENV|JEST)/.test(code));
  expect(asking.map(({ path }) => path)).toEqual([]);
});

test('the linter keeps the rules this file leaves to it', () => {
  const { rules } = JSON.parse(readFileSync(join(ROOT, '.oxlintrc.json'), 'utf8')) as {
    rules: Record<string, unknown>;
  };
  for (const rule of [
    'typescript/no-explicit-any',
    'typescript/no-non-null-assertion',
    'typescript/consistent-type-imports',
    'typescript/no-floating-promises',
    'typescript/switch-exhaustiveness-check',
    'import/no-cycle',
    'import/no-default-export',
    'no-console',
    'max-lines-per-function',
  ]) {
    const setting = rules[rule];
    expect([rule, Array.isArray(setting) ? setting[0] : setting]).toEqual([rule, 'error']);
  }
});
