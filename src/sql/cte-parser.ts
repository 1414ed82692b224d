/** WITH: reads the names it defines into the scope of the query; `WITH RECURSIVE` ones may read themselves. */
import type { UnresolvedPlan } from '../plan/unresolved-plan.ts';
import type { CteScope } from './cte-scope.ts';
import type { TokenCursor } from './token-cursor.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { quoteName } from '../plan/resolve-names.ts';
import { recursiveQuery } from './recursive-query.ts';

/** Tells the recursions of a query apart; an object of a class, so that copies of a plan keep it. */
class RecursionMarker {}

export class CteParser {
  readonly #cursor: TokenCursor;
  readonly #scope: CteScope;
  readonly #query: () => UnresolvedPlan;

  constructor(cursor: TokenCursor, scope: CteScope, query: () => UnresolvedPlan) {
    this.#cursor = cursor;
    this.#scope = scope;
    this.#query = query;
  }

  /** `[RECURSIVE] name [(columns)] [AS] (query), …` */
  definitions(): void {
    const cursor = this.#cursor;
    const isRecursive = cursor.at('RECURSIVE') && cursor.peek(1).symbol !== 'AS' && cursor.peek(1).symbol !== '(';
    if (isRecursive) cursor.next();
    const names = new Set<string>();
    cursor.list(() => {
      const name = cursor.identifier();
      const columnNames = cursor.at('(')
        ? cursor.parenthesized(() => cursor.list(() => cursor.identifier()))
        : undefined;
      const maxDepth = this.#recursionLimit();
      cursor.skip('AS');
      if (names.has(name.toLowerCase()))
        throw new MillraceError('DUPLICATED_CTE_NAMES', { duplicateNames: quoteName([name]) });
      names.add(name.toLowerCase());
      const plan = isRecursive ? this.#recursive(name, columnNames, maxDepth) : this.#plain(name, columnNames);
      this.#scope.define(name, plan);
    });
  }

  #plain(name: string, columnNames: readonly string[] | undefined): UnresolvedPlan {
    const input = this.#cursor.parenthesized(() => this.#query());
    return { kind: 'subqueryAlias', input, alias: name, columnNames };
  }

  /** `MAX RECURSION LEVEL n` */
  #recursionLimit(): number | undefined {
    const cursor = this.#cursor;
    if (!cursor.skip('MAX', 'RECURSION', 'LEVEL')) return undefined;
    const token = cursor.peek();
    if (token.kind !== 'number') throw cursor.fail();
    return Number(cursor.next().value);
  }

  #recursive(name: string, columnNames: readonly string[] | undefined, maxDepth: number | undefined): UnresolvedPlan {
    const marker = new RecursionMarker();
    const input = this.#scope.within(() => {
      this.#scope.define(name, { kind: 'recursionInput', marker, name });
      return this.#cursor.parenthesized(() => this.#query());
    });
    return recursiveQuery({ name, columnNames, maxDepth, marker, input });
  }
}
