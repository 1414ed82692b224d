/**
 * Writes the folders that a real Spark has read: `node test/sinks/file/spark-folders.ts ROOT`, then `python read-with-spark.py ROOT`.
 * Every case that could confuse Spark's reader of `_spark_metadata` is here.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ColumnBatch } from '../../../src/types/column-batch.ts';
import { findSinkProvider } from '../../../src/sinks/registry.ts';
import * as T from '../../../src/types/data-type.ts';
import { batchOf, ID_NAME, identity, openSink, streamOf, type SinkRequest } from '../../contract/sink-contract.ts';

const PARTITIONED = T.struct([T.field('p', T.STRING), T.field('id', T.LONG), T.field('t', T.TIMESTAMP)]);

/** Names of the folders, all written as JSON. */
export const SPARK_FOLDERS: readonly string[] = [
  'plain dir',
  'late',
  'gzip',
  'parts',
  'empty first',
  'long',
  'merged',
  'merged parts',
];

const row = (id: number) => batchOf(ID_NAME, [[BigInt(id), `n${id}`]]);
const partitioned = (...rows: Parameters<typeof batchOf>[1]) => batchOf(PARTITIONED, rows);

/** Writes all folders below `root`. */
export async function writeSparkFolders(root: string): Promise<void> {
  const write = async (
    name: string,
    batches: readonly (ColumnBatch | undefined)[],
    request: Partial<SinkRequest> & { readonly firstBatchId?: number } = {},
  ) => {
    const sink = await openSink(findSinkProvider('json'), {
      schema: ID_NAME,
      ...request,
      options: { path: join(root, name), ...request.options },
    });
    for (const [i, batch] of batches.entries())
      await sink.addBatch(identity(i + (request.firstBatchId ?? 0)), streamOf(...(batch === undefined ? [] : [batch])));
    await sink.close();
  };
  mkdirSync(root, { recursive: true });
  await write(
    'plain dir',
    Array.from({ length: 24 }, (_, i) => (i % 5 === 3 ? undefined : row(i))),
  );
  writeFileSync(join(root, 'plain dir', 'part-00000-0-00000099.c000.json'), '{"id":999,"name":"not committed"}\n');
  await write('late', [row(1), undefined, row(3)], { firstBatchId: 27 });
  await write('gzip', [row(1), row(2)], { options: { compression: 'gzip' } });
  await write(
    'parts',
    [
      partitioned(['x y/1', 1n, 1_704_067_200_500_000n], [null, 2n, null], ['日本 %#?', 3n, 0n]),
      undefined,
      partitioned(['a:b', 4n, 0n]),
    ],
    { schema: PARTITIONED, partitionColumns: ['p', 't'] },
  );
  await write('empty first', [undefined, partitioned(['a:b', 4n, 0n])], {
    schema: PARTITIONED,
    partitionColumns: ['p'],
  });
  // The distance of compacted entries has grown to 40.
  await write(
    'long',
    Array.from({ length: 133 }, (_, i) => row(i)),
  );
  const compactFiles = { options: { compactFiles: '3' } };
  await write(
    'merged',
    Array.from({ length: 35 }, (_, i) => row(i)),
    compactFiles,
  );
  await write(
    'merged parts',
    Array.from({ length: 35 }, (_, i) => partitioned(['x y/1', BigInt(i), 0n], [null, BigInt(100 + i), null])),
    { schema: PARTITIONED, partitionColumns: ['p', 't'], ...compactFiles },
  );
}

if (import.meta.main) await writeSparkFolders(process.argv[2] ?? 'out');
