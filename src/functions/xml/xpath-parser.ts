/**
 * XPath 1.0 as a tree. Grammar: or > and > equality > relation > sum > product > negation > union > path, where a path is steps of an axis, a
 * test and predicates, or an expression with predicates and further steps.
 */
import { MillraceError } from '../../errors/millrace-error.ts';

export interface Step {
  readonly axis: string;
  /** A name, `*`, or `text()`, `node()`, `comment()`. */
  readonly test: string;
  readonly predicates: readonly XPath[];
}

export type XPath =
  | { readonly kind: 'binary'; readonly operator: string; readonly left: XPath; readonly right: XPath }
  | { readonly kind: 'negative'; readonly operand: XPath }
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly XPath[] }
  | {
      readonly kind: 'path';
      readonly isAbsolute: boolean;
      /** What the first step starts at, with predicates of its own. */
      readonly from?: { readonly value: XPath; readonly predicates: readonly XPath[] };
      readonly steps: readonly Step[];
    };

const LEVELS = [['or'], ['and'], ['=', '!='], ['<', '<=', '>', '>='], ['+', '-'], ['*', 'div', 'mod']];
const NAME = '[A-Za-z_\\u00C0-\\uFFFD][-.\\w\\u00C0-\\uFFFD]*';
const TOKEN = new RegExp(
  `\\s*(//|::|\\.\\.|!=|<=|>=|\\d+(?:\\.\\d*)?|\\.\\d+|[/@.()[\\],|+\\-=<>*]|"[^"]*"|'[^']*'|${NAME}(?::(?!:)(?:\\*|${NAME}))?)`,
  'y',
);
const IS_NAME = new RegExp(`^${NAME}`);
const NODE_TESTS = new Set(['text', 'node', 'comment']);
const AXES = new Set(
  'child attribute descendant descendant-or-self self parent ancestor ancestor-or-self following-sibling preceding-sibling'.split(
    ' ',
  ),
);
const MAX_DEPTH = 100;
const ANY_DEPTH: Step = { axis: 'descendant-or-self', test: 'node()', predicates: [] };

/** The tree of a path; a path that is none is refused. */
export function parseXPath(text: string): XPath {
  return new Parser(text).whole();
}

class Parser {
  readonly #text: string;
  readonly #tokens: readonly string[];
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
    const tokens: string[] = [];
    TOKEN.lastIndex = 0;
    const length = text.trimEnd().length;
    while (TOKEN.lastIndex < length) {
      const found = TOKEN.exec(text)?.[1];
      if (found === undefined) throw this.#refusal();
      tokens.push(found);
    }
    this.#tokens = tokens;
  }

  whole(): XPath {
    const path = this.#level(0);
    if (this.#at < this.#tokens.length) throw this.#refusal();
    return path;
  }

  get #next(): string | undefined {
    return this.#tokens[this.#at];
  }

  #takes(token: string): boolean {
    if (this.#next !== token) return false;
    this.#at += 1;
    return true;
  }

  #refusal(): MillraceError {
    return new MillraceError('INVALID_XPATH', { path: this.#text });
  }

  #expect(token: string): void {
    if (!this.#takes(token)) throw this.#refusal();
  }

  #level(level: number): XPath {
    const operators = LEVELS[level];
    if (operators === undefined) return this.#negation();
    if (level === 0 && ++this.#depth > MAX_DEPTH) throw this.#refusal();
    let left = this.#level(level + 1);
    for (let next = this.#next; next !== undefined && operators.includes(next); next = this.#next) {
      this.#at += 1;
      left = { kind: 'binary', operator: next, left, right: this.#level(level + 1) };
    }
    if (level === 0) this.#depth -= 1;
    return left;
  }

  #negation(): XPath {
    let isNegative = false;
    while (this.#takes('-')) isNegative = !isNegative;
    let left = this.#path();
    while (this.#takes('|')) left = { kind: 'binary', operator: '|', left, right: this.#path() };
    return isNegative ? { kind: 'negative', operand: left } : left;
  }

  #path(): XPath {
    const value = this.#primary();
    if (value !== undefined) {
      const predicates = this.#predicates();
      const steps = this.#next === '/' || this.#next === '//' ? this.#furtherSteps() : [];
      if (predicates.length === 0 && steps.length === 0) return value;
      return { kind: 'path', isAbsolute: false, from: { value, predicates }, steps };
    }
    if (this.#next === '//') return { kind: 'path', isAbsolute: true, steps: this.#furtherSteps() };
    if (this.#takes('/')) {
      const next = this.#next;
      const isStep = next !== undefined && (IS_NAME.test(next) || ['*', '.', '..', '@'].includes(next));
      return { kind: 'path', isAbsolute: true, steps: isStep ? [this.#step(), ...this.#furtherSteps()] : [] };
    }
    return { kind: 'path', isAbsolute: false, steps: [this.#step(), ...this.#furtherSteps()] };
  }

  #furtherSteps(): Step[] {
    const steps: Step[] = [];
    for (;;) {
      if (this.#takes('//')) steps.push(ANY_DEPTH, this.#step());
      else if (this.#takes('/')) steps.push(this.#step());
      else return steps;
    }
  }

  #predicates(): XPath[] {
    const predicates: XPath[] = [];
    while (this.#takes('[')) {
      predicates.push(this.#level(0));
      this.#expect(']');
    }
    return predicates;
  }

  #step(): Step {
    if (this.#takes('.')) return { axis: 'self', test: 'node()', predicates: [] };
    if (this.#takes('..')) return { axis: 'parent', test: 'node()', predicates: [] };
    let axis = this.#takes('@') ? 'attribute' : 'child';
    const [first, second] = [this.#next ?? '', this.#tokens[this.#at + 1]];
    if (second === '::' && AXES.has(first)) {
      axis = first;
      this.#at += 2;
    }
    const test = this.#next ?? '';
    if (test !== '*' && !IS_NAME.test(test)) throw this.#refusal();
    this.#at += 1;
    if (!NODE_TESTS.has(test) || !this.#takes('(')) return { axis, test, predicates: this.#predicates() };
    this.#expect(')');
    return { axis, test: `${test}()`, predicates: this.#predicates() };
  }

  /** A literal, a number, a call or a group; undefined where a path begins. */
  #primary(): XPath | undefined {
    const token = this.#next ?? '';
    if (/^["']/.test(token)) {
      this.#at += 1;
      return { kind: 'text', value: token.slice(1, -1) };
    }
    if (/^\.?\d/.test(token)) {
      this.#at += 1;
      return { kind: 'number', value: Number(token) };
    }
    if (this.#takes('(')) {
      const group = this.#level(0);
      this.#expect(')');
      return group;
    }
    if (!IS_NAME.test(token) || NODE_TESTS.has(token) || this.#tokens[this.#at + 1] !== '(') return undefined;
    this.#at += 2;
    const args: XPath[] = [];
    if (!this.#takes(')')) {
      do args.push(this.#level(0));
      while (this.#takes(','));
      this.#expect(')');
    }
    return { kind: 'call', name: token, args };
  }
}
