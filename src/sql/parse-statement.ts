/** SQL text to one statement: what `session.sql` is given. */
import type { UnresolvedPlan } from '../plan/unresolved-plan.ts';
import type { Catalog } from './catalog.ts';
import type { ParseContext } from './parse-context.ts';
import type { Statement } from './statement.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { QueryParser } from './query-parser.ts';
import { TokenCursor } from './token-cursor.ts';

/** Statements of Spark that are refused by name. */
const OTHER_STATEMENTS = new Set(
  (
    'ALTER ANALYZE BEGIN CACHE CALL CLEAR COMMENT DECLARE DELETE EXECUTE GRANT INSERT LIST LOAD LOCK MERGE MSCK OPTIMIZE REFRESH ' +
    'REPAIR REPLACE REVOKE TRUNCATE UNCACHE UNLOCK UPDATE USE'
  ).split(' '),
);
const QUERY_WORDS = new Set(['SELECT', 'WITH', 'VALUES', 'FROM', 'TABLE', '(']);

/**
 * Parses one statement, a `;` at its end included. Relations are looked up while reading, so a statement keeps the views it was written
 * over.
 */
export function parseStatement(text: string, context: ParseContext, catalog: Catalog): Statement {
  const cursor = new TokenCursor(text);
  const statement = new StatementParser(cursor, context, catalog).statement();
  while (cursor.skip(';'));
  cursor.end();
  return statement;
}

class StatementParser {
  readonly #cursor: TokenCursor;
  readonly #queries: QueryParser;
  readonly #catalog: Catalog;

  constructor(cursor: TokenCursor, context: ParseContext, catalog: Catalog) {
    this.#cursor = cursor;
    this.#queries = new QueryParser(cursor, context, catalog);
    this.#catalog = catalog;
  }

  statement(): Statement {
    const cursor = this.#cursor;
    const { symbol } = cursor.peek();
    if (QUERY_WORDS.has(symbol)) return { kind: 'query', plan: this.#queries.query() };
    switch (symbol) {
      case 'CREATE':
        return this.#create();
      case 'DROP':
        return this.#drop();
      case 'DESCRIBE':
      case 'DESC':
        return this.#describe();
      case 'SHOW':
        return this.#show();
      case 'EXPLAIN':
        return this.#explain();
      case 'SET':
        return this.#set();
      case 'RESET':
        cursor.next();
        return { kind: 'reset', key: cursor.peek().kind === 'word' ? this.#settingKey() : undefined };
      default:
        if (OTHER_STATEMENTS.has(symbol)) throw cursor.unsupported(`the statement ${symbol}`);
        throw cursor.fail();
    }
  }

  #create(): Statement {
    const cursor = this.#cursor;
    const first = cursor.next();
    const isReplace = cursor.skip('OR', 'REPLACE');
    if (cursor.at('GLOBAL')) throw cursor.unsupported('global temporary views');
    const isTemporary = cursor.skip('TEMP') || cursor.skip('TEMPORARY');
    if (!isTemporary || !cursor.skip('VIEW')) throw cursor.unsupported(`CREATE ${cursor.peek().symbol}`, first);
    if (cursor.at('IF', 'NOT')) throw cursor.unsupported('CREATE TEMPORARY VIEW IF NOT EXISTS', first);
    const nameParts = cursor.nameParts();
    const name = nameParts.at(-1) ?? '';
    if (nameParts.length > 1) throw cursor.unsupported('a temporary view in a schema', first);
    const columnNames = cursor.at('(') ? cursor.parenthesized(() => cursor.list(() => this.#viewColumn())) : undefined;
    if (cursor.skip('COMMENT')) cursor.next();
    if (cursor.at('USING')) throw cursor.unsupported('CREATE TEMPORARY VIEW … USING');
    cursor.expect('AS');
    const input = this.#queries.query();
    const plan: UnresolvedPlan =
      columnNames === undefined ? input : { kind: 'subqueryAlias', input, alias: name, columnNames };
    return { kind: 'createView', name, plan, isReplace };
  }

  #viewColumn(): string {
    const name = this.#cursor.identifier();
    if (this.#cursor.skip('COMMENT')) this.#cursor.next();
    return name;
  }

  #drop(): Statement {
    const cursor = this.#cursor;
    const first = cursor.next();
    if (!cursor.skip('VIEW')) throw cursor.unsupported(`DROP ${cursor.peek().symbol}`, first);
    const ifExists = cursor.skip('IF', 'EXISTS');
    return { kind: 'dropView', nameParts: cursor.nameParts(), ifExists };
  }

  #describe(): Statement {
    const cursor = this.#cursor;
    cursor.next();
    for (const word of ['FUNCTION', 'DATABASE', 'SCHEMA', 'NAMESPACE', 'CATALOG'])
      if (cursor.at(word) && cursor.peek(1).kind !== 'end') throw cursor.unsupported(`DESCRIBE ${word}`);
    const isQuery = cursor.skip('QUERY') || (QUERY_WORDS.has(cursor.peek().symbol) && !cursor.at('TABLE'));
    if (isQuery) return { kind: 'describe', plan: this.#queries.query() };
    cursor.skip('TABLE');
    if (cursor.at('EXTENDED') || cursor.at('FORMATTED')) throw cursor.unsupported(`DESCRIBE ${cursor.peek().symbol}`);
    const nameParts = cursor.nameParts();
    const plan = this.#catalog.relation(nameParts);
    if (plan === undefined) throw this.#catalog.notFound(nameParts);
    return { kind: 'describe', plan };
  }

  #show(): Statement {
    const cursor = this.#cursor;
    const first = cursor.next();
    const what = cursor.skip('TABLES') ? 'tables' : cursor.skip('VIEWS') ? 'views' : undefined;
    if (what === undefined) throw cursor.unsupported(`SHOW ${cursor.peek().symbol}`, first);
    if (cursor.at('IN') || cursor.at('FROM')) throw cursor.unsupported('SHOW … IN a schema');
    cursor.skip('LIKE');
    return { kind: 'showTables', what, pattern: cursor.peek().kind === 'text' ? cursor.next().value : undefined };
  }

  #explain(): Statement {
    const cursor = this.#cursor;
    cursor.next();
    for (const word of ['CODEGEN', 'COST']) if (cursor.at(word)) throw cursor.unsupported(`EXPLAIN ${word}`);
    const mode = cursor.skip('EXTENDED') ? 'extended' : cursor.skip('FORMATTED') ? 'formatted' : 'simple';
    const statement = this.statement();
    if (statement.kind === 'query') return { kind: 'explain', plan: statement.plan, mode };
    throw new MillraceError('UNSUPPORTED_FEATURE', { feature: 'EXPLAIN of a statement that is no query' });
  }

  /** The value is the rest of the statement as written, as in Spark. */
  #set(): Statement {
    const cursor = this.#cursor;
    cursor.next();
    if (cursor.at('TIME', 'ZONE')) return this.#setTimeZone();
    for (const word of ['VAR', 'VARIABLE', 'ROLE', 'CATALOG'])
      if (cursor.at(word) && cursor.peek(1).kind === 'word') throw cursor.unsupported(`SET ${word}`);
    if (cursor.peek().kind === 'end' || cursor.at(';') || cursor.at('-')) {
      while (cursor.peek().kind !== 'end' && !cursor.at(';')) cursor.next();
      return { kind: 'set', key: undefined, value: undefined };
    }
    const key = this.#settingKey();
    if (!cursor.skip('=')) return { kind: 'set', key, value: undefined };
    const from = cursor.peek().start;
    let to = from;
    while (cursor.peek().kind !== 'end' && !cursor.at(';')) to = cursor.next().end;
    return { kind: 'set', key, value: cursor.text.slice(from, to).trim() };
  }

  #setTimeZone(): Statement {
    const cursor = this.#cursor;
    cursor.expect('TIME', 'ZONE');
    const token = cursor.next();
    if (token.kind !== 'text') throw cursor.unsupported('SET TIME ZONE with anything but a text', token);
    return { kind: 'set', key: 'spark.sql.session.timeZone', value: token.value };
  }

  /** `spark.sql.ansi.enabled`: words joined by points, or a quoted name. */
  #settingKey(): string {
    return this.#cursor.nameParts().join('.');
  }
}
