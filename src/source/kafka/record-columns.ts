/** Turns records of a partition into a column batch with just the columns asked for: Spark's columns of the kafka source. */
import type { TopicPartition } from '../../storage/kafka/kafka-cluster.ts';
import type { KafkaRecord } from '../../storage/kafka/kafka-records.ts';
import { type ColumnBatch, columnBatch } from '../../types/column-batch.ts';
import {
  array,
  BINARY,
  field,
  INTEGER,
  LONG,
  STRING,
  struct,
  TIMESTAMP,
  type SimpleType,
  type StructType,
} from '../../types/data-type.ts';
import { vectorOf } from '../../types/vector-builder.ts';
import { constantVector } from '../../types/vector-ops.ts';
import type { Vector } from '../../types/vector.ts';
import { projectSchema } from '../project-columns.ts';

const FIXED = [
  field('key', BINARY),
  field('value', BINARY),
  field('topic', STRING),
  field('partition', INTEGER),
  field('offset', LONG),
  field('timestamp', TIMESTAMP),
  field('timestampType', INTEGER),
];
const HEADERS = field('headers', array(struct([field('key', STRING), field('value', BINARY)])));

/** `key, value, topic, partition, offset, timestamp, timestampType` and, when asked for, `headers`. */
export function kafkaSchema(includesHeaders: boolean): StructType {
  return struct(includesHeaders ? [...FIXED, HEADERS] : FIXED);
}

/** The records as columns, in the order of `columns`. */
export function recordColumns(
  records: readonly KafkaRecord[],
  place: TopicPartition,
  columns: readonly string[],
): ColumnBatch {
  const schema = projectSchema(kafkaSchema(true), columns);
  return columnBatch(
    schema,
    columns.map((name) => recordColumn(records, place, name)),
    records.length,
  );
}

function recordColumn(records: readonly KafkaRecord[], place: TopicPartition, name: string): Vector {
  const { length } = records;
  switch (name) {
    case 'key':
      return vectorOf(
        BINARY,
        records.map(({ key }) => key),
      );
    case 'value':
      return vectorOf(
        BINARY,
        records.map(({ value }) => value),
      );
    case 'topic':
      return constantVector(STRING, place.topic, length);
    case 'partition':
      return constantVector(INTEGER, place.partition, length);
    case 'offset':
      return longColumn(LONG, records, ({ offset }) => BigInt(offset));
    case 'timestamp':
      return longColumn(TIMESTAMP, records, ({ timestampMs }) => BigInt(timestampMs) * 1000n);
    case 'timestampType': {
      const values = Int32Array.from(records, ({ timestampType }) => timestampType);
      return { layout: 'int', type: INTEGER, length, validity: undefined, values };
    }
    default:
      return vectorOf(
        HEADERS.dataType,
        records.map(({ headers }) => (headers.length === 0 ? null : headers)),
      );
  }
}

function longColumn(
  type: SimpleType,
  records: readonly KafkaRecord[],
  valueOf: (record: KafkaRecord) => bigint,
): Vector {
  return {
    layout: 'long',
    type,
    length: records.length,
    validity: undefined,
    values: BigInt64Array.from(records, valueOf),
  };
}
