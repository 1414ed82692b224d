/**
 * Queries: SELECT with its clauses, VALUES, UNION, WITH. Builds plans as it reads; FROM is relation-parser.ts. What plans have no node for
 * is refused by name, never left out.
 */
import type { UnresolvedExpression } from '../expressions/unresolved.ts';
import type { UnresolvedPlan } from '../plan/unresolved-plan.ts';
import type { Catalog } from './catalog.ts';
import type { ParseContext } from './parse-context.ts';
import type { TokenCursor } from './token-cursor.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { quoteName } from '../plan/resolve-names.ts';
import { sqlName } from '../types/data-type.ts';
import { CteScope } from './cte-scope.ts';
import { valuesOfRow } from './expression-nodes.ts';
import { ExpressionParser } from './expression-parser.ts';
import { inlineTable } from './inline-table.ts';
import { ONE_ROW, balancedUnion } from './plan-nodes.ts';
import { RelationParser } from './relation-parser.ts';

type Select = UnresolvedPlan & { readonly kind: 'select' };

/** Words that begin the next clause and therefore are no alias unless AS stands before them. */
const CLAUSE_WORDS = new Set(
  (
    'FROM WHERE GROUP HAVING ORDER LIMIT OFFSET UNION EXCEPT INTERSECT MINUS WINDOW QUALIFY LATERAL SORT CLUSTER DISTRIBUTE ' +
    'JOIN INNER CROSS LEFT RIGHT FULL NATURAL SEMI ANTI ON USING TABLESAMPLE PIVOT UNPIVOT WATERMARK SELECT'
  ).split(' '),
);
const STAR: UnresolvedExpression = { kind: 'unresolvedStar', target: [] };
export function isAliasWord(symbol: string): boolean {
  return !CLAUSE_WORDS.has(symbol);
}

export class QueryParser {
  readonly #cursor: TokenCursor;
  readonly #expressions: ExpressionParser;
  readonly #relations: RelationParser;
  readonly #ctes: CteScope;

  constructor(cursor: TokenCursor, context: ParseContext, catalog: Catalog) {
    this.#cursor = cursor;
    this.#expressions = new ExpressionParser(cursor, context);
    this.#ctes = new CteScope(catalog);
    this.#relations = new RelationParser(cursor, this.#expressions, {
      relation: (nameParts) => this.#ctes.find(nameParts),
      query: () => this.query(),
      values: () => this.#values(),
      isAliasWord,
    });
  }

  /** `[WITH …] term [ORDER BY …] [LIMIT …] [OFFSET …]` */
  query(): UnresolvedPlan {
    return this.#cursor.nested(() => {
      if (!this.#cursor.skip('WITH')) return this.#organized(this.#term());
      return this.#ctes.within(() => {
        this.#readCtes();
        return this.#organized(this.#term());
      });
    });
  }

  #readCtes(): void {
    const cursor = this.#cursor;
    if (cursor.at('RECURSIVE') && cursor.peek(1).symbol !== 'AS') throw cursor.unsupported('WITH RECURSIVE');
    const names = new Set<string>();
    cursor.list(() => {
      const name = cursor.identifier();
      const columnNames = cursor.at('(')
        ? cursor.parenthesized(() => cursor.list(() => cursor.identifier()))
        : undefined;
      cursor.skip('AS');
      const input = cursor.parenthesized(() => this.query());
      if (names.has(name.toLowerCase()))
        throw new MillraceError('DUPLICATED_CTE_NAMES', { duplicateNames: quoteName([name]) });
      names.add(name.toLowerCase());
      this.#ctes.define(name, { kind: 'subqueryAlias', input, alias: name, columnNames });
    });
  }

  #organized(term: UnresolvedPlan): UnresolvedPlan {
    const cursor = this.#cursor;
    let plan = term;
    if (cursor.skip('ORDER', 'BY')) plan = ordered(plan, this.#orderItems());
    for (const word of ['CLUSTER', 'DISTRIBUTE', 'SORT'])
      if (cursor.at(word, 'BY')) throw cursor.unsupported(`${word} BY`);
    if (cursor.at('WINDOW')) throw cursor.unsupported('named windows');
    let limit: number | undefined;
    if (cursor.skip('LIMIT') && !cursor.skip('ALL')) limit = this.#rowCount('limit');
    if (cursor.skip('OFFSET')) plan = { kind: 'offset', input: plan, offset: this.#rowCount('offset') };
    return limit === undefined ? plan : { kind: 'limit', input: plan, limit };
  }

  #orderItems(): readonly UnresolvedExpression[] | 'all' {
    const cursor = this.#cursor;
    if (cursor.at('ALL') && !['.', '(', ','].includes(cursor.peek(1).symbol)) {
      cursor.next();
      return 'all';
    }
    return cursor.list(() => {
      const child = this.#expressions.expression();
      const isDescending = cursor.skip('DESC') || (cursor.skip('ASC'), false);
      const direction = isDescending ? 'descending' : 'ascending';
      if (cursor.skip('NULLS', 'FIRST')) return { kind: 'sortOrder', child, direction, nullOrdering: 'nullsFirst' };
      const isLast = cursor.skip('NULLS', 'LAST') || isDescending;
      return { kind: 'sortOrder', child, direction, nullOrdering: isLast ? 'nullsLast' : 'nullsFirst' };
    });
  }

  #rowCount(name: string): number {
    const token = this.#cursor.peek();
    const expression = this.#expressions.expression();
    const written = this.#cursor.text.slice(token.start, this.#cursor.peek(-1).end);
    const expr = `"${written}"`;
    if (expression.kind === 'unresolvedAttribute')
      throw new MillraceError('INVALID_LIMIT_LIKE_EXPRESSION.IS_UNFOLDABLE', { expr, name });
    if (expression.kind !== 'literal') throw this.#cursor.unsupported(`${name.toUpperCase()} ${written}`, token);
    const { value, dataType } = expression;
    if (typeof value === 'number' && dataType.kind === 'integer') return value;
    throw new MillraceError('INVALID_LIMIT_LIKE_EXPRESSION.DATA_TYPE', {
      expr,
      name,
      dataType: `"${sqlName(dataType)}"`,
    });
  }

  #term(): UnresolvedPlan {
    const cursor = this.#cursor;
    const branches = [this.#primary()];
    for (;;) {
      if (cursor.at('INTERSECT') || cursor.at('EXCEPT') || cursor.at('MINUS'))
        throw cursor.unsupported(`the set operation ${cursor.peek().symbol}`);
      if (!cursor.skip('UNION')) break;
      const isAll = cursor.skip('ALL');
      if (!isAll) cursor.skip('DISTINCT');
      const right = this.#primary();
      if (isAll) branches.push(right);
      else {
        const input = balancedUnion([...branches, right]);
        branches.splice(0, branches.length, {
          kind: 'deduplicate',
          input,
          columnNames: undefined,
          withinWatermark: false,
        });
      }
    }
    return balancedUnion(branches);
  }

  #primary(): UnresolvedPlan {
    const cursor = this.#cursor;
    if (cursor.at('(')) return cursor.parenthesized(() => this.query());
    if (cursor.at('VALUES')) return this.#values();
    if (cursor.skip('TABLE')) return this.#relations.named();
    if (cursor.skip('FROM')) {
      const input = this.#relations.from();
      return cursor.at('SELECT') ? this.#select(input) : this.#clauses([STAR], false, input);
    }
    return this.#select();
  }

  #select(from?: UnresolvedPlan): UnresolvedPlan {
    const cursor = this.#cursor;
    cursor.expect('SELECT');
    if (cursor.at('TRANSFORM', '(') && followedBy(cursor, 'USING')) throw cursor.unsupported('TRANSFORM with a script');
    const isDistinct = cursor.skip('DISTINCT');
    if (!isDistinct && cursor.at('ALL') && cursor.peek(1).symbol !== ',' && cursor.peek(1).symbol !== 'FROM')
      cursor.next();
    const selectList = cursor.list(() => this.#expressions.namedExpression(isAliasWord));
    return this.#clauses(selectList, isDistinct, from);
  }

  #clauses(
    selectList: readonly UnresolvedExpression[],
    isDistinct: boolean,
    from: UnresolvedPlan | undefined,
  ): UnresolvedPlan {
    const cursor = this.#cursor;
    let input = from ?? (cursor.skip('FROM') ? this.#relations.from() : ONE_ROW);
    if (cursor.skip('WHERE')) input = { kind: 'filter', input, condition: this.#expressions.expression() };
    const grouping = cursor.skip('GROUP', 'BY') ? this.#grouping() : undefined;
    const having = cursor.skip('HAVING') ? this.#expressions.expression() : undefined;
    if (cursor.at('QUALIFY')) throw cursor.unsupported('QUALIFY');
    const select: Select = { kind: 'select', input, selectList, grouping, having, isDistinct, order: [] };
    return select;
  }

  #grouping(): readonly UnresolvedExpression[] | 'all' {
    const cursor = this.#cursor;
    if (cursor.at('ALL') && !['.', '(', ','].includes(cursor.peek(1).symbol)) {
      cursor.next();
      return 'all';
    }
    const items = cursor.list(() => {
      for (const word of ['ROLLUP', 'CUBE']) if (cursor.at(word, '(')) throw cursor.unsupported(word);
      if (cursor.at('GROUPING', 'SETS')) throw cursor.unsupported('GROUPING SETS');
      return this.#expressions.expression();
    });
    if (cursor.at('GROUPING', 'SETS')) throw cursor.unsupported('GROUPING SETS');
    for (const word of ['ROLLUP', 'CUBE']) if (cursor.at('WITH', word)) throw cursor.unsupported(word);
    return items;
  }

  /** `VALUES (1, 'a'), (2, 'b') [AS t(x, y)]` */
  #values(): UnresolvedPlan {
    const cursor = this.#cursor;
    cursor.expect('VALUES');
    const rows = cursor.list(() => {
      const row = this.#expressions.expression();
      return valuesOfRow(row) ?? [row];
    });
    return this.#relations.aliased(inlineTable(rows));
  }
}

/** Sorts a plan; the sort keys of a SELECT may also use what it does not select. */
function ordered(plan: UnresolvedPlan, order: readonly UnresolvedExpression[] | 'all'): UnresolvedPlan {
  if (plan.kind === 'select' && plan.order.length === 0) return { ...plan, order };
  return {
    kind: 'select',
    input: plan,
    selectList: [STAR],
    grouping: undefined,
    having: undefined,
    isDistinct: false,
    order,
  };
}

/** True when the word stands right behind the parentheses that open at the next token. */
function followedBy(cursor: TokenCursor, word: string): boolean {
  let depth = 0;
  for (let i = 1; ; i++) {
    const token = cursor.peek(i);
    if (token.kind === 'end') return false;
    if (token.symbol === '(') depth += 1;
    if (token.symbol === ')') depth -= 1;
    if (depth === 0) return cursor.peek(i + 1).symbol === word;
  }
}
