/**
 * Expressions: recursive descent for AND, OR, NOT and predicates, precedence climbing for operators between values. The order of rules is
 * that of Spark's grammar; what a value may be is primary-parser.ts.
 */
import type { PlanReference, UnresolvedExpression } from '../expressions/unresolved.ts';
import type { ParseContext } from './parse-context.ts';
import type { TokenCursor } from './token-cursor.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { startsQuery, subqueryPlan } from './subquery-parser.ts';
import { balanced, booleanLiteral, call, depthOf, not, textLiteral, valuesOfRow } from './expression-nodes.ts';
import type { ExpressionRules } from './primary-parser.ts';
import { PrimaryParser } from './primary-parser.ts';
import { NamedWindows } from './named-windows.ts';
import { atPipe } from './pipe-start.ts';
import { tooComplex } from './sql-errors.ts';

/** How many levels the tree of an expression may have; an IN list of any length has one. */
export const MAX_TREE_DEPTH = 400;

/** Operators between values, the loosest first; each is a call of the function named here. */
const OPERATORS: ReadonlyMap<string, { readonly level: number; readonly functionName: string }> = new Map(
  [
    {
      '=': '=',
      '==': '=',
      '<>': '!=',
      '!=': '!=',
      '<=>': '<=>',
      '<': '<',
      '<=': '<=',
      '!>': '<=',
      '>': '>',
      '>=': '>=',
      '!<': '>=',
    },
    { '|': '|' },
    { '^': '^' },
    { '&': '&' },
    { '<<': '<<', '>>': '>>', '>>>': '>>>' },
    { '+': '+', '-': '-', '||': 'concat' },
    { '*': '*', '/': '/', '%': '%', DIV: 'div' },
  ].flatMap((operators, level) =>
    Object.entries(operators).map(([symbol, functionName]) => [symbol, { level, functionName }] as const),
  ),
);

type SortDirection = Pick<UnresolvedExpression & { readonly kind: 'sortOrder' }, 'direction' | 'nullOrdering'>;

const PREDICATES = new Set(['BETWEEN', 'IN', 'LIKE', 'ILIKE', 'RLIKE', 'REGEXP']);

export class ExpressionParser {
  readonly #cursor: TokenCursor;
  readonly #context: ParseContext;
  readonly #primary: PrimaryParser;
  /** For parsers of what stands beside expressions. */
  readonly rules: ExpressionRules;
  /** The windows that `OVER name` may mean, for the SELECT that is read. */
  readonly windows = new NamedWindows();
  #isInside = false;

  /** `query` reads a query in parentheses; absent where expressions stand alone. */
  constructor(cursor: TokenCursor, context: ParseContext, query?: () => PlanReference) {
    this.#cursor = cursor;
    this.#context = context;
    this.rules = {
      expression: () => this.expression(),
      value: () => this.value(),
      namedExpression: () => this.namedExpression(),
      sortItems: () => this.sortItems(),
      query: query === undefined ? undefined : () => this.#outside(query),
      windows: this.windows,
    };
    this.#primary = new PrimaryParser(cursor, context, this.rules);
  }

  /** A query is no part of the tree around it. */
  #outside<T>(body: () => T): T {
    const wasInside = this.#isInside;
    this.#isInside = false;
    const result = this.#withPatterns(false, body);
    this.#isInside = wasInside;
    return result;
  }

  /** An item of a select list, where names may be patterns. */
  selectItem(isAlias: (symbol: string) => boolean): UnresolvedExpression {
    return this.#withPatterns(this.#context.readsPatterns === true, () => this.namedExpression(isAlias));
  }

  #withPatterns<T>(readsPatterns: boolean, body: () => T): T {
    const before = this.#primary.readsPatterns;
    this.#primary.readsPatterns = readsPatterns;
    const result = body();
    this.#primary.readsPatterns = before;
    return result;
  }

  /** An expression of any kind, no alias. */
  expression(): UnresolvedExpression {
    if (this.#isInside) return this.#cursor.nested(() => this.#or());
    this.#isInside = true;
    try {
      const expression = this.#or();
      if (depthOf(expression) > MAX_TREE_DEPTH)
        throw tooComplex(`The tree of an expression may have ${MAX_TREE_DEPTH} levels.`);
      return expression;
    } finally {
      this.#isInside = false;
    }
  }

  /** `expression [[AS] name]`; `isAliasWord` tells which words after it start something else. */
  namedExpression(isAlias: (symbol: string) => boolean = () => true): UnresolvedExpression {
    const cursor = this.#cursor;
    const child = this.expression();
    const hasAs = cursor.skip('AS');
    if (cursor.at('(') && hasAs) {
      const names = cursor.parenthesized(() => cursor.list(() => cursor.identifier()));
      return { kind: 'multiAlias', child, names };
    }
    const { kind, symbol } = cursor.peek();
    const hasName = hasAs || kind === 'name' || (kind === 'word' && isAlias(symbol));
    return hasName ? { kind: 'alias', child, name: cursor.identifier() } : child;
  }

  /** A value without predicates, AND and OR: what stands between BETWEEN and AND. */
  value(): UnresolvedExpression {
    return this.#cursor.nested(() => this.#climb(0));
  }

  /** `a [ASC | DESC] [NULLS FIRST | LAST], …` */
  sortItems(): UnresolvedExpression[] {
    const cursor = this.#cursor;
    return cursor.list(() => {
      const child = this.expression();
      return { kind: 'sortOrder', child, ...this.sortDirection() };
    });
  }

  /** `[ASC | DESC] [NULLS FIRST | LAST]` */
  sortDirection(): SortDirection {
    const cursor = this.#cursor;
    const isDescending = cursor.skip('DESC') || (cursor.skip('ASC'), false);
    const direction = isDescending ? 'descending' : 'ascending';
    if (cursor.skip('NULLS', 'FIRST')) return { direction, nullOrdering: 'nullsFirst' };
    const isLast = cursor.skip('NULLS', 'LAST') || isDescending;
    return { direction, nullOrdering: isLast ? 'nullsLast' : 'nullsFirst' };
  }

  #or(): UnresolvedExpression {
    const operands = [this.#and()];
    while (this.#cursor.skip('OR')) operands.push(this.#and());
    return balanced('or', operands);
  }

  #and(): UnresolvedExpression {
    const operands = [this.#not()];
    while (this.#cursor.skip('AND')) operands.push(this.#not());
    return balanced('and', operands);
  }

  #not(): UnresolvedExpression {
    const cursor = this.#cursor;
    if (cursor.at('NOT') || cursor.at('!')) {
      cursor.next();
      return not(cursor.nested(() => this.#not()));
    }
    if (cursor.at('EXISTS', '(') && startsQuery(cursor, 1)) {
      cursor.next();
      return { kind: 'subquery', subqueryType: 'exists', plan: subqueryPlan(cursor, this.rules), values: [] };
    }
    return this.#predicate(this.#climb(0));
  }

  #predicate(value: UnresolvedExpression): UnresolvedExpression {
    const cursor = this.#cursor;
    if (cursor.skip('IS')) {
      const isNot = cursor.skip('NOT') || cursor.skip('!');
      if (!isNot && cursor.skip('NULL')) return call('isnull', [value]);
      if (cursor.skip('NULL')) return call('isnotnull', [value]);
      return this.#truth(value, isNot);
    }
    const { symbol } = cursor.peek(cursor.at('NOT') || cursor.at('!') ? 1 : 0);
    if (!PREDICATES.has(symbol)) return value;
    const isNot = cursor.skip('NOT') || cursor.skip('!');
    cursor.next();
    if (isQuantified(cursor, symbol)) return this.#likeQuantified(symbol.toLowerCase(), value, isNot);
    const test = this.#test(symbol, value);
    return isNot ? not(test) : test;
  }

  /** What follows `IS [NOT]`, NULL excepted. */
  #truth(value: UnresolvedExpression, isNot: boolean): UnresolvedExpression {
    const cursor = this.#cursor;
    if (cursor.skip('UNKNOWN')) return call(isNot ? 'isnotnull' : 'isnull', [value]);
    const { symbol } = cursor.peek();
    if (symbol === 'TRUE' || symbol === 'FALSE') {
      cursor.next();
      const equal = call('<=>', [value, booleanLiteral(symbol === 'TRUE')]);
      return isNot ? not(equal) : equal;
    }
    cursor.expect('DISTINCT', 'FROM');
    const equal = call('<=>', [value, this.value()]);
    return isNot ? equal : not(equal);
  }

  #test(symbol: string, value: UnresolvedExpression): UnresolvedExpression {
    switch (symbol) {
      case 'BETWEEN': {
        const lower = this.value();
        this.#cursor.expect('AND');
        return call('between', [value, lower, this.value()]);
      }
      case 'IN':
        return this.#in(value);
      case 'LIKE':
      case 'ILIKE':
        return this.#like(symbol.toLowerCase(), value);
      default:
        return call('rlike', [value, this.value()]);
    }
  }

  #in(value: UnresolvedExpression): UnresolvedExpression {
    const cursor = this.#cursor;
    if (startsQuery(cursor)) {
      const values = valuesOfRow(value) ?? [value];
      return { kind: 'subquery', subqueryType: 'in', plan: subqueryPlan(cursor, this.rules), values };
    }
    if (cursor.at('(', ')')) throw new MillraceError('INVALID_SQL_SYNTAX.EMPTY_IN_PREDICATE', {});
    const items = cursor.parenthesized(() => cursor.list(() => this.expression()));
    return call('in', [value, ...items.map((item) => namedLike(item, value))]);
  }

  /** `LIKE ANY (…)`, `NOT LIKE ALL (…)`: NOT is about each pattern. */
  #likeQuantified(functionName: string, value: UnresolvedExpression, isNot: boolean): UnresolvedExpression {
    const cursor = this.#cursor;
    const operator = cursor.next().symbol === 'ALL' ? 'and' : 'or';
    const patterns = cursor.parenthesized(() => cursor.list(() => this.expression()));
    const tests = patterns.map((pattern) => call(functionName, [value, pattern]));
    return balanced(operator, isNot ? tests.map(not) : tests);
  }

  #like(functionName: string, value: UnresolvedExpression): UnresolvedExpression {
    const cursor = this.#cursor;
    const pattern = this.value();
    if (!cursor.skip('ESCAPE')) return call(functionName, [value, pattern]);
    const escape = cursor.peek();
    if (escape.kind !== 'text') throw cursor.fail();
    cursor.next();
    if ([...escape.value].length !== 1) throw new MillraceError('INVALID_ESC', { invalidEscape: `"${escape.value}"` });
    return call(functionName, [value, pattern, textLiteral(escape.value)]);
  }

  #climb(minLevel: number): UnresolvedExpression {
    const cursor = this.#cursor;
    let left = this.#unary();
    for (;;) {
      const operator = OPERATORS.get(cursor.peek().symbol);
      if (operator === undefined || operator.level < minLevel || atPipe(cursor)) return left;
      cursor.next();
      left = call(operator.functionName, [left, this.#climb(operator.level + 1)]);
    }
  }

  #unary(): UnresolvedExpression {
    const cursor = this.#cursor;
    const { symbol } = cursor.peek();
    if (symbol === '-' && cursor.peek(1).kind === 'number') return this.#primary.parse();
    if (symbol !== '-' && symbol !== '+' && symbol !== '~') return this.#primary.parse();
    cursor.next();
    const operand = cursor.nested(() => this.#unary());
    return call(symbol === '-' ? '(-)' : symbol === '+' ? 'positive' : '~', [operand]);
  }
}

/** A row of an IN list with the field names of the row on the left: only the values are compared. */
function namedLike(item: UnresolvedExpression, row: UnresolvedExpression): UnresolvedExpression {
  const values = valuesOfRow(item);
  if (values === undefined || row.kind !== 'unresolvedFunction' || row.functionName !== 'named_struct') return item;
  const names = row.arguments.filter((_, i) => i % 2 === 0);
  return names.length === values.length
    ? call(
        'named_struct',
        names.flatMap((name, i) => [name, values[i] ?? name]),
      )
    : item;
}

function isQuantified(cursor: TokenCursor, symbol: string): boolean {
  const isLike = symbol === 'LIKE' || symbol === 'ILIKE';
  return isLike && cursor.peek(1).symbol === '(' && ['ANY', 'SOME', 'ALL'].includes(cursor.peek().symbol);
}
