/** Rows as the JSON texts Spark prints; for `DataFrame.toJSON`. */
import type { ColumnBatch } from '../types/column-batch.ts';
import { jsonTextOfRow } from '../types/json-text.ts';

/** The text of each row, in order. */
export async function jsonTexts(batches: AsyncIterable<ColumnBatch>, zone: string): Promise<string[]> {
  const texts: string[] = [];
  for await (const batch of batches) {
    for (let row = 0; row < batch.numRows; row++) texts.push(jsonTextOfRow(batch, row, { zone }));
  }
  return texts;
}
