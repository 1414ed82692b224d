/** xpath, xpath_string, xpath_int and their kin: what a path of XPath 1.0 finds in an XML text. */
import type { DataType } from '../../types/data-type.ts';
import type { Value } from '../../types/vector.ts';
import type { ScalarFunction } from '../define-function.ts';
import type { XPath } from './xpath-parser.ts';
import type { XPathValue } from './xpath-evaluation.ts';
import { MillraceError } from '../../errors/millrace-error.ts';
import { BOOLEAN, DOUBLE, FLOAT, INTEGER, LONG, SHORT, STRING, array } from '../../types/data-type.ts';
import { notConstant } from '../argument-check.ts';
import { text } from '../parameters.ts';
import { rowFunction } from '../row-function.ts';
import { parseXml } from './xml-document.ts';
import { evaluateXPath, toBoolean, toNumber, toText } from './xpath-evaluation.ts';
import { parseXPath } from './xpath-parser.ts';

const MAX_PATHS = 100;
const paths = new Map<string, XPath>();

/** The tree of a path, which is the same for all rows. */
function pathOf(written: string): XPath {
  const known = paths.get(written);
  if (known !== undefined) return known;
  if (paths.size >= MAX_PATHS) paths.clear();
  const path = parseXPath(written);
  paths.set(written, path);
  return path;
}

function xpath(
  name: string,
  returns: DataType,
  usage: string,
  [example, result]: readonly [string, string],
  give: (value: XPathValue) => Value | null,
): ScalarFunction {
  return rowFunction({
    name,
    doc: { usage, example: `${name}('<a><b>1</b><b>2</b></a>', '${example}')`, result },
    parameters: [text, text],
    returns,
    result: 'mayBeNull',
    check: (args) => {
      if (args[1]?.literal === undefined) throw notConstant(name, args, 1, { parameter: 'path', type: '"STRING"' });
    },
    apply: ([xml, path]) => {
      if (xml === '' || path === '') return null;
      const tree = pathOf(path);
      const document = parseXml(xml);
      if (document === undefined) throw new MillraceError('INVALID_XML_TEXT', { text: xml.slice(0, 100) });
      return give(evaluateXPath(tree, document));
    },
  });
}

/** A double as a whole number as Java's casts do it: cut off, bounded, 0 for NaN. */
function whole(value: XPathValue, bits: number): bigint {
  const number = Math.trunc(toNumber(value));
  if (Number.isNaN(number)) return 0n;
  const bound = 2n ** BigInt(bits - 1);
  const exact = Number.isFinite(number) ? BigInt(number) : number > 0 ? bound : -bound;
  return exact >= bound ? bound - 1n : exact < -bound ? -bound : exact;
}

const isNumber = (name: string): ScalarFunction =>
  xpath(
    name,
    DOUBLE,
    'What a path of XPath finds in an XML text, as a number; NaN for none.',
    ['sum(a/b)', '3.0'],
    toNumber,
  );

export const XPATH_FUNCTIONS: readonly ScalarFunction[] = [
  xpath(
    'xpath',
    array(STRING),
    'The texts and attributes a path of XPath finds in an XML text; NULL for elements.',
    ['a/b/text()', '[1, 2]'],
    (value) => {
      if (typeof value === 'object')
        return value.map(({ kind, value: own }) => (kind === 'element' || kind === 'root' ? null : own));
      throw new MillraceError('INVALID_XPATH', { path: 'a set of nodes is expected' });
    },
  ),
  xpath('xpath_string', STRING, 'What a path of XPath finds first in an XML text, as text.', ['a/b', '1'], toText),
  xpath(
    'xpath_boolean',
    BOOLEAN,
    'True when a path of XPath finds something in an XML text.',
    ['a/b', 'true'],
    toBoolean,
  ),
  isNumber('xpath_double'),
  isNumber('xpath_number'),
  xpath('xpath_float', FLOAT, 'As xpath_double, as a float.', ['sum(a/b)', '3.0'], (value) =>
    Math.fround(toNumber(value)),
  ),
  xpath('xpath_int', INTEGER, 'As xpath_double, as a whole number; 0 for none.', ['sum(a/b)', '3'], (value) =>
    Number(whole(value, 32)),
  ),
  xpath('xpath_long', LONG, 'As xpath_double, as a long; 0 for none.', ['sum(a/b)', '3'], (value) => whole(value, 64)),
  xpath('xpath_short', SHORT, 'As xpath_double, as a short; 0 for none.', ['sum(a/b)', '3'], (value) =>
    Number(BigInt.asIntN(16, whole(value, 32))),
  ),
];
