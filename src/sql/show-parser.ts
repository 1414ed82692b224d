/** SHOW and DESCRIBE. */
import type { UnresolvedPlan } from '../plan/unresolved-plan.ts';
import type { QueryParser } from './query-parser.ts';
import type { Statement } from './statement.ts';
import type { TokenCursor } from './token-cursor.ts';

import { readPartitionSpec } from './partition-spec.ts';
import { atQuery } from './query-words.ts';

/** `SHOW …` */
export function parseShow(cursor: TokenCursor, queries: QueryParser): Statement {
  const first = cursor.next();
  if (cursor.skip('TABLES')) return showTables(cursor, 'tables');
  if (cursor.skip('VIEWS')) return showTables(cursor, 'views');
  for (const word of ['DATABASES', 'SCHEMAS', 'NAMESPACES'])
    if (cursor.skip(word)) return { kind: 'showDatabases', pattern: readPattern(cursor) };
  if (cursor.skip('COLUMNS')) {
    if (!cursor.skip('IN')) cursor.expect('FROM');
    const nameParts = queries.relations.nameParts();
    const database = cursor.skip('IN') || cursor.skip('FROM') ? cursor.nameParts() : [];
    const full = [...database, ...nameParts];
    return { kind: 'showColumns', nameParts: full, plan: queries.find(full) };
  }
  const what = cursor.skip('USER') ? 'user' : cursor.skip('SYSTEM') ? 'system' : (cursor.skip('ALL'), 'all');
  if (cursor.skip('FUNCTIONS')) {
    if (cursor.skip('IN') || cursor.skip('FROM')) cursor.nameParts();
    return { kind: 'showFunctions', pattern: readPattern(cursor), what };
  }
  if (cursor.skip('PARTITIONS')) {
    const nameParts = queries.relations.nameParts();
    return { kind: 'showPartitions', nameParts, partition: readPartitionSpec(cursor, queries) };
  }
  if (cursor.skip('CREATE', 'TABLE')) return { kind: 'showCreateTable', nameParts: queries.relations.nameParts() };
  throw cursor.unsupported(`SHOW ${cursor.peek().symbol}`, first);
}

function showTables(cursor: TokenCursor, what: 'tables' | 'views'): Statement {
  const database = cursor.skip('IN') || cursor.skip('FROM') ? cursor.nameParts().at(-1) : undefined;
  return { kind: 'showTables', what, database, pattern: readPattern(cursor) };
}

function readPattern(cursor: TokenCursor): string | undefined {
  cursor.skip('LIKE');
  const { kind } = cursor.peek();
  if (kind === 'text' || kind === 'name') return cursor.next().value;
  return kind === 'word' ? cursor.nameParts().at(-1) : undefined;
}

/** `DESCRIBE [TABLE | QUERY | FUNCTION | DATABASE] …` */
export function parseDescribe(cursor: TokenCursor, queries: QueryParser): Statement {
  cursor.next();
  if (cursor.at('FUNCTION') && cursor.peek(1).kind !== 'end') {
    cursor.next();
    const isExtended = cursor.skip('EXTENDED');
    const token = cursor.peek();
    const name = token.kind === 'text' || token.kind === 'mark' ? cursor.next().value : cursor.nameParts().join('.');
    return { kind: 'describeFunction', name, isExtended };
  }
  for (const word of ['DATABASE', 'SCHEMA', 'NAMESPACE']) {
    if (!cursor.at(word) || cursor.peek(1).kind === 'end') continue;
    cursor.next();
    cursor.skip('EXTENDED');
    return { kind: 'describeDatabase', name: cursor.nameParts().at(-1) ?? '' };
  }
  if (cursor.at('CATALOG') && cursor.peek(1).kind === 'word') throw cursor.unsupported('DESCRIBE CATALOG');
  const isQuery = cursor.skip('QUERY') || (atQuery(cursor) && !cursor.at('TABLE'));
  if (isQuery) return { kind: 'describe', plan: queries.query() };
  cursor.skip('TABLE');
  if (cursor.at('EXTENDED') || cursor.at('FORMATTED')) throw cursor.unsupported(`DESCRIBE ${cursor.peek().symbol}`);
  const plan: UnresolvedPlan = queries.find(queries.relations.nameParts());
  return { kind: 'describe', plan };
}
