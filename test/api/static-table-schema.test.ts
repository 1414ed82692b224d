/** A stream joined with a table whose columns are inferred: they are found before the query starts, and the table is read in each batch. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { createTestSession } from '../../src/testing/index.ts';

it('a stream is joined with JSON files without a schema', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'millrace-static-'));
  writeFileSync(path.join(folder, '1.json'), '{"id":1,"name":"one"}\n');
  const session = createTestSession();
  const input = session.memoryStream('id BIGINT');
  const seen: unknown[] = [];
  const query = await input
    .toDF()
    .join(session.read.json(folder), 'id')
    .writeStream.foreachBatch(async (batch) => void seen.push(...(await batch.collect())))
    .start();
  input.addData({ id: 1n });
  await query.processAllAvailable();
  writeFileSync(path.join(folder, '2.json'), '{"id":2,"name":"two"}\n');
  input.addData({ id: 2n });
  await query.processAllAvailable();
  await query.stop();
  await session.stop();
  rmSync(folder, { recursive: true });
  expect(seen).toEqual([
    { id: 1n, name: 'one' },
    { id: 2n, name: 'two' },
  ]);
});
