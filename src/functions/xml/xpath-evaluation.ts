/** Evaluates XPath 1.0 over a document: node sets in the order of the document, texts, numbers and booleans, as XPath converts them. */
import type { XmlNode } from './xml-document.ts';
import type { Step, XPath } from './xpath-parser.ts';
import { MillraceError } from '../../errors/millrace-error.ts';
import { present } from '../../errors/assert.ts';

export type XPathValue = readonly XmlNode[] | string | number | boolean;

interface Place {
  readonly node: XmlNode;
  readonly position: number;
  readonly size: number;
}

/** The value of a path over a whole document. */
export function evaluateXPath(path: XPath, document: XmlNode): XPathValue {
  return evaluate(path, { node: document, position: 1, size: 1 });
}

/** The text of a node and all below it. */
export function textOfNode(node: XmlNode): string {
  if (node.kind !== 'root' && node.kind !== 'element') return node.value;
  return node.children.map((child) => (child.kind === 'comment' ? '' : textOfNode(child))).join('');
}

export function toText(value: XPathValue): string {
  if (typeof value === 'object') return value[0] === undefined ? '' : textOfNode(value[0]);
  return String(value);
}

export function toNumber(value: XPathValue): number {
  if (typeof value === 'boolean') return Number(value);
  if (typeof value === 'number') return value;
  const text = toText(value).trim();
  return /^-?(?:\d+(?:\.\d*)?|\.\d+)$/.test(text) ? Number(text) : Number.NaN;
}

export function toBoolean(value: XPathValue): boolean {
  if (typeof value === 'number') return value !== 0 && !Number.isNaN(value);
  return typeof value === 'boolean' ? value : value.length > 0;
}

function evaluate(path: XPath, place: Place): XPathValue {
  switch (path.kind) {
    case 'number':
    case 'text':
      return path.value;
    case 'negative':
      return -toNumber(evaluate(path.operand, place));
    case 'call':
      return call(path.name, path.args, place);
    case 'binary':
      return binary(path.operator, path.left, path.right, place);
    case 'path':
      return walk(path, place);
  }
}

function nodesOf(value: XPathValue): readonly XmlNode[] {
  if (typeof value === 'object') return value;
  throw new MillraceError('INVALID_XPATH', { path: 'a set of nodes is expected' });
}

function walk(path: XPath & { readonly kind: 'path' }, place: Place): readonly XmlNode[] {
  let nodes: readonly XmlNode[] = [path.isAbsolute ? rootOf(place.node) : place.node];
  if (path.from !== undefined) nodes = filtered(nodesOf(evaluate(path.from.value, place)), path.from.predicates);
  for (const step of path.steps)
    nodes = ordered(nodes.flatMap((node) => filtered(reached(node, step), step.predicates)));
  return nodes;
}

function rootOf(node: XmlNode): XmlNode {
  return node.parent === undefined ? node : rootOf(node.parent);
}

function ordered(nodes: readonly XmlNode[]): XmlNode[] {
  return [...new Set(nodes)].toSorted((a, b) => a.order - b.order);
}

function filtered(nodes: readonly XmlNode[], predicates: readonly XPath[]): readonly XmlNode[] {
  return predicates.reduce(
    (left, predicate) =>
      left.filter((node, i) => {
        const value = evaluate(predicate, { node, position: i + 1, size: left.length });
        return typeof value === 'number' ? value === i + 1 : toBoolean(value);
      }),
    nodes,
  );
}

/** The nodes of an axis that pass the test, the nearest first. */
function reached(node: XmlNode, { axis, test }: Step): XmlNode[] {
  const isTested = (one: XmlNode): boolean => {
    if (test === 'node()') return true;
    if (test === 'text()' || test === 'comment()') return `${one.kind}()` === test;
    return one.kind === (axis === 'attribute' ? 'attribute' : 'element') && (test === '*' || test === one.name);
  };
  return along(node, axis).filter(isTested);
}

function along(node: XmlNode, axis: string): XmlNode[] {
  const siblings = node.kind === 'attribute' ? [] : (node.parent?.children ?? []);
  const place = siblings.findIndex(({ order }) => order === node.order);
  const above = (from: XmlNode | undefined): XmlNode[] => (from === undefined ? [] : [from, ...above(from.parent)]);
  const below = (from: XmlNode): XmlNode[] => from.children.flatMap((child) => [child, ...below(child)]);
  switch (axis) {
    case 'attribute':
      return node.attributes;
    case 'self':
      return [node];
    case 'parent':
      return node.parent === undefined ? [] : [node.parent];
    case 'ancestor':
      return above(node.parent);
    case 'ancestor-or-self':
      return above(node);
    case 'descendant':
      return below(node);
    case 'descendant-or-self':
      return [node, ...below(node)];
    case 'following-sibling':
      return place < 0 ? [] : siblings.slice(place + 1);
    case 'preceding-sibling':
      return place < 0 ? [] : siblings.slice(0, place).toReversed();
    default:
      return node.children;
  }
}

function binary(operator: string, left: XPath, right: XPath, place: Place): XPathValue {
  if (operator === 'or') return toBoolean(evaluate(left, place)) || toBoolean(evaluate(right, place));
  if (operator === 'and') return toBoolean(evaluate(left, place)) && toBoolean(evaluate(right, place));
  const [a, b] = [evaluate(left, place), evaluate(right, place)];
  if (operator === '|') return ordered([...nodesOf(a), ...nodesOf(b)]);
  const [x, y] = [toNumber(a), toNumber(b)];
  switch (operator) {
    case '+':
      return x + y;
    case '-':
      return x - y;
    case '*':
      return x * y;
    case 'div':
      return x / y;
    case 'mod':
      return x % y;
    default:
      return compare(operator, a, b);
  }
}

/** A comparison with a set of nodes holds when it holds for one of them. */
function compare(operator: string, left: XPathValue, right: XPathValue): boolean {
  if (typeof left === 'object' && typeof right !== 'boolean')
    return left.some((node) => compare(operator, textOfNode(node), right));
  if (typeof right === 'object' && typeof left !== 'boolean')
    return right.some((node) => compare(operator, left, textOfNode(node)));
  if (operator === '=' || operator === '!=') {
    const kinds = [typeof left, typeof right];
    const isEqual = kinds.includes('boolean')
      ? toBoolean(left) === toBoolean(right)
      : kinds.includes('number')
        ? toNumber(left) === toNumber(right)
        : toText(left) === toText(right);
    return isEqual === (operator === '=');
  }
  const [x, y] = [toNumber(left), toNumber(right)];
  if (operator === '<') return x < y;
  if (operator === '<=') return x <= y;
  return operator === '>' ? x > y : x >= y;
}

type Call = (args: readonly XPathValue[], place: Place) => XPathValue;

const text = (args: readonly XPathValue[], i: number): string => toText(present(args[i], 'an argument'));
const textOr = (args: readonly XPathValue[], place: Place): string =>
  args[0] === undefined ? textOfNode(place.node) : toText(args[0]);
const named = (args: readonly XPathValue[], place: Place): string =>
  (args[0] === undefined ? place.node : nodesOf(args[0])[0])?.name ?? '';
const rounded = (value: number): number => Math.floor(value + 0.5);

/** The functions of XPath, each with the fewest and most arguments it takes. */
const CALLS: Readonly<Record<string, readonly [least: number, most: number, call: Call]>> = {
  last: [0, 0, (_, { size }) => size],
  position: [0, 0, (_, { position }) => position],
  count: [1, 1, ([nodes]) => nodesOf(present(nodes, 'nodes')).length],
  name: [0, 1, named],
  'local-name': [0, 1, (args, place) => named(args, place).replace(/^.*:/, '')],
  string: [0, 1, textOr],
  concat: [2, Number.POSITIVE_INFINITY, (args) => args.map(toText).join('')],
  'starts-with': [2, 2, (args) => text(args, 0).startsWith(text(args, 1))],
  contains: [2, 2, (args) => text(args, 0).includes(text(args, 1))],
  'substring-before': [2, 2, (args) => text(args, 0).slice(0, Math.max(0, text(args, 0).indexOf(text(args, 1))))],
  'substring-after': [
    2,
    2,
    (args) => {
      const at = text(args, 0).indexOf(text(args, 1));
      return at < 0 ? '' : text(args, 0).slice(at + text(args, 1).length);
    },
  ],
  substring: [
    2,
    3,
    (args) => {
      const from = rounded(toNumber(present(args[1], 'a place')));
      const end = args[2] === undefined ? Number.POSITIVE_INFINITY : from + rounded(toNumber(args[2]));
      return [...text(args, 0)].filter((_, i) => i + 1 >= from && i + 1 < end).join('');
    },
  ],
  'string-length': [0, 1, (args, place) => [...textOr(args, place)].length],
  'normalize-space': [0, 1, (args, place) => textOr(args, place).trim().replaceAll(/\s+/g, ' ')],
  translate: [
    3,
    3,
    (args) => {
      const [from, to] = [[...text(args, 1)], [...text(args, 2)]];
      return [...text(args, 0)].map((char) => (from.includes(char) ? (to[from.indexOf(char)] ?? '') : char)).join('');
    },
  ],
  boolean: [1, 1, ([value]) => toBoolean(present(value, 'a value'))],
  not: [1, 1, ([value]) => !toBoolean(present(value, 'a value'))],
  true: [0, 0, () => true],
  false: [0, 0, () => false],
  number: [0, 1, (args, place) => toNumber(args[0] ?? textOfNode(place.node))],
  sum: [1, 1, ([nodes]) => nodesOf(present(nodes, 'nodes')).reduce((sum, node) => sum + toNumber(textOfNode(node)), 0)],
  floor: [1, 1, ([value]) => Math.floor(toNumber(present(value, 'a value')))],
  ceiling: [1, 1, ([value]) => Math.ceil(toNumber(present(value, 'a value')))],
  round: [1, 1, ([value]) => rounded(toNumber(present(value, 'a value')))],
};

function call(name: string, args: readonly XPath[], place: Place): XPathValue {
  const known = Object.hasOwn(CALLS, name) ? CALLS[name] : undefined;
  if (known === undefined || args.length < known[0] || args.length > known[1])
    throw new MillraceError('INVALID_XPATH', { path: `${name}()` });
  return known[2](
    args.map((arg) => evaluate(arg, place)),
    place,
  );
}
