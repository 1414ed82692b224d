/** SQL text to one statement: what `session.sql` is given. */
import type { Catalog } from './catalog.ts';
import type { ParseContext } from './parse-context.ts';
import type { LiteralNode } from './expression-nodes.ts';
import type { Statement } from './statement.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { parseCreate, parseDrop, parseInsert, parseTruncate } from './create-parser.ts';
import { atInterval, readIntervalLiteral } from './interval-literal.ts';
import { QueryParser } from './query-parser.ts';
import { atQuery } from './query-words.ts';
import { parseDescribe, parseShow } from './show-parser.ts';
import { TokenCursor } from './token-cursor.ts';
import { parseDeclare, parseExecute, parseSetVariables } from './variable-parser.ts';

/** Statements of Spark that are refused by name. */
const OTHER_STATEMENTS = new Set(
  'ANALYZE BEGIN CALL COMMENT DELETE GRANT LIST LOAD LOCK MERGE OPTIMIZE REPAIR REVOKE UNLOCK UPDATE'.split(' '),
);
const IGNORED_STATEMENTS = new Set(['CACHE', 'UNCACHE', 'REFRESH', 'CLEAR']);

/**
 * Parses one statement, a `;` at its end included. Relations are looked up while reading, so a statement keeps the views it was written
 * over.
 */
export function parseStatement(text: string, context: ParseContext, catalog: Catalog): Statement {
  const cursor = new TokenCursor(text, context.quotesNames);
  const statement = new StatementParser(cursor, context, catalog).statement();
  while (cursor.skip(';'));
  cursor.end();
  return statement;
}

class StatementParser {
  readonly #cursor: TokenCursor;
  readonly #context: ParseContext;
  readonly #queries: QueryParser;

  constructor(cursor: TokenCursor, context: ParseContext, catalog: Catalog) {
    this.#cursor = cursor;
    this.#context = context;
    this.#queries = new QueryParser(cursor, context, catalog);
  }

  statement(): Statement {
    const cursor = this.#cursor;
    const { symbol } = cursor.peek();
    if (symbol === 'WITH' && this.#insertsBehindWith())
      return this.#queries.withNames(() => parseInsert(cursor, this.#queries));
    if (symbol === 'FROM' && this.#insertsBehindFrom()) throw cursor.unsupported('FROM … INSERT');
    if (atQuery(cursor)) return { kind: 'query', plan: this.#queries.query() };
    if (IGNORED_STATEMENTS.has(symbol)) return this.#ignored();
    switch (symbol) {
      case 'CREATE':
      case 'REPLACE':
        return parseCreate(cursor, this.#queries);
      case 'DROP':
        return parseDrop(cursor, this.#queries);
      case 'INSERT':
        return parseInsert(cursor, this.#queries);
      case 'TRUNCATE':
        return parseTruncate(cursor, this.#queries);
      case 'DESCRIBE':
      case 'DESC':
        return parseDescribe(cursor, this.#queries);
      case 'SHOW':
        return parseShow(cursor, this.#queries);
      case 'EXPLAIN':
        return this.#explain();
      case 'SET':
        return this.#set();
      case 'USE':
        return this.#use();
      case 'DECLARE':
        return parseDeclare(cursor, this.#queries, this.#context);
      case 'EXECUTE':
        return parseExecute(cursor, this.#queries, this.#context);
      case 'RESET':
        cursor.next();
        return { kind: 'reset', key: cursor.peek().kind === 'word' ? this.#settingKey() : undefined };
      case 'MSCK':
      case 'ALTER':
        return this.#recoverPartitions();
      default:
        if (OTHER_STATEMENTS.has(symbol)) throw cursor.unsupported(`the statement ${symbol}`);
        throw cursor.fail();
    }
  }

  #insertsBehindWith(): boolean {
    return this.#wordOutside((symbol) => symbol === 'INSERT' || symbol === 'SELECT' || symbol === 'FROM') === 'INSERT';
  }

  #insertsBehindFrom(): boolean {
    return this.#wordOutside((symbol) => symbol === 'INSERT' || symbol === 'SELECT') === 'INSERT';
  }

  /** The first such word outside parentheses. */
  #wordOutside(isWanted: (symbol: string) => boolean): string | undefined {
    let depth = 0;
    for (let i = 0; ; i++) {
      const { kind, symbol } = this.#cursor.peek(i);
      if (kind === 'end') return undefined;
      if (symbol === '(') depth += 1;
      else if (symbol === ')') depth -= 1;
      else if (depth === 0 && isWanted(symbol)) return symbol;
    }
  }

  /** `MSCK REPAIR TABLE name`, `ALTER TABLE name RECOVER PARTITIONS`: folders are found with each read, so there is nothing to do. */
  #recoverPartitions(): Statement {
    const cursor = this.#cursor;
    const isRepair = cursor.at('MSCK', 'REPAIR', 'TABLE');
    if (!isRepair && !cursor.at('ALTER', 'TABLE')) throw cursor.unsupported(`the statement ${cursor.peek().symbol}`);
    for (let i = isRepair ? 3 : 2; i > 0; i--) cursor.next();
    this.#queries.find(this.#queries.relations.nameParts());
    if (!isRepair && !cursor.skip('RECOVER', 'PARTITIONS'))
      throw cursor.unsupported(`ALTER TABLE … ${cursor.peek().symbol}`);
    return { kind: 'nothing' };
  }

  /** Statements about caches: results do not depend on them. */
  #ignored(): Statement {
    const cursor = this.#cursor;
    const isCache = cursor.next().symbol === 'CACHE';
    if (isCache && cursor.skip('LAZY', 'TABLE')) return this.#ignoredName();
    if (cursor.skip('TABLE')) {
      cursor.skip('IF', 'EXISTS');
      return this.#ignoredName();
    }
    if (!cursor.skip('CACHE') && !cursor.skip('FUNCTION')) throw cursor.fail();
    if (cursor.peek().kind === 'word') cursor.nameParts();
    return { kind: 'nothing' };
  }

  #ignoredName(): Statement {
    this.#queries.find(this.#queries.relations.nameParts());
    if (this.#cursor.at('AS') || this.#cursor.at('SELECT')) throw this.#cursor.unsupported('CACHE TABLE … AS');
    return { kind: 'nothing' };
  }

  #use(): Statement {
    const cursor = this.#cursor;
    cursor.next();
    for (const word of ['DATABASE', 'SCHEMA', 'NAMESPACE']) if (cursor.peek(1).kind !== 'end') cursor.skip(word);
    return { kind: 'use', name: this.#queries.relations.nameParts().at(-1) ?? '' };
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
    for (const word of ['VAR', 'VARIABLE'])
      if (cursor.at(word) && cursor.peek(1).symbol !== '=')
        return parseSetVariables(cursor, this.#queries, this.#context);
    for (const word of ['ROLE', 'CATALOG'])
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
    const key = 'spark.sql.session.timeZone';
    if (atInterval(cursor)) return { kind: 'set', key, value: offsetOf(readIntervalLiteral(cursor)) };
    const token = cursor.next();
    if (token.symbol === 'LOCAL') return { kind: 'set', key, value: Intl.DateTimeFormat().resolvedOptions().timeZone };
    if (token.kind !== 'text') throw cursor.fail();
    return { kind: 'set', key, value: token.value };
  }

  /** `spark.sql.ansi.enabled`: words joined by points, or a quoted name. */
  #settingKey(): string {
    return this.#cursor.nameParts().join('.');
  }
}

/** The offset of a zone given as an interval: whole seconds within 18 hours. */
function offsetOf({ value, dataType }: LiteralNode): string {
  const seconds = dataType.kind === 'day_time_interval' ? Number(value) / 1_000_000 : Number.NaN;
  if (!Number.isInteger(seconds) || Math.abs(seconds) > 18 * 3600)
    throw new MillraceError('INVALID_INTERVAL_FORMAT.TIMEZONE_INTERVAL_OUT_OF_RANGE', { input: String(value) });
  const part = (value: number): string => String(Math.trunc(value)).padStart(2, '0');
  const [hours, minutes, rest] = [Math.abs(seconds) / 3600, (Math.abs(seconds) / 60) % 60, Math.abs(seconds) % 60];
  return `${seconds < 0 ? '-' : '+'}${part(hours)}:${part(minutes)}${rest === 0 ? '' : `:${part(rest)}`}`;
}
