/** The kafka source against a real broker: the contract, positions, limits, new partitions, compaction, transactions, lost records. */
import { describe, expect, it } from 'vitest';
import type { SourceContext } from '../../../src/source/source.ts';
import { kafkaSourceProvider } from '../../../src/source/kafka/kafka-source.ts';
import {
  memorySourceLog,
  nextOffset,
  readRange,
  sourceContext,
  testSourceContract,
} from '../../contract/source-contract.ts';
import { kafkaBroker } from '../../servers/urls.ts';
import { KafkaTopic } from './kafka-topic.ts';

const text = (bytes: unknown): string => new TextDecoder().decode(bytes as Uint8Array);

function contextOf(topic: KafkaTopic, options: Record<string, string> = {}, more: Partial<SourceContext> = {}) {
  const entries = Object.entries({
    'kafka.bootstrap.servers': topic.broker,
    ...(Object.keys(options).some((name) => /^(assign|subscribe)/.test(name)) ? {} : { subscribe: topic.name }),
    startingOffsets: 'earliest',
    'kafka.metadata.max.age.ms': '1',
    ...options,
  });
  return sourceContext({
    options: new Map(entries.map(([name, value]) => [name.toLowerCase(), value])),
    log: memorySourceLog(),
    ...more,
  });
}

async function withTopic(
  settings: Parameters<typeof KafkaTopic.create>[1],
  run: (topic: KafkaTopic) => Promise<void>,
): Promise<void> {
  const topic = await KafkaTopic.create(kafkaBroker(), settings);
  try {
    await run(topic);
  } finally {
    await topic.close();
  }
}

async function opened(context: SourceContext) {
  const source = kafkaSourceProvider.create(context);
  await source.open();
  return source;
}

/** Values of the records of a range. */
async function values(
  source: Awaited<ReturnType<typeof opened>>,
  start: Parameters<typeof readRange>[1],
  end: Parameters<typeof readRange>[2],
) {
  return (await readRange(source, start, end, ['value'])).map(([value]) => (value === null ? null : text(value)));
}

const sorted = (values: readonly (string | null)[]) => values.map(String).toSorted();

testSourceContract('kafka', async () => {
  const topic = await KafkaTopic.create(kafkaBroker(), { numPartitions: 3 });
  const context = contextOf(topic);
  let numRows = 0;
  return {
    create: () => kafkaSourceProvider.create(context),
    addRows: async () => {
      for (const partition of [0, 1, 2])
        await topic.send([`a${numRows++}`, `b${numRows++}`], partition, { key: `k${partition}` });
    },
    close: () => topic.close(),
  };
});

describe('columns of the kafka source', () => {
  it('are those of Spark, with null keys, null values and headers', () =>
    withTopic({ numPartitions: 2 }, async (topic) => {
      await topic.producer.send({
        topic: topic.name,
        messages: [
          { partition: 1, key: 'k', value: 'v', timestamp: '1700000000123', headers: { h: 'x', twice: ['1', '2'] } },
          { partition: 1, key: null, value: null, timestamp: '1700000000124' },
        ],
      });
      const source = await opened(contextOf(topic, { includeHeaders: 'true' }));
      expect(source.schema.fields.map(({ name }) => name)).toEqual([
        'key',
        'value',
        'topic',
        'partition',
        'offset',
        'timestamp',
        'timestampType',
        'headers',
      ]);
      const [first = [], second = []] = await readRange(source, undefined, await nextOffset(source, undefined));
      const bytes = (value: string) => new TextEncoder().encode(value);
      expect([...(first[0] as Uint8Array)]).toEqual([...bytes('k')]);
      expect(first.slice(2, 7)).toEqual([topic.name, 1, 0n, 1_700_000_000_123_000n, 0]);
      const headers = first[7] as readonly (readonly [string, Uint8Array])[];
      expect(headers.map(([name, value]) => [name, text(value)])).toEqual([
        ['h', 'x'],
        ['twice', '1'],
        ['twice', '2'],
      ]);
      expect(second[0]).toBeNull();
      expect(second[1]).toBeNull();
      expect(second[7]).toBeNull();
      await source.close();
    }));
});

describe('where the kafka source begins', () => {
  it('latest is settled when the query first starts and stays over a restart without a batch', () =>
    withTopic({}, async (topic) => {
      await topic.send(['before']);
      const context = contextOf(topic, { startingOffsets: 'latest' });
      const first = await opened(context);
      expect(await first.latestOffset({ start: undefined, mode: 'default', batchId: 0 })).toBeUndefined();
      await first.close();
      await topic.send(['after']);
      const second = await opened(context);
      expect(await values(second, undefined, await nextOffset(second, undefined))).toEqual(['after']);
      await second.close();
    }));

  it('offsets per partition, -1 and -2 are ends, all partitions must be named', () =>
    withTopic({ numPartitions: 3 }, async (topic) => {
      for (const partition of [0, 1, 2])
        await topic.send(
          ['x0', 'x1', 'x2'].map((v) => `${v}p${partition}`),
          partition,
        );
      const offsets = JSON.stringify({ [topic.name]: { 0: 1, 1: -1, 2: -2 } });
      const source = await opened(contextOf(topic, { startingOffsets: offsets }));
      expect(sorted(await values(source, undefined, await nextOffset(source, undefined)))).toEqual([
        'x0p2',
        'x1p0',
        'x1p2',
        'x2p0',
        'x2p2',
      ]);
      await source.close();
      const partial = await opened(contextOf(topic, { startingOffsets: JSON.stringify({ [topic.name]: { 0: 1 } }) }));
      await expect(partial.latestOffset({ start: undefined, mode: 'default', batchId: 0 })).rejects.toMatchObject({
        condition: 'KAFKA_START_OFFSET_DOES_NOT_MATCH_ASSIGNED',
      });
      await partial.close();
    }));

  it('timestamps find the first record that is as late; beyond the last record the strategy decides', () =>
    withTopic({}, async (topic) => {
      for (const ms of [1000, 2000, 3000]) await topic.send([`at ${ms}`], 0, { timestamp: String(ms) });
      const source = await opened(contextOf(topic, { startingTimestamp: '1500' }));
      expect(await values(source, undefined, await nextOffset(source, undefined))).toEqual(['at 2000', 'at 3000']);
      await source.close();
      const late = await opened(contextOf(topic, { startingTimestamp: '9000' }));
      await expect(late.latestOffset({ start: undefined, mode: 'default', batchId: 0 })).rejects.toMatchObject({
        condition: 'KAFKA_NO_OFFSET_FOR_TIMESTAMP',
      });
      await late.close();
      const byTimestamp = JSON.stringify({ [topic.name]: { 0: 9000 } });
      const latest = await opened(
        contextOf(topic, { startingOffsetsByTimestamp: byTimestamp, startingOffsetsByTimestampStrategy: 'latest' }),
      );
      expect(await latest.latestOffset({ start: undefined, mode: 'default', batchId: 0 })).toBeUndefined();
      await topic.send(['new']);
      expect(await values(latest, undefined, await nextOffset(latest, undefined))).toEqual(['new']);
      await latest.close();
      const wrong = await opened(
        contextOf(topic, { startingOffsetsByTimestamp: JSON.stringify({ [topic.name]: { 0: 1, 7: 1 } }) }),
      );
      await expect(wrong.latestOffset({ start: undefined, mode: 'default', batchId: 0 })).rejects.toMatchObject({
        condition: 'KAFKA_TIMESTAMP_OFFSET_DOES_NOT_MATCH_ASSIGNED',
      });
      await wrong.close();
    }));

  it('a batch read goes from its first to its last offset and refuses an end before its start', () =>
    withTopic({}, async (topic) => {
      await topic.send(['0', '1', '2', '3']);
      const endingOffsets = JSON.stringify({ [topic.name]: { 0: 3 } });
      const startingOffsets = JSON.stringify({ [topic.name]: { 0: 1 } });
      const source = await opened(contextOf(topic, { startingOffsets, endingOffsets }, { isStreaming: false }));
      const end = await nextOffset(source, undefined, 'once');
      expect(await values(source, undefined, end)).toEqual(['1', '2']);
      await source.close();
      const beyond = JSON.stringify({ [topic.name]: { 0: 9 } });
      const reversed = await opened(contextOf(topic, { startingOffsets: beyond }, { isStreaming: false }));
      await expect(reversed.prepareForAvailableNow()).rejects.toMatchObject({
        condition: 'RESOLVED_START_OFFSET_GREATER_THAN_END_OFFSET',
      });
      await reversed.close();
    }));
});

describe('what the kafka source reads', () => {
  it('assigned partitions only, and topics of a pattern that come later', () =>
    withTopic({ numPartitions: 2 }, async (topic) => {
      await topic.send(['p0'], 0);
      await topic.send(['p1'], 1);
      const assigned = await opened(contextOf(topic, { assign: JSON.stringify({ [topic.name]: [1] }) }));
      expect(await values(assigned, undefined, await nextOffset(assigned, undefined))).toEqual(['p1']);
      await assigned.close();
      const pattern = await opened(contextOf(topic, { subscribePattern: `${topic.name}.*` }));
      const first = await nextOffset(pattern, undefined);
      expect(sorted(await values(pattern, undefined, first))).toEqual(['p0', 'p1']);
      await withTopic({ name: `${topic.name}-later` }, async (later) => {
        await later.send(['later']);
        const second = await nextOffset(pattern, first);
        expect(await values(pattern, first, second)).toEqual(['later']);
      });
      await pattern.close();
    }));

  it('partitions that are added are read from their beginning', () =>
    withTopic({}, async (topic) => {
      await topic.send(['a']);
      const context = contextOf(topic, { startingOffsets: 'latest' });
      const source = await opened(context);
      expect(await source.latestOffset({ start: undefined, mode: 'default', batchId: 0 })).toBeUndefined();
      await topic.growTo(2);
      await topic.send(['b'], 1);
      expect(await values(source, undefined, await nextOffset(source, undefined))).toEqual(['b']);
      await source.close();
    }));

  it('joins no consumer group and commits no offset', () =>
    withTopic({}, async (topic) => {
      await topic.send(['a']);
      const source = await opened(contextOf(topic));
      const end = await nextOffset(source, undefined);
      expect(await values(source, undefined, end)).toEqual(['a']);
      await source.commit(end);
      const { groups } = await topic.admin.listGroups();
      expect(groups.filter(({ groupId }) => groupId.includes('kafka-source'))).toEqual([]);
      await source.close();
    }));

  it('compacted topics, with the offsets that have no record any more', () =>
    withTopic(
      {
        configs: {
          'cleanup.policy': 'compact',
          'segment.ms': '100',
          'min.cleanable.dirty.ratio': '0.01',
          'max.compaction.lag.ms': '100',
        },
      },
      async (topic) => {
        for (let i = 0; i < 20; i++) await topic.send([`v${i}`], 0, { key: 'same' });
        const source = await opened(contextOf(topic));
        const end = await nextOffset(source, undefined);
        const rows = await values(source, undefined, end);
        expect(rows.at(-1)).toBe('v19');
        expect(end).toEqual({ [topic.name]: { 0: 20 } });
        await source.close();
      },
    ));

  it('of transactions what isolation asks for: aborted records and markers are passed over', () =>
    withTopic({}, async (topic) => {
      const producer = topic.kafka.producer({
        transactionalId: `tx-${topic.name}`,
        idempotent: true,
        maxInFlightRequests: 1,
      });
      await producer.connect();
      for (const [value, isCommitted] of [
        ['kept', true],
        ['aborted', false],
        ['also kept', true],
      ] as const) {
        const transaction = await producer.transaction();
        await transaction.send({ topic: topic.name, messages: [{ value, partition: 0 }] });
        await (isCommitted ? transaction.commit() : transaction.abort());
      }
      const committed = await opened(contextOf(topic, { 'kafka.isolation.level': 'read_committed' }));
      const end = await nextOffset(committed, undefined);
      expect(await values(committed, undefined, end)).toEqual(['kept', 'also kept']);
      expect(await committed.latestOffset({ start: end, mode: 'default', batchId: 1 })).toBeUndefined();
      const open = await producer.transaction();
      await open.send({ topic: topic.name, messages: [{ value: 'pending', partition: 0 }] });
      expect(await committed.latestOffset({ start: end, mode: 'default', batchId: 1 })).toBeUndefined();
      const uncommitted = await opened(contextOf(topic));
      const all = await values(uncommitted, undefined, await nextOffset(uncommitted, undefined));
      expect(all).toEqual(['kept', 'aborted', 'also kept', 'pending']);
      await open.commit();
      expect(await values(committed, end, await nextOffset(committed, end))).toEqual(['pending']);
      await Promise.all([committed.close(), uncommitted.close(), producer.disconnect()]);
    }));

  it.each(['gzip', 'snappy', 'lz4', 'zstd'])('records that the broker has compressed with %s', (codec) =>
    withTopic({ configs: { 'compression.type': codec } }, async (topic) => {
      const sent = Array.from(
        { length: 300 },
        (_, i) => `${i} ${'again and again '.repeat(i)}${String.fromCodePoint(i + 32)}`,
      );
      await topic.send(sent);
      const source = await opened(contextOf(topic));
      expect(await values(source, undefined, await nextOffset(source, undefined))).toEqual(sent);
      await source.close();
    }),
  );
});

describe('how much the kafka source takes at a time', () => {
  it('maxOffsetsPerTrigger is shared by the partitions in proportion', () =>
    withTopic({ numPartitions: 2 }, async (topic) => {
      await topic.send(
        Array.from({ length: 30 }, (_, i) => `a${i}`),
        0,
      );
      await topic.send(
        Array.from({ length: 10 }, (_, i) => `b${i}`),
        1,
      );
      const source = await opened(contextOf(topic, { maxOffsetsPerTrigger: '20' }));
      const first = await nextOffset(source, undefined);
      expect(first).toEqual({ [topic.name]: { 0: 15, 1: 5 } });
      expect(source.metrics?.()).toMatchObject({ maxOffsetsBehindLatest: '15', minOffsetsBehindLatest: '5' });
      expect(await nextOffset(source, first, 'once')).toEqual({ [topic.name]: { 0: 30, 1: 10 } });
      await source.close();
    }));

  it('minOffsetsPerTrigger waits until there are as many or maxTriggerDelay is over', () =>
    withTopic({}, async (topic) => {
      let now = 1000;
      const options = { minOffsetsPerTrigger: '3', maxTriggerDelay: '1m' };
      const source = await opened(contextOf(topic, options, { nowMs: () => now }));
      const ask = () => source.latestOffset({ start: { [topic.name]: { 0: 0 } }, mode: 'default', batchId: 0 });
      await topic.send(['1']);
      expect(await ask()).toBeUndefined();
      await topic.send(['2', '3']);
      expect(await ask()).toEqual({ [topic.name]: { 0: 3 } });
      const rest = { start: { [topic.name]: { 0: 2 } }, mode: 'default', batchId: 1 } as const;
      expect(await source.latestOffset(rest)).toBeUndefined();
      now += 60_000;
      expect(await source.latestOffset(rest)).toEqual({ [topic.name]: { 0: 3 } });
      await source.close();
    }));

  it('minPartitions and maxRecordsPerPartition cut ranges without changing the rows', () =>
    withTopic({}, async (topic) => {
      await topic.send(Array.from({ length: 10 }, (_, i) => `${i}`));
      const end = { [topic.name]: { 0: 10 } };
      for (const [option, value, count] of [
        ['minPartitions', '4', 4],
        ['maxRecordsPerPartition', '3', 4],
      ] as const) {
        const source = await opened(contextOf(topic, { [option]: value }));
        expect(await source.planInput(undefined, end)).toHaveLength(count);
        expect(await values(source, undefined, end)).toEqual(Array.from({ length: 10 }, (_, i) => `${i}`));
        await source.close();
      }
    }));
});

describe('what the kafka source says when data is lost', () => {
  it('records deleted before they were read are an error, or are left out on request', () =>
    withTopic({}, async (topic) => {
      await topic.send(['0', '1', '2', '3']);
      const end = { [topic.name]: { 0: 4 } };
      await topic.deleteBefore(2);
      const strict = await opened(contextOf(topic));
      await expect(values(strict, { [topic.name]: { 0: 0 } }, end)).rejects.toMatchObject({
        condition: 'KAFKA_DATA_LOSS.COULD_NOT_READ_OFFSET_RANGE',
        parameters: { topicPartition: `${topic.name}-0`, startOffset: '0' },
      });
      await strict.close();
      const lenient = await opened(contextOf(topic, { failOnDataLoss: 'false' }));
      expect(await values(lenient, { [topic.name]: { 0: 0 } }, end)).toEqual(['2', '3']);
      await lenient.close();
    }));

  it('a topic made anew and partitions that are gone are an error', () =>
    withTopic({}, async (topic) => {
      await topic.send(['0']);
      const source = await opened(contextOf(topic));
      const range = source.planInput({ [topic.name]: { 0: 5 } }, { [topic.name]: { 0: 1 } });
      await expect(range).rejects.toMatchObject({ condition: 'KAFKA_DATA_LOSS.PARTITION_OFFSET_CHANGED' });
      const gone = source.latestOffset({
        start: { [topic.name]: { 0: 1, 1: 7 } },
        mode: 'default',
        batchId: 3,
      });
      await expect(gone).rejects.toMatchObject({
        condition: 'KAFKA_DATA_LOSS.PARTITIONS_DELETED',
        parameters: { partitions: `${topic.name}-1` },
      });
      await source.close();
    }));

  it('a partition that no longer begins at 0 when it is first seen is an error', () =>
    withTopic({ numPartitions: 2 }, async (topic) => {
      await topic.send(['x', 'y'], 1);
      await topic.deleteBefore(1, 1);
      const source = await opened(contextOf(topic));
      const late = source.latestOffset({ start: { [topic.name]: { 0: 0 } }, mode: 'default', batchId: 1 });
      await expect(late).rejects.toMatchObject({
        condition: 'KAFKA_DATA_LOSS.ADDED_PARTITION_DOES_NOT_START_FROM_OFFSET_ZERO',
      });
      await source.close();
    }));
});

describe('what the kafka source refuses', () => {
  it('a topic that is not there', () =>
    withTopic({}, async (topic) => {
      const source = await opened(contextOf(topic, { subscribe: `${topic.name},nowhere` }));
      await expect(source.latestOffset({ start: undefined, mode: 'default', batchId: 0 })).rejects.toMatchObject({
        condition: 'KAFKA_TOPIC_NOT_FOUND',
        parameters: { topics: 'nowhere' },
      });
      await source.close();
    }));

  it('a broker that does not answer, after pollTimeoutMs, naming it', async () => {
    const options = { 'kafka.bootstrap.servers': '127.0.0.1:1', subscribe: 't', 'kafkaConsumer.pollTimeoutMs': '1' };
    const source = kafkaSourceProvider.create(
      sourceContext({ options: new Map(Object.entries(options).map(([name, value]) => [name.toLowerCase(), value])) }),
    );
    await expect(source.open()).rejects.toMatchObject({
      condition: 'EXTERNAL_SYSTEM_UNAVAILABLE',
      parameters: { address: '127.0.0.1:1' },
    });
    await source.close();
  });
});
