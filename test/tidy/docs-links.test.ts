/**
 * The documents point at things that exist. A link to a file needs the file; with `#section` also the heading; a link to code whose text
 * is a name in backticks needs that name in the file; one whose text is a quoted sentence needs a test of that name there.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { expect, test } from 'vitest';

import { type DocumentLink, type MarkdownDocument, allDocuments } from './documents.ts';
import { ROOT } from './project-files.ts';

const DOCUMENTS = allDocuments();
const BY_PATH = new Map(DOCUMENTS.map((document) => [document.path, document]));

test('relative links lead to files and sections that exist', () => {
  expect(DOCUMENTS.flatMap((document) => document.links.flatMap((link) => brokenLink(document, link)))).toEqual([]);
});

test('files named in backticks exist', () => {
  const missing = DOCUMENTS.flatMap(({ path, text }) =>
    [...text.matchAll(/`((?:src|test|scripts|docs|docker|bench|examples)\/[\w./-]+)`/g)]
      .map((match) => match[1] ?? '')
      .filter((name) => !existsSync(join(ROOT, name)))
      .map((name) => `${path}: ${name}`),
  );
  expect(missing).toEqual([]);
});

test('the map of the project is a short walk', () => {
  expect(BY_PATH.get('ARCHITECTURE.md')?.text.split('\n').length).toBeLessThanOrEqual(300);
});

test('the README of a folder of src has at most 60 lines', () => {
  const long = DOCUMENTS.filter(({ path, text }) => path.startsWith('src/') && text.trimEnd().split('\n').length > 60);
  expect(long.map(({ path }) => path)).toEqual([]);
});

function brokenLink({ path }: MarkdownDocument, { line, text, target }: DocumentLink): readonly string[] {
  if (/^[a-z]+:/.test(target)) return [];
  const [file = '', anchor] = target.split('#');
  const full = file === '' ? path : posix.join(posix.dirname(path), file);
  const place = `${path}:${line} [${text}](${target})`;
  if (!existsSync(join(ROOT, full))) return [`${place}: no such file`];
  if (anchor !== undefined && BY_PATH.get(full)?.anchors.has(anchor) !== true) return [`${place}: no such section`];
  if (!full.endsWith('.ts')) return [];
  const content = readFileSync(join(ROOT, full), 'utf8');
  const name = /^`([\w.#]+?)(?:\(\))?`$/.exec(text)?.[1]?.split('.').at(-1);
  if (name !== undefined && name !== 'ts' && !new RegExp(`(?<![\\w$])${name}\\b`).test(content))
    return [`${place}: no such name`];
  const sentence = /^["“](.*)["”]$/.exec(text)?.[1];
  return sentence !== undefined && !content.includes(sentence) ? [`${place}: no such test`] : [];
}
