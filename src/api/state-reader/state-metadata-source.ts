/**
 * `session.read.format('state-metadata').load(checkpointLocation)`: one row per store of each stateful operator, with the batches that can be
 * read. Columns are Spark's.
 */
import type { CheckpointStore } from '../../checkpoint/checkpoint-store.ts';
import type { Source, SourceContext, SourceProvider } from '../../source/source.ts';
import type { ColumnBatch } from '../../types/column-batch.ts';
import { CommitLog } from '../../checkpoint/commit-log.ts';
import { MillraceError } from '../../errors/millrace-error.ts';
import { columnBatch } from '../../types/column-batch.ts';
import { parseSchema } from '../../types/schema.ts';
import { vectorOf } from '../../types/vector-builder.ts';
import { BoundedSource } from './bounded-source.ts';
import { numPartitionsOf, operatorsOf, withCheckpoint } from './open-state.ts';

const SCHEMA = parseSchema(
  'operatorId BIGINT, operatorName STRING, stateStoreName STRING, numPartitions INT, minBatchId BIGINT, maxBatchId BIGINT, operatorProperties STRING',
);

export const stateMetadataSource: SourceProvider = {
  name: 'state-metadata',
  optionNames: [],
  fixedSchema: SCHEMA,
  describe: (options) => `state-metadata ${options.get('path') ?? ''}`,
  create: (context): Source => {
    const path = context.options.get('path');
    if (path === undefined) throw new MillraceError('STDS_REQUIRED_OPTION_UNSPECIFIED', { optionName: 'path' });
    return new BoundedSource(`state-metadata ${path}`, SCHEMA, () => read(path, context));
  },
};

async function* read(path: string, context: SourceContext): AsyncGenerator<ColumnBatch> {
  yield await withCheckpoint(path, context, rowsOf);
}

async function rowsOf(checkpoint: CheckpointStore): Promise<ColumnBatch> {
  const batchIds = await new CommitLog(checkpoint).batchIds();
  const minBatchId = BigInt(batchIds[0] ?? -1);
  const maxBatchId = BigInt(batchIds.at(-1) ?? -1);
  const numPartitions = await numPartitionsOf(checkpoint, Number(maxBatchId));
  const rows = (await operatorsOf(checkpoint)).flatMap(({ operatorId, operatorName, stores }) =>
    stores.map(({ storeName }) => [
      BigInt(operatorId),
      operatorName,
      storeName,
      numPartitions,
      minBatchId,
      maxBatchId,
      '',
    ]),
  );
  const columns = SCHEMA.fields.map(({ dataType }, i) =>
    vectorOf(
      dataType,
      rows.map((row) => row[i] ?? null),
    ),
  );
  return columnBatch(SCHEMA, columns, rows.length);
}
