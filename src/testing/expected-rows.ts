/** Compares rows of a query with rows a test wrote down: as multisets, written as objects or as arrays in column order. */
import type { StructType } from '../types/data-type.ts';
import type { Row } from '../types/row-codec.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { batchFromRows, rowsOf } from '../types/row-codec.ts';

/** A row as a test writes it. */
export type ExpectedRow = Row | readonly unknown[];

/** Throws TEST_EXPECTATION_FAILED with both sides when the rows differ; order does not count. */
export function expectRows(
  what: string,
  actual: readonly Row[],
  expected: readonly ExpectedRow[],
  schema: StructType,
): void {
  const wanted = rowsOf(batchFromRows(schema, expected)).map(rowText).toSorted();
  const got = actual.map(rowText).toSorted();
  if (wanted.length === got.length && wanted.every((text, i) => text === got[i])) return;
  throw new MillraceError('TEST_EXPECTATION_FAILED', { what, expected: listText(wanted), found: listText(got) });
}

function listText(texts: readonly string[]): string {
  return texts.length === 0 ? 'no rows' : `\n  ${texts.join('\n  ')}\n`;
}

/** A row as text that is equal for equal rows. */
export function rowText(row: Row): string {
  return JSON.stringify(row, (_, value: unknown) => {
    if (typeof value === 'bigint') return `${value}`;
    if (value instanceof Map) return [...value];
    return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
  });
}
