/** Options of the kafka source and sink: what they become, and what is refused, without a broker. */
import { describe, expect, it } from 'vitest';
import { limitOffsets, splitRanges } from '../../../src/source/kafka/kafka-ranges.ts';
import { KafkaOffset } from '../../../src/source/kafka/kafka-offset.ts';
import { describeKafka, readKafkaSourceOptions } from '../../../src/source/kafka/kafka-source-options.ts';
import { lz4Frame, snappyFrame, unsnappy } from '../../../src/storage/kafka/kafka-codecs.ts';
import { createCluster } from '../../../src/storage/kafka/kafka-driver.ts';
import { readKafkaConnection } from '../../../src/storage/kafka/kafka-connection.ts';
import { kafkaFailure } from '../../../src/storage/kafka/kafka-failure.ts';
import { nextOffsetAfter, visibleRecords } from '../../../src/storage/kafka/kafka-records.ts';

const options = (more: Readonly<Record<string, string>>) =>
  new Map(
    Object.entries({ 'kafka.bootstrap.servers': 'a:1', ...more }).map(([name, value]) => [name.toLowerCase(), value]),
  );
const read = (more: Readonly<Record<string, string>>, isStreaming = true) =>
  readKafkaSourceOptions(options({ subscribe: 't', ...more }), isStreaming);
const refused = (run: () => unknown): string => {
  try {
    run();
    return 'nothing';
  } catch (error) {
    return String((error as { condition?: string }).condition);
  }
};

describe('positions', () => {
  it('default to latest for streams and to all there is for batches', () => {
    expect(read({}).starting).toEqual({ by: 'offset', all: -1 });
    expect(read({}, false).starting).toEqual({ by: 'offset', all: -2 });
    expect(read({}, false).ending).toEqual({ by: 'offset', all: -1 });
  });

  it('startingTimestamp wins over startingOffsetsByTimestamp, which wins over startingOffsets', () => {
    const all = { startingOffsets: 'earliest', startingOffsetsByTimestamp: '{"t":{"0":5}}', startingTimestamp: '7' };
    expect(read(all).starting).toEqual({ by: 'timestamp', all: 7 });
    const { startingTimestamp: _, ...two } = all;
    expect(read(two).starting).toEqual({ by: 'timestamp', each: [[{ topic: 't', partition: 0 }, 5]] });
  });

  it.each([
    [{ startingOffsets: 'somewhere' }, true],
    [{ startingOffsets: '{"t":{"0":-3}}' }, true],
    [{ startingOffsets: '{"t":[0]}' }, true],
    [{ startingOffsets: 'latest' }, false],
    [{ startingOffsets: '{"t":{"0":-1}}' }, false],
    [{ endingOffsets: 'earliest' }, false],
    [{ endingOffsets: '{"t":{"0":-2}}' }, false],
    [{ assign: '{"t":[0]}' }, true],
    [{ maxOffsetsPerTrigger: '0' }, true],
  ])('%j is refused (streaming: %s)', (more, isStreaming) => {
    expect(refused(() => read(more, isStreaming))).toBe('INVALID_OPTION');
  });

  it('a start after its end is refused before anything is asked', () => {
    const offsets = { startingOffsets: '{"t":{"0":5}}', endingOffsets: '{"t":{"0":4}}' };
    expect(refused(() => read(offsets, false))).toBe('UNRESOLVED_START_OFFSET_GREATER_THAN_END_OFFSET');
    const times = { startingTimestamp: '9', endingTimestamp: '8' };
    expect(refused(() => read(times, false))).toBe('UNRESOLVED_START_OFFSET_GREATER_THAN_END_OFFSET');
    expect(refused(() => read({ ...offsets, endingOffsets: '{"t":{"0":-1}}' }, false))).toBe('nothing');
  });

  it('something to read must be named', () => {
    expect(refused(() => readKafkaSourceOptions(options({}), true))).toBe('MISSING_OPTION');
    expect(refused(() => readKafkaSourceOptions(options({ subscribe: ' , ' }), true))).toBe('INVALID_OPTION');
    expect(refused(() => readKafkaSourceOptions(options({ subscribePattern: '(' }), true))).toBe('INVALID_OPTION');
    expect(refused(() => readKafkaSourceOptions(options({ assign: '{"t":["x"]}' }), true))).toBe('INVALID_OPTION');
  });

  it('what is read is described as Spark does', () => {
    expect(describeKafka(options({ subscribe: 'a, b' }))).toBe('KafkaV2[Subscribe[a, b]]');
    expect(describeKafka(options({ assign: '{"a":[0,2]}' }))).toBe('KafkaV2[Assign[a-0, a-2]]');
    expect(describeKafka(options({ subscribePattern: 'a.*' }))).toBe('KafkaV2[SubscribePattern[a.*]]');
  });
});

describe('connections', () => {
  it('SASL takes user and password from the JAAS text, TLS takes PEM', () => {
    const connection = readKafkaConnection(
      options({
        'kafka.security.protocol': 'SASL_SSL',
        'kafka.sasl.mechanism': 'SCRAM-SHA-512',
        'kafka.sasl.jaas.config': String.raw`x.ScramLoginModule required username="me" password="a\"b\\c";`,
        'kafka.ssl.truststore.certificates': 'PEM',
        'kafka.ssl.endpoint.identification.algorithm': '',
      }),
    );
    expect(connection.sasl).toEqual({ mechanism: 'scram-sha-512', username: 'me', password: String.raw`a"b\c` });
    expect(connection.tls).toMatchObject({ authorities: { text: 'PEM' }, checksHostName: false });
  });

  it.each([
    [{ 'kafka.bootstrap.servers': 'nohost' }, 'INVALID_OPTION'],
    [{ 'kafka.security.protocol': 'SASL_PLAINTEXT' }, 'MISSING_OPTION'],
    [{ 'kafka.security.protocol': 'SSL', 'kafka.ssl.truststore.location': 'x.jks' }, 'INVALID_OPTION'],
    [
      {
        'kafka.security.protocol': 'SASL_SSL',
        'kafka.sasl.mechanism': 'PLAIN',
        'kafka.sasl.jaas.config': 'canary-password',
      },
      'INVALID_OPTION',
    ],
  ])('%j is refused', (more, condition) => {
    expect(refused(() => readKafkaConnection(options(more)))).toBe(condition);
  });

  it('a password never comes into a message', () => {
    const jaas = { 'kafka.security.protocol': 'SASL_SSL', 'kafka.sasl.mechanism': 'PLAIN' };
    const run = () => readKafkaConnection(options({ ...jaas, 'kafka.sasl.jaas.config': 'canary-password' }));
    expect(run).toThrow(/redacted/);
    expect(run).not.toThrow(/canary/);
  });
});

describe('ranges', () => {
  const at = (numbers: readonly number[]) =>
    KafkaOffset.of(numbers.map((number, partition) => [{ topic: 't', partition }, number] as const));

  it('a limit below the number of partitions takes one record of each that has some', () => {
    expect(limitOffsets(at([0, 0, 5]), at([100, 1, 5]), 1).toJson()).toEqual({ t: { 0: 1, 1: 1, 2: 5 } });
  });

  it('ranges are cut without gap or overlap', () => {
    const ranges = [
      { topic: 't', partition: 0, start: 10, end: 110 },
      { topic: 't', partition: 1, start: 0, end: 7 },
    ];
    for (const [min, max] of [
      [1, 3],
      [5, Infinity],
      [50, 4],
      [1000, Infinity],
    ] as const) {
      const cut = splitRanges(ranges, min, max);
      for (const { partition, start, end } of ranges) {
        const parts = cut.filter((one) => one.partition === partition);
        expect(parts[0]?.start).toBe(start);
        expect(parts.at(-1)?.end).toBe(end);
        for (const [i, part] of parts.entries()) {
          expect(part.end - part.start).toBeLessThanOrEqual(max);
          if (i > 0) expect(part.start).toBe(parts[i - 1]?.end);
        }
      }
    }
  });
});

describe('records of a fetched piece', () => {
  const record = (offset: number, producerId: string, more: object = {}) => ({
    offset: String(offset),
    key: null,
    value: Buffer.from(String(offset)),
    timestamp: '0',
    isControlRecord: false,
    batchContext: {
      firstOffset: String(offset),
      lastOffsetDelta: 0,
      producerId,
      inTransaction: true,
      timestampType: 0,
    },
    ...more,
  });
  const abort = { isControlRecord: true, key: Buffer.from([0, 0, 0, 0]) };

  it('two transactions through each other, one of them aborted', () => {
    const messages = [
      record(0, 'a'),
      record(1, 'b'),
      record(2, 'a'),
      record(3, 'a', abort),
      record(4, 'a'),
      record(5, 'b'),
    ];
    const piece = {
      partition: 0,
      highWatermark: '6',
      abortedTransactions: [{ producerId: 'a', firstOffset: '0' }],
      messages,
    };
    expect(visibleRecords(piece, 0).map(({ offset }) => offset)).toEqual([1, 4, 5]);
    expect(visibleRecords(piece, 5).map(({ offset }) => offset)).toEqual([5]);
  });

  it('reading goes on after the batch, also when its last records were compacted away', () => {
    const context = { ...record(0, 'a').batchContext, lastOffsetDelta: 9 };
    const piece = { partition: 0, highWatermark: '20', messages: [record(0, 'a', { batchContext: context })] };
    expect(nextOffsetAfter(piece, 0)).toBe(10);
    expect(nextOffsetAfter({ ...piece, messages: [] }, 7)).toBe(7);
  });
});

describe('the driver', () => {
  it('of a version without a cluster object is refused', () => {
    expect(refused(() => createCluster({}, false))).toBe('DRIVER_UNSUITABLE');
  });

  it('finds LZ4 frames that are none, or cut', () => {
    expect(refused(() => lz4Frame(Buffer.alloc(40)))).toBe('KAFKA_RECORD_CORRUPT');
    const frame = Buffer.from('BCJNGGhAaAQAAAAAAAAhGgEAAJ9taWxscmFjZSAJ', 'base64');
    expect(refused(() => lz4Frame(frame))).toBe('KAFKA_RECORD_CORRUPT');
  });
});

describe('compressed records', () => {
  const PLAIN = Buffer.from('open,close,'.repeat(20_000));

  it('are read from snappy, framed in blocks or bare', () => {
    const framed = snappyFrame(PLAIN);
    expect(unsnappy(framed).equals(PLAIN)).toBe(true);
    // Behind the frame's head and the length of its only block.
    const block = framed.subarray(20);
    expect(unsnappy(block).equals(PLAIN)).toBe(true);
    const twice = Buffer.concat([framed, framed.subarray(16)]);
    expect(unsnappy(twice).equals(Buffer.concat([PLAIN, PLAIN]))).toBe(true);
  });

  it('in snappy that is cut or changed are KAFKA_RECORD_CORRUPT', () => {
    const framed = snappyFrame(PLAIN);
    expect(refused(() => unsnappy(framed.subarray(0, framed.length - 5)))).toBe('KAFKA_RECORD_CORRUPT');
    expect(refused(() => unsnappy(framed.subarray(20, 60)))).toBe('KAFKA_RECORD_CORRUPT');
  });

  it('are read from LZ4 frames whose blocks copy from the blocks before', () => {
    const head = Buffer.from([0x04, 0x22, 0x4d, 0x18, 0x40, 0x70, 0]);
    const size = (length: number): Buffer => {
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32LE(length);
      return bytes;
    };
    const first = Buffer.from([0x40, ...Buffer.from('abcd')]);
    // No literals, a copy of eight bytes from four before; then two literals.
    const second = Buffer.from([0x04, 4, 0, 0x20, ...Buffer.from('xy')]);
    const frame = Buffer.concat([head, size(first.length), first, size(second.length), second, size(0)]);
    expect(lz4Frame(frame).toString()).toBe('abcdabcdabcdxy');
    const tooFar = Buffer.from([0x04, 9, 0, 0x20, ...Buffer.from('xy')]);
    const bad = Buffer.concat([head, size(first.length), first, size(tooFar.length), tooFar, size(0)]);
    expect(refused(() => lz4Frame(bad))).toBe('KAFKA_RECORD_CORRUPT');
  });
});

describe('failures of the driver', () => {
  it.each([
    [{ name: 'KafkaJSConnectionError', code: 'ECONNREFUSED' }, 'passing'],
    [{ name: 'KafkaJSProtocolError', type: 'NOT_LEADER_FOR_PARTITION', retriable: true }, 'passing'],
    [{ name: 'KafkaJSOffsetOutOfRange', type: 'OFFSET_OUT_OF_RANGE' }, 'out-of-range'],
    [{ name: 'KafkaJSProtocolError', type: 'UNKNOWN_TOPIC_OR_PARTITION', retriable: true }, 'no-topic'],
    [{ name: 'KafkaJSSASLAuthenticationError', retriable: false }, 'final'],
    [{ name: 'KafkaJSProtocolError', type: 'TOPIC_AUTHORIZATION_FAILED', retriable: false }, 'final'],
    [{ name: 'TypeError' }, 'final'],
  ])('%j is %s', (error, failure) => {
    expect(kafkaFailure(error)).toBe(failure);
    const wrapped = { name: 'KafkaJSNonRetriableError', cause: Object.assign(new Error('inner'), error) };
    expect(kafkaFailure(wrapped)).toBe(failure);
  });
});
