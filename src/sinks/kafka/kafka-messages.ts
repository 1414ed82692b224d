/** Rows as Kafka records: checks the columns once, then turns column batches into messages by topic. Pure. */
import type { Message } from 'kafkajs';
import { MillraceError } from '../../errors/millrace-error.ts';
import type { ColumnBatch } from '../../types/column-batch.ts';
import type { DataType, StructType } from '../../types/data-type.ts';
import { simpleName } from '../../types/data-type.ts';
import { valueAt, type Value, type Vector } from '../../types/vector.ts';

/** A record and about how many bytes it takes. */
export interface SizedMessage {
  readonly topic: string;
  readonly message: Message;
  readonly sizeBytes: number;
}

/** What Kafka adds to a record: lengths, deltas, attributes. */
const RECORD_OVERHEAD_BYTES = 32;

const COLUMN_TYPES: Readonly<Record<string, (type: DataType) => boolean>> = {
  value: isText,
  key: isText,
  topic: ({ kind }) => kind === 'string',
  partition: ({ kind }) => kind === 'integer',
  headers: isHeaders,
};

/** Refuses rows the sink cannot write; `topic` is the option of that name. Column names count in any letter case, as in Spark. */
export function checkKafkaSchema(schema: StructType, topic: string | undefined): void {
  const names = new Set(schema.fields.map(({ name }) => name.toLowerCase()));
  const fail = (reason: string): never => {
    throw new MillraceError('KAFKA_SINK_SCHEMA', { reason });
  };
  if (!names.has('value')) fail('there is no column value');
  if (topic === undefined && !names.has('topic')) fail('there is neither an option topic nor a column topic');
  for (const { name, dataType } of schema.fields) {
    const fits = COLUMN_TYPES[name.toLowerCase()];
    if (fits === undefined) fail(`the column ${name} means nothing to Kafka`);
    else if (!fits(dataType)) fail(`the column ${name} is of type ${simpleName(dataType)}`);
  }
}

/** The rows of a batch as messages, in order. */
export function* messagesOf(batch: ColumnBatch, topicOption: string | undefined): Generator<SizedMessage> {
  const column = (name: string): Vector | undefined =>
    batch.columns[batch.schema.fields.findIndex((field) => field.name.toLowerCase() === name)];
  const [value, key, topics, partitions, headers] = ['value', 'key', 'topic', 'partition', 'headers'].map(column);
  for (let row = 0; row < batch.numRows; row++) {
    const at = (vector: Vector | undefined): Value | null => (vector === undefined ? null : valueAt(vector, row));
    const topic = topicOption ?? at(topics);
    if (topic === null) throw new MillraceError('KAFKA_NULL_TOPIC_IN_DATA', {});
    const partition = at(partitions);
    const bytes = { key: bytesOf(at(key)), value: bytesOf(at(value)) };
    const rowHeaders = headersOf(at(headers));
    yield {
      topic: String(topic),
      message: {
        ...bytes,
        ...(partition === null ? {} : { partition: Number(partition) }),
        ...(rowHeaders === undefined ? {} : { headers: rowHeaders }),
      },
      sizeBytes:
        RECORD_OVERHEAD_BYTES + (bytes.key?.length ?? 0) + (bytes.value?.length ?? 0) + headerBytes(rowHeaders),
    };
  }
}

function isText({ kind }: DataType): boolean {
  return kind === 'string' || kind === 'binary';
}

function isHeaders(type: DataType): boolean {
  if (type.kind !== 'array' || type.elementType.kind !== 'struct') return false;
  const [key, value, ...more] = type.elementType.fields;
  return key?.dataType.kind === 'string' && value?.dataType.kind === 'binary' && more.length === 0;
}

function bytesOf(value: Value | null): Buffer | null {
  if (value === null) return null;
  if (typeof value === 'string') return Buffer.from(value);
  const bytes = value as Uint8Array;
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** A name that comes twice keeps both values. */
function headersOf(value: Value | null): Record<string, Buffer[]> | undefined {
  if (value === null) return undefined;
  const headers: Record<string, Buffer[]> = {};
  for (const entry of value as readonly (readonly [string, Uint8Array | null] | null)[]) {
    const [name, bytes] = entry ?? ['', null];
    (headers[name] ??= []).push(bytesOf(bytes) ?? Buffer.alloc(0));
  }
  return headers;
}

function headerBytes(headers: Readonly<Record<string, readonly Buffer[]>> | undefined): number {
  let sum = 0;
  for (const [name, values] of Object.entries(headers ?? {}))
    for (const value of values) sum += name.length + value.length + 8;
  return sum;
}
