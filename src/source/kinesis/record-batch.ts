/** Turns records of a shard into a column batch with just the columns asked for. */
import { type ColumnBatch, columnBatch } from '../../types/column-batch.ts';
import { BINARY, field, LONG, STRING, struct, TIMESTAMP, type StructType } from '../../types/data-type.ts';
import { createBuilder } from '../../types/vector-builder.ts';
import { constantVector } from '../../types/vector-ops.ts';
import type { Vector } from '../../types/vector.ts';
import { projectSchema } from '../project-columns.ts';
import type { Options } from '../../types/options.ts';
import type { KinesisRecord } from './kinesis-api.ts';
import { hasSubSequenceColumn } from './kinesis-options.ts';

/** The columns of AWS's connector, and the shard. */
const KINESIS_SCHEMA: StructType = struct([
  field('data', BINARY),
  field('streamName', STRING),
  field('partitionKey', STRING),
  field('sequenceNumber', STRING),
  field('approximateArrivalTimestamp', TIMESTAMP),
  field('shardId', STRING),
]);

const WITH_SUB_SEQUENCE: StructType = struct([...KINESIS_SCHEMA.fields, field('subSequenceNumber', LONG)]);

/** The columns that the options ask for. */
export function kinesisSchema(options: Options): StructType {
  return hasSubSequenceColumn(options) ? WITH_SUB_SEQUENCE : KINESIS_SCHEMA;
}

/** Where the records come from. */
export interface RecordOrigin {
  readonly streamName: string;
  readonly shardId: string;
}

/** The records as columns, in the order of `columns`. */
export function recordBatch(
  records: readonly KinesisRecord[],
  origin: RecordOrigin,
  columns: readonly string[],
): ColumnBatch {
  const schema = projectSchema(WITH_SUB_SEQUENCE, columns);
  const vectors = columns.map((name) => recordColumn(records, origin, name));
  return columnBatch(schema, vectors, records.length);
}

function recordColumn(records: readonly KinesisRecord[], origin: RecordOrigin, name: string): Vector {
  const { length } = records;
  switch (name) {
    case 'data':
      return {
        layout: 'object',
        type: BINARY,
        length,
        validity: undefined,
        values: records.map((record) => record.data),
      };
    case 'approximateArrivalTimestamp': {
      const values = BigInt64Array.from(records, (record) => BigInt(record.arrivalMs) * 1000n);
      return { layout: 'long', type: TIMESTAMP, length, validity: undefined, values };
    }
    case 'subSequenceNumber': {
      const values = BigInt64Array.from(records, ({ part }) => BigInt(part?.index ?? 0));
      return { layout: 'long', type: LONG, length, validity: undefined, values };
    }
    case 'streamName':
      return constantVector(STRING, origin.streamName, length);
    case 'shardId':
      return constantVector(STRING, origin.shardId, length);
    default: {
      const builder = createBuilder(STRING);
      for (const record of records)
        builder.append(name === 'partitionKey' ? record.partitionKey : record.sequenceNumber);
      return builder.build();
    }
  }
}
