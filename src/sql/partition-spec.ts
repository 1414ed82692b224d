/** The PARTITION clause: which partitions a statement is about. */
import type { QueryParser } from './query-parser.ts';
import type { PartitionSpec } from './statement.ts';
import type { TokenCursor } from './token-cursor.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { repeatedName } from '../types/schema.ts';

/** `[PARTITION (column [= value], …)]`; empty when the clause is not there. */
export function readPartitionSpec(cursor: TokenCursor, queries: QueryParser): readonly PartitionSpec[] {
  if (!cursor.skip('PARTITION')) return [];
  const specs = cursor.parenthesized(() =>
    cursor.list((): PartitionSpec => {
      const name = cursor.identifier();
      return { name, value: cursor.skip('=') ? queries.expressions.expression() : undefined };
    }),
  );
  const double = repeatedName(specs.map(({ name }) => name));
  if (double !== undefined) throw new MillraceError('DUPLICATE_KEY', { keyColumn: `\`${double}\`` });
  return specs;
}
