/**
 * Queries: SELECT with its clauses, VALUES, set operations, WITH, and the pipe operators behind them. Builds plans as it reads; FROM is
 * relation-parser.ts. What plans have no node for is refused by name, never left out.
 */
import type { UnresolvedExpression } from '../expressions/unresolved.ts';
import type { UnresolvedPlan } from '../plan/unresolved-plan.ts';
import type { Catalog } from './catalog.ts';
import type { ParseContext } from './parse-context.ts';
import type { TokenCursor } from './token-cursor.ts';
import { isAliasWord } from './alias-words.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { readWindowSpec } from './call-suffix.ts';
import { rowCount } from './constant-value.ts';
import { CteParser } from './cte-parser.ts';
import { CteScope } from './cte-scope.ts';
import { valuesOfRow } from './expression-nodes.ts';
import { ExpressionParser } from './expression-parser.ts';
import { parseGrouping } from './grouping-parser.ts';
import { inlineTable } from './inline-table.ts';
import { parsePipes } from './pipe-parser.ts';
import { ONE_ROW, STAR, balancedUnion, distinct, ordered, selectOf } from './plan-nodes.ts';
import { RelationParser } from './relation-parser.ts';

type Select = UnresolvedPlan & { readonly kind: 'select' };
type SelectOrder = Select['order'];

export class QueryParser {
  readonly #cursor: TokenCursor;
  readonly #context: ParseContext;
  readonly #ctes: CteScope;
  readonly #withParser: CteParser;
  readonly expressions: ExpressionParser;
  readonly relations: RelationParser;

  constructor(cursor: TokenCursor, context: ParseContext, catalog: Catalog) {
    this.#cursor = cursor;
    this.#context = context;
    this.expressions = new ExpressionParser(cursor, context, () => this.query());
    this.#ctes = new CteScope(catalog);
    this.#withParser = new CteParser(cursor, this.#ctes, () => this.query());
    this.relations = new RelationParser(cursor, context, this.expressions, {
      relation: (nameParts) => this.#ctes.find(nameParts),
      stream: (nameParts) => this.#ctes.stream(nameParts),
      query: () => this.query(),
      values: () => this.#values(),
    });
  }

  /** The plan of a name; throws when nothing has it. */
  find(nameParts: readonly string[]): UnresolvedPlan {
    return this.#ctes.find(nameParts);
  }

  /** `[WITH …] term [ORDER BY …] [LIMIT …] [OFFSET …]` */
  query(): UnresolvedPlan {
    return this.#cursor.nested(() => {
      if (!this.#cursor.skip('WITH')) return this.#organizedTerm();
      return this.#ctes.within(() => {
        this.#withParser.definitions();
        return this.#organizedTerm();
      });
    });
  }

  /** The names of WITH, for what is no query: `body` sees them. */
  withNames<T>(body: () => T): T {
    if (!this.#cursor.skip('WITH')) return body();
    return this.#ctes.within(() => {
      this.#withParser.definitions();
      return body();
    });
  }

  #organizedTerm(): UnresolvedPlan {
    // A WINDOW clause may stand behind ORDER BY, so that the names of a SELECT are known only at its end.
    return this.expressions.windows.within(() => {
      const plan = this.#organized(this.#term());
      return parsePipes(this.#cursor, this.#context, plan, this);
    });
  }

  /** ORDER BY and what follows it, as far as it stands there. */
  organized(plan: UnresolvedPlan): UnresolvedPlan {
    return this.#organized(plan);
  }

  #organized(term: UnresolvedPlan): UnresolvedPlan {
    const cursor = this.#cursor;
    let plan = term;
    if (cursor.skip('ORDER', 'BY')) plan = ordered(plan, this.#orderItems());
    if (cursor.skip('CLUSTER', 'BY'))
      plan = ordered(
        plan,
        cursor.list(() => this.expressions.expression()),
      );
    if (cursor.skip('DISTRIBUTE', 'BY')) cursor.list(() => this.expressions.expression());
    if (cursor.skip('SORT', 'BY')) plan = ordered(plan, this.expressions.sortItems());
    this.windowClause();
    let limit: number | undefined;
    if (cursor.skip('LIMIT') && !cursor.skip('ALL')) limit = rowCount(this.#context, this.expressions, 'limit');
    if (cursor.skip('OFFSET'))
      plan = { kind: 'offset', input: plan, offset: rowCount(this.#context, this.expressions, 'offset') };
    return limit === undefined ? plan : { kind: 'limit', input: plan, limit };
  }

  #orderItems(): SelectOrder {
    const cursor = this.#cursor;
    if (!cursor.at('ALL') || ['.', '(', ',', '+'].includes(cursor.peek(1).symbol)) return this.expressions.sortItems();
    cursor.next();
    return { all: this.expressions.sortDirection() };
  }

  /** `WINDOW name AS (…), …`, if it stands there. */
  windowClause(): void {
    const cursor = this.#cursor;
    const after = cursor.at('WINDOW', 'IDENTIFIER', '(') ? 5 : 2;
    if (!cursor.at('WINDOW') || cursor.peek(after).symbol !== 'AS') return;
    cursor.next();
    const { windows, rules } = this.expressions;
    cursor.list(() => {
      const name = cursor.identifier();
      cursor.expect('AS');
      const other = cursor.at('(') ? undefined : cursor.identifier();
      windows.define(name, other ?? readWindowSpec(cursor, rules));
    });
  }

  /** Queries joined by UNION, EXCEPT and INTERSECT, which binds tighter than the others. */
  #term(): UnresolvedPlan {
    const cursor = this.#cursor;
    const branches = [this.#intersection()];
    for (;;) {
      const isMinus = cursor.at('EXCEPT') || cursor.at('MINUS');
      if (!isMinus && !cursor.at('UNION')) break;
      cursor.next();
      const isAll = this.isAll();
      const right = this.#intersection();
      if (isMinus) {
        const left = balancedUnion(branches);
        branches.splice(0, branches.length, { kind: 'setOperation', operation: 'except', isAll, left, right });
      } else if (isAll) branches.push(right);
      else branches.splice(0, branches.length, distinct(balancedUnion([...branches, right])));
    }
    return balancedUnion(branches);
  }

  #intersection(): UnresolvedPlan {
    const cursor = this.#cursor;
    let left = this.primary();
    while (cursor.skip('INTERSECT')) {
      const isAll = this.isAll();
      left = { kind: 'setOperation', operation: 'intersect', isAll, left, right: this.primary() };
    }
    return left;
  }

  /** Reads `ALL` or `DISTINCT`. */
  isAll(): boolean {
    const isAll = this.#cursor.skip('ALL');
    if (!isAll) this.#cursor.skip('DISTINCT');
    return isAll;
  }

  /** One query without set operations. */
  primary(): UnresolvedPlan {
    const cursor = this.#cursor;
    if (cursor.at('(')) return cursor.parenthesized(() => this.query());
    if (cursor.at('VALUES')) return this.#values();
    if (cursor.skip('TABLE')) return this.relations.named();
    if (cursor.skip('FROM')) {
      const input = this.relations.from();
      return cursor.at('SELECT') ? this.#select(input) : selectOf(input, [STAR]);
    }
    return this.#select();
  }

  #select(from?: UnresolvedPlan): UnresolvedPlan {
    const cursor = this.#cursor;
    cursor.expect('SELECT');
    if (cursor.at('TRANSFORM', '(') && followedBy(cursor, 'USING')) throw cursor.unsupported('TRANSFORM with a script');
    const isDistinct = this.isDistinct();
    return this.#clauses(this.selectList(), isDistinct, from);
  }

  /** Reads `DISTINCT` or `ALL` before a select list; ALL may also be the name of a column. */
  isDistinct(): boolean {
    const cursor = this.#cursor;
    const isDistinct = cursor.skip('DISTINCT');
    const { symbol, kind } = cursor.peek(1);
    if (!isDistinct && cursor.at('ALL') && symbol !== ',' && symbol !== 'FROM' && kind !== 'end') cursor.next();
    return isDistinct;
  }

  /** `item [[AS] name], …` */
  selectList(): readonly UnresolvedExpression[] {
    return this.#cursor.list(() => this.expressions.selectItem(isAliasWord));
  }

  #clauses(
    selectList: readonly UnresolvedExpression[],
    isDistinct: boolean,
    from: UnresolvedPlan | undefined,
  ): UnresolvedPlan {
    const cursor = this.#cursor;
    let input = from ?? (cursor.skip('FROM') ? this.relations.from() : ONE_ROW);
    input = this.relations.lateralViews(input);
    if (cursor.skip('WHERE')) input = { kind: 'filter', input, condition: this.expressions.expression() };
    const grouping = cursor.skip('GROUP', 'BY') ? parseGrouping(cursor, this.expressions) : undefined;
    let having = cursor.skip('HAVING') ? this.expressions.expression() : undefined;
    if (having !== undefined && grouping === undefined && this.#context.filtersByHaving === true) {
      input = { kind: 'filter', input, condition: having };
      having = undefined;
    }
    this.windowClause();
    const qualify = this.#qualify();
    this.windowClause();
    const select: Select = { ...selectOf(input, selectList), ...grouping, having, qualify, isDistinct };
    return select;
  }

  #qualify(): UnresolvedExpression | undefined {
    return this.#cursor.skip('QUALIFY') ? this.expressions.expression() : undefined;
  }

  /** `VALUES (1, 'a'), (2, 'b') [AS t(x, y)]` */
  #values(): UnresolvedPlan {
    const cursor = this.#cursor;
    cursor.expect('VALUES');
    const rows = cursor.list(() => {
      const row = this.expressions.expression();
      return valuesOfRow(row) ?? [row];
    });
    const plan = this.relations.aliased(inlineTable(rows));
    const columnNames = plan.kind === 'subqueryAlias' ? plan.columnNames : undefined;
    const numColumns = rows[0]?.length ?? 0;
    if (columnNames === undefined || columnNames.length === numColumns) return plan;
    throw new MillraceError('INVALID_INLINE_TABLE.NUM_COLUMNS_MISMATCH', {
      expectedNumCols: String(columnNames.length),
      actualNumCols: String(numColumns),
      rowIndex: '0',
    });
  }
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
