/** CREATE, REPLACE, DROP and INSERT. */
import type { UnresolvedPlan } from '../plan/unresolved-plan.ts';
import type { Statement } from './statement.ts';
import type { QueryParser } from './query-parser.ts';
import type { TokenCursor } from './token-cursor.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { parseCreateFunction } from './function-parser.ts';
import { readPartitionSpec } from './partition-spec.ts';
import { atQuery } from './query-words.ts';
import { readDefinition, readIfNotExists, readName, readText } from './table-definition.ts';

/** `CREATE [OR REPLACE] …` */
export function parseCreate(cursor: TokenCursor, queries: QueryParser): Statement {
  const first = cursor.next();
  const isReplace = first.symbol === 'REPLACE' || cursor.skip('OR', 'REPLACE');
  for (const word of ['DATABASE', 'SCHEMA', 'NAMESPACE']) if (cursor.skip(word)) return createDatabase(cursor);
  const isGlobal = cursor.skip('GLOBAL');
  const isTemporary = cursor.skip('TEMP') || cursor.skip('TEMPORARY');
  if (cursor.skip('VIEW')) return createView(cursor, queries, { isReplace, isGlobal, isTemporary });
  if (!isGlobal && cursor.skip('FUNCTION')) return parseCreateFunction(cursor, queries, { isReplace, isTemporary });
  if (isTemporary || isGlobal) throw cursor.unsupported(`CREATE TEMPORARY ${cursor.peek().symbol}`, first);
  if (cursor.at('MATERIALIZED', 'VIEW')) throw cursor.unsupported('materialized views', first);
  const isStreaming = cursor.skip('STREAMING');
  cursor.skip('EXTERNAL');
  if (!cursor.skip('TABLE')) throw cursor.unsupported(`CREATE ${cursor.peek().symbol}`, first);
  const ifNotExists = readIfNotExists(cursor);
  const nameParts = readName(queries);
  if (cursor.at('LIKE')) throw cursor.unsupported('CREATE TABLE … LIKE');
  const definition = readDefinition(cursor, nameParts);
  const query = cursor.skip('AS') || (atQuery(cursor) && !cursor.at('TABLE')) ? queries.query() : undefined;
  return { kind: 'createTable', definition, query, isStreaming, isReplace, ifNotExists };
}

function createDatabase(cursor: TokenCursor): Statement {
  const ifNotExists = readIfNotExists(cursor);
  const name = cursor.nameParts().at(-1) ?? '';
  for (;;) {
    if (cursor.skip('COMMENT')) readText(cursor);
    else if (cursor.at('LOCATION') || cursor.at('WITH'))
      throw cursor.unsupported(`CREATE DATABASE … ${cursor.peek().symbol}`);
    else return { kind: 'createDatabase', name, ifNotExists };
  }
}

interface ViewWords {
  readonly isReplace: boolean;
  readonly isGlobal: boolean;
  readonly isTemporary: boolean;
}

function createView(cursor: TokenCursor, queries: QueryParser, words: ViewWords): Statement {
  const { isReplace, isGlobal, isTemporary } = words;
  const ifNotExists = readIfNotExists(cursor);
  if (ifNotExists && isTemporary) throw new MillraceError('_LEGACY_ERROR_TEMP_0053', {});
  const nameParts = readName(queries);
  if (isTemporary && !isGlobal && nameParts.length > 1) throw cursor.unsupported('a temporary view in a schema');
  if (isTemporary && hasUsing(cursor))
    return { kind: 'createViewUsing', definition: readDefinition(cursor, nameParts), isReplace };
  const columnNames = cursor.at('(') ? cursor.parenthesized(() => cursor.list(() => viewColumn(cursor))) : undefined;
  for (;;) {
    if (cursor.skip('COMMENT')) readText(cursor);
    else if (cursor.skip('TBLPROPERTIES')) skipParentheses(cursor);
    else if (!isTemporary && cursor.skip('WITH', 'SCHEMA')) readSchemaMode(cursor);
    else break;
  }
  cursor.expect('AS');
  const from = cursor.peek().start;
  const plan = queries.query();
  const text = cursor.text.slice(from, cursor.peek(-1).end);
  const scope = isGlobal ? 'global' : isTemporary ? 'temporary' : 'persistent';
  return { kind: 'createView', nameParts, scope, plan, text, columnNames, isReplace, ifNotExists };
}

/** BINDING, COMPENSATION, [TYPE] EVOLUTION: a view is always read with the columns its query has now. */
function readSchemaMode(cursor: TokenCursor): void {
  if (cursor.skip('BINDING') || cursor.skip('COMPENSATION')) return;
  cursor.skip('TYPE');
  cursor.expect('EVOLUTION');
}

/** True when USING comes next, be it behind the columns. */
function hasUsing(cursor: TokenCursor): boolean {
  if (!cursor.at('(')) return cursor.at('USING');
  let depth = 0;
  for (let i = 0; ; i++) {
    const { kind, symbol } = cursor.peek(i);
    if (kind === 'end') return false;
    if (symbol === '(') depth += 1;
    if (symbol === ')') depth -= 1;
    if (depth === 0) return cursor.peek(i + 1).symbol === 'USING';
  }
}

function skipParentheses(cursor: TokenCursor): void {
  let depth = 0;
  do {
    const { kind, symbol } = cursor.peek();
    if (kind === 'end') throw cursor.fail();
    if (symbol === '(') depth += 1;
    if (symbol === ')') depth -= 1;
    cursor.next();
  } while (depth > 0);
}

function viewColumn(cursor: TokenCursor): string {
  const name = cursor.identifier();
  if (cursor.skip('COMMENT')) readText(cursor);
  return name;
}

/** `DROP TABLE | VIEW | DATABASE …` */
export function parseDrop(cursor: TokenCursor, queries: QueryParser): Statement {
  const first = cursor.next();
  const isTemporary = cursor.skip('TEMPORARY') || cursor.skip('TEMP');
  if (isTemporary && (cursor.skip('VARIABLE') || cursor.skip('VAR'))) {
    const ifExists = cursor.skip('IF', 'EXISTS');
    return { kind: 'dropVariable', name: cursor.nameParts().at(-1) ?? '', ifExists };
  }
  if (cursor.skip('FUNCTION')) {
    const ifExists = cursor.skip('IF', 'EXISTS');
    return { kind: 'dropFunction', nameParts: readName(queries), isTemporary, ifExists };
  }
  if (isTemporary) throw cursor.unsupported(`DROP TEMPORARY ${cursor.peek().symbol}`, first);
  for (const word of ['DATABASE', 'SCHEMA', 'NAMESPACE']) {
    if (!cursor.skip(word)) continue;
    const ifExists = cursor.skip('IF', 'EXISTS');
    const name = cursor.nameParts().at(-1) ?? '';
    const isCascade = cursor.skip('CASCADE');
    if (!isCascade) cursor.skip('RESTRICT');
    return { kind: 'dropDatabase', name, ifExists, isCascade };
  }
  const isView = cursor.skip('VIEW');
  if (!isView && !cursor.skip('TABLE')) throw cursor.unsupported(`DROP ${cursor.peek().symbol}`, first);
  const ifExists = cursor.skip('IF', 'EXISTS');
  const nameParts = readName(queries);
  if (!isView) cursor.skip('PURGE');
  return { kind: isView ? 'dropView' : 'dropTable', nameParts, ifExists };
}

/** `INSERT INTO | OVERWRITE [TABLE] name [PARTITION (column [= value], …)] [(columns) | BY NAME] query` */
export function parseInsert(cursor: TokenCursor, queries: QueryParser): Statement {
  cursor.expect('INSERT');
  const isOverwrite = cursor.skip('OVERWRITE');
  if (!isOverwrite) cursor.expect('INTO');
  if (cursor.at('DIRECTORY') || cursor.at('LOCAL', 'DIRECTORY')) throw cursor.unsupported('INSERT OVERWRITE DIRECTORY');
  cursor.skip('TABLE');
  const nameParts = readName(queries);
  const partition = readPartitionSpec(cursor, queries);
  cursor.skip('IF', 'NOT', 'EXISTS');
  if (cursor.at('REPLACE')) throw cursor.unsupported('INSERT INTO … REPLACE');
  const byName = cursor.skip('BY', 'NAME');
  const columnNames =
    cursor.at('(') && !atQuery(cursor, 1)
      ? cursor.parenthesized(() => cursor.list(() => cursor.identifier()))
      : undefined;
  const plan: UnresolvedPlan = queries.query();
  return { kind: 'insert', nameParts, plan, isOverwrite, columnNames, byName, partition };
}

/** `TRUNCATE TABLE name [PARTITION (…)]` */
export function parseTruncate(cursor: TokenCursor, queries: QueryParser): Statement {
  cursor.expect('TRUNCATE', 'TABLE');
  const nameParts = readName(queries);
  return { kind: 'truncate', nameParts, partition: readPartitionSpec(cursor, queries) };
}
