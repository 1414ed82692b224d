import { expect, test } from 'vitest';
import { MillraceError } from '../../src/index.ts';
import { evaluateXPath } from '../../src/functions/xml/xpath-evaluation.ts';
import { parseXml, type XmlNode } from '../../src/functions/xml/xml-document.ts';
import { parseXPath } from '../../src/functions/xml/xpath-parser.ts';
import { findScalar } from '../../src/functions/registry.ts';

const TEXT =
  '<?xml version="1.0"?><!-- c --><r><a id="1">x &lt; y</a><a id="2"><b>2</b><b>3</b></a><![CDATA[raw <t>]]></r>';

function ask(path: string): unknown {
  const value = evaluateXPath(parseXPath(path), parseXml(TEXT) as XmlNode);
  return typeof value === 'object' ? value.map((node) => node.value || node.name) : value;
}

test('paths find what XPath says', () => {
  const cases: readonly (readonly [string, unknown])[] = [
    ['r/a/@id', ['1', '2']],
    ['//b/text()', ['2', '3']],
    ['r/a[2]/b[last()]/text()', ['3']],
    ["r/a[@id='2']/b[1]/text()", ['2']],
    ['r/a[b > 2]/@id', ['2']],
    ['//b/../@id', ['2']],
    ['//b[2]/preceding-sibling::b/text()', ['2']],
    ['//b[1]/ancestor::*', ['r', 'a']],
    ['r/a[1]/text() | //b[1]/text()', ['x < y', '2']],
    ['count(//b) * 2 - 1', 3],
    ['sum(//b) div 2', 2.5],
    ['7 mod 4 = 3 and not(1 > 2)', true],
    ["concat(name(r/*[1]), '-', local-name(//b[1]))", 'a-b'],
    ["substring-before('1999/04', '/')", '1999'],
    ["substring('12345', 2, 3)", '234'],
    ["translate('bar', 'abc', 'AB')", 'BAr'],
    ["normalize-space('  a   b ')", 'a b'],
    ['string(r/text())', 'raw <t>'],
    ['string-length(string(r/a[1]))', 5],
    ["contains(r/a, 'y')", true],
  ];
  for (const [path, expected] of cases) expect(ask(path), path).toEqual(expected);
});

test('texts that are no XML have no document', () => {
  for (const text of ['', 'x', '<a>', '<a></b>', '<a/><b/>', '<a b=1/>', '<a>&nope;</a>', '<a x="1" x="2"/>'])
    expect(parseXml(text), text).toBeUndefined();
});

test('paths and texts that are none are refused', () => {
  const call = (xml: string, path: string): unknown => {
    const signature = findScalar('xpath')?.resolve(
      [xml, path].map((literal) => ({ dataType: { kind: 'string' } as const, nullable: false, literal, sql: literal })),
      { ansi: true, timeZone: 'UTC' },
    );
    if (signature?.evaluator.kind !== 'row') throw new TypeError('xpath works row by row');
    const context = { batchTimestampMicros: 0n, timeZone: 'UTC', ansi: true, seed: 0 };
    return signature.evaluator.apply([xml, path], context);
  };
  expect(call(TEXT, 'r/a')).toEqual([null, null]);
  const conditionOf = (xml: string, path: string): unknown => {
    try {
      return call(xml, path);
    } catch (error) {
      return error instanceof MillraceError ? error.condition : error;
    }
  };
  for (const path of ['a[', '//', 'a/', 'f()', 'count(1)', "'a", `${'('.repeat(500)}1`])
    expect(conditionOf(TEXT, path), path).toBe('INVALID_XPATH');
  expect(conditionOf('<a>', 'a')).toBe('INVALID_XML_TEXT');
});
