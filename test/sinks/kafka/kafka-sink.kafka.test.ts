/** The kafka sink against a real broker: the sink contract with transactions, columns, what is refused, a broker that goes away. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from 'vitest';
import { kafkaSinkProvider } from '../../../src/sinks/kafka/kafka-sink.ts';
import { kafkaSourceProvider } from '../../../src/source/kafka/kafka-source.ts';
import { array, BINARY, field, INTEGER, LONG, STRING, struct, type StructType } from '../../../src/types/data-type.ts';
import type { Value } from '../../../src/types/vector.ts';
import {
  batchOf,
  conditionOf,
  describeSinkContract,
  identity,
  openSink,
  streamOf,
} from '../../contract/sink-contract.ts';
import { nextOffset, readRange, sourceContext } from '../../contract/source-contract.ts';
import { startKafka } from '../../servers/kafka.ts';
import { kafkaBroker } from '../../servers/urls.ts';
import { KafkaTopic } from '../../source/kafka/kafka-topic.ts';

const KEY_VALUE = struct([field('key', STRING), field('value', STRING)]);
const text = (bytes: unknown): string => (bytes === null ? 'null' : new TextDecoder().decode(bytes as Uint8Array));

/** Columns of the records of a topic that are committed, in order of partition and offset. */
async function committedRecords(
  broker: string,
  topic: string,
  columns: readonly string[],
): Promise<readonly (readonly (Value | null)[])[]> {
  const options = {
    'kafka.bootstrap.servers': broker,
    subscribe: topic,
    startingoffsets: 'earliest',
    includeheaders: 'true',
    'kafka.isolation.level': 'read_committed',
  };
  const source = kafkaSourceProvider.create(
    sourceContext({ options: new Map(Object.entries(options)), isStreaming: false }),
  );
  await source.open();
  try {
    const end = await source.latestOffset({ start: undefined, mode: 'once', batchId: 0 });
    return end === undefined ? [] : await readRange(source, undefined, end, columns);
  } finally {
    await source.close();
  }
}

/** Where the committed records of a topic end, or all of them. */
async function endOf(topic: KafkaTopic, isolation: string): Promise<unknown> {
  const options = {
    'kafka.bootstrap.servers': topic.broker,
    subscribe: topic.name,
    startingoffsets: 'earliest',
    'kafka.isolation.level': isolation,
  };
  const source = kafkaSourceProvider.create(
    sourceContext({ options: new Map(Object.entries(options)), isStreaming: false }),
  );
  await source.open();
  try {
    return await source.latestOffset({ start: undefined, mode: 'once', batchId: 0 });
  } finally {
    await source.close();
  }
}

/**
 * Waits until the broker has written the markers of the last transaction, which it does after it has answered its end. A transaction that
 * a test left open has none: then the wait ends after a while.
 */
async function untilSettled(topic: KafkaTopic): Promise<void> {
  for (let attempt = 0; attempt < 20; attempt++) {
    const all = await endOf(topic, 'read_uncommitted');
    if (isDeepStrictEqual(await endOf(topic, 'read_committed'), all)) return;
    await delay(50);
  }
}

describeSinkContract('kafka with transactions', {
  provider: kafkaSinkProvider,
  layout: { schema: KEY_VALUE, row: (id, name) => [String(id), name] },
  destination: async () => {
    const topic = await KafkaTopic.create(kafkaBroker(), { numPartitions: 2 });
    return {
      options: { 'kafka.bootstrap.servers': topic.broker, topic: topic.name, transactional: 'true' },
      rows: async () => {
        await untilSettled(topic);
        const rows = await committedRecords(topic.broker, topic.name, ['key', 'value']);
        return rows.map(([key, value]) => `${text(key)}:${text(value)}`);
      },
      dispose: () => topic.close(),
    };
  },
});

async function withTopic(run: (topic: KafkaTopic) => Promise<void>, numPartitions = 2): Promise<void> {
  const topic = await KafkaTopic.create(kafkaBroker(), { numPartitions });
  try {
    await run(topic);
  } finally {
    await topic.close();
  }
}

async function write(
  topic: KafkaTopic,
  schema: StructType,
  rows: readonly (readonly (Value | null)[])[],
  options: Readonly<Record<string, string>> = { topic: topic.name },
): Promise<void> {
  const sink = await openSink(kafkaSinkProvider, {
    schema,
    options: { 'kafka.bootstrap.servers': topic.broker, ...options },
  });
  try {
    await sink.addBatch(identity(0), streamOf(batchOf(schema, rows)));
  } finally {
    await sink.close();
  }
}

describe('what the kafka sink writes', () => {
  it('binary and string columns, headers, partitions and topics of rows', () =>
    withTopic(async (topic) => {
      const schema = struct([
        field('Topic', STRING),
        field('partition', INTEGER),
        field('key', BINARY),
        field('value', STRING),
        field('headers', array(struct([field('name', STRING), field('bytes', BINARY)]))),
      ]);
      const header = (name: string, value: string) => [name, new TextEncoder().encode(value)];
      await write(
        topic,
        schema,
        [
          [topic.name, 1, Uint8Array.from([0, 255]), 'ä', [header('h', '1'), header('h', '2')]],
          [topic.name, 0, null, null, null],
        ],
        {},
      );
      const [first, second = []] = await committedRecords(topic.broker, topic.name, [
        'partition',
        'key',
        'value',
        'headers',
      ]);
      expect(first).toEqual([0, null, null, null]);
      expect(second[0]).toBe(1);
      expect([...(second[1] as Uint8Array)]).toEqual([0, 255]);
      expect(text(second[2])).toBe('ä');
      expect(
        (second[3] as readonly (readonly unknown[])[]).map(([name, value]) => `${String(name)}=${text(value)}`),
      ).toEqual(['h=1', 'h=2']);
    }));

  it('more than fits one request, in every compression it knows', () =>
    withTopic(async (topic) => {
      for (const codec of ['none', 'gzip', 'snappy', 'zstd']) {
        const rows = Array.from({ length: 300 }, (_, i) => [`${codec} ${i}`, `${i}`.repeat(30)]);
        await write(topic, KEY_VALUE, rows, {
          topic: topic.name,
          'kafka.compression.type': codec,
          'kafka.max.request.size': '5000',
        });
      }
      const keys = (await committedRecords(topic.broker, topic.name, ['key'])).map(([key]) => text(key));
      expect(new Set(keys).size).toBe(1200);
      expect(keys).toHaveLength(1200);
    }));
});

describe('what the kafka sink refuses', () => {
  it('rows without a value, without a topic, with other columns or types', async () => {
    const open = (schema: StructType, options: Readonly<Record<string, string>> = { topic: 't' }) =>
      conditionOf(
        openSink(kafkaSinkProvider, { schema, options: { 'kafka.bootstrap.servers': '127.0.0.1:1', ...options } }),
      );
    const value = field('value', STRING);
    expect(await open(struct([field('key', STRING)]))).toBe('KAFKA_SINK_SCHEMA');
    expect(await open(struct([value]), {})).toBe('KAFKA_SINK_SCHEMA');
    expect(await open(struct([value, field('other', STRING)]))).toBe('KAFKA_SINK_SCHEMA');
    expect(await open(struct([field('value', LONG)]))).toBe('KAFKA_SINK_SCHEMA');
    expect(await open(struct([value, field('headers', array(STRING))]))).toBe('KAFKA_SINK_SCHEMA');
    expect(await open(struct([value]), { transactional: 'true', 'kafka.acks': '1', topic: 't' })).toBe(
      'INVALID_OPTION',
    );
  });

  it('save modes other than append and errorifexists', async () => {
    const options = { 'kafka.bootstrap.servers': '127.0.0.1:1', topic: 't' };
    const open = openSink(kafkaSinkProvider, { schema: KEY_VALUE, options, mode: 'batch', saveMode: 'overwrite' });
    expect(await conditionOf(open)).toBe('KAFKA_SAVE_MODE');
  });

  it('a null topic, a partition that is not there, a record that is too large', () =>
    withTopic(async (topic) => {
      const schema = struct([field('value', STRING), field('topic', STRING)]);
      expect(await conditionOf(write(topic, schema, [['v', null]], {}))).toBe('KAFKA_NULL_TOPIC_IN_DATA');
      const parted = struct([field('value', STRING), field('partition', INTEGER)]);
      expect(await conditionOf(write(topic, parted, [['v', 2]]))).toBe('KAFKA_RECORD_REFUSED');
      expect(await conditionOf(write(topic, KEY_VALUE, [['k', 'x'.repeat(1_200_000)]]))).toBe('KAFKA_RECORD_REFUSED');
      expect(await committedRecords(topic.broker, topic.name, ['value'])).toEqual([]);
    }));
});

describe('a broker that goes away', () => {
  it('and comes back: source and transactional sink go on, nothing lost, nothing twice', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'millrace-kafka-'));
    let server = await startKafka(folder);
    const topic = await KafkaTopic.create(server.url);
    const sink = await openSink(kafkaSinkProvider, {
      schema: KEY_VALUE,
      options: { 'kafka.bootstrap.servers': server.url, topic: topic.name, transactional: 'true' },
      nowMs: Date.now,
      sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    });
    const options = { 'kafka.bootstrap.servers': server.url, subscribe: topic.name, startingoffsets: 'earliest' };
    const source = kafkaSourceProvider.create(sourceContext({ options: new Map(Object.entries(options)) }));
    try {
      await source.open();
      await sink.addBatch(identity(0), streamOf(batchOf(KEY_VALUE, [['1', 'a']])));
      await server.stop('SIGKILL');
      const restarting = startKafka(folder, { port: server.port });
      const writing = sink.addBatch(identity(1), streamOf(batchOf(KEY_VALUE, [['2', 'b']])));
      const reading = nextOffset(source, undefined);
      server = await restarting;
      await writing;
      await reading;
      const values = await committedRecords(server.url, topic.name, ['value']);
      expect(values.map(([value]) => text(value))).toEqual(['a', 'b']);
    } finally {
      await Promise.all([sink.close(), source.close(), topic.close()]);
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
