/** The options of the kafka sink: the connection, the topic, and how the producer writes; Kafka's own names with the prefix `kafka.`. */
import { MillraceError } from '../../errors/millrace-error.ts';
import {
  KAFKA_CONNECTION_OPTION_NAMES,
  KAFKA_FORMAT,
  type KafkaConnection,
  readKafkaConnection,
} from '../../storage/kafka/kafka-connection.ts';
import type { Options } from '../../types/options.ts';
import { invalidOption, optionBoolean, optionInt, optionOneOf, optionText } from '../../types/options.ts';

export const KAFKA_SINK_OPTION_NAMES: readonly string[] = [
  'topic',
  'includeHeaders',
  'transactional',
  'markerTopic',
  'kafka.acks',
  'kafka.compression.type',
  'kafka.enable.idempotence',
  'kafka.delivery.timeout.ms',
  'kafka.max.request.size',
  'kafka.transactional.id',
  'kafka.transaction.timeout.ms',
  ...KAFKA_CONNECTION_OPTION_NAMES,
];

/** Codecs by their number in Kafka's protocol. */
const CODECS = { none: 0, gzip: 1, snappy: 2, zstd: 4 } as const;

/** How a batch becomes exactly once. */
export interface KafkaTransactionOptions {
  /** Names the run to the broker; a newer run with the same id ends an older one. */
  readonly transactionalId: string;
  /** The consumer group whose offset on `markerTopic` says which batch was written last. */
  readonly groupId: string;
  readonly markerTopic: string;
  readonly timeoutMs: number;
}

export interface KafkaSinkOptions {
  readonly connection: KafkaConnection;
  /** Where rows go; the column `topic` says it when absent. */
  readonly topic: string | undefined;
  readonly acks: -1 | 0 | 1;
  readonly codec: number;
  readonly isIdempotent: boolean;
  readonly maxRequestBytes: number;
  /** How long a batch is tried. */
  readonly timeoutMs: number;
  readonly transaction: KafkaTransactionOptions | undefined;
}

/** Reads the options; `queryId` names the transactions of a query. */
export function readKafkaSinkOptions(options: Options, queryId: string, isStreaming: boolean): KafkaSinkOptions {
  const acks = readAcks(options);
  const transaction = readTransaction(options, queryId, isStreaming);
  const isIdempotent = optionBoolean(KAFKA_FORMAT, options, 'kafka.enable.idempotence') ?? acks === -1;
  if (acks !== -1 && (isIdempotent || transaction !== undefined))
    throw invalidOption(KAFKA_FORMAT, 'kafka.acks', String(acks), 'all, which idempotence and transactions need');
  const names = ['none', 'gzip', 'snappy', 'zstd'] as const;
  const codec = optionOneOf(KAFKA_FORMAT, options, 'kafka.compression.type', names) ?? 'none';
  return {
    connection: readKafkaConnection(options),
    topic: optionText(options, 'topic'),
    acks,
    codec: CODECS[codec],
    isIdempotent,
    maxRequestBytes: optionInt(KAFKA_FORMAT, options, 'kafka.max.request.size', { min: 1024 }) ?? 1_000_000,
    timeoutMs: optionInt(KAFKA_FORMAT, options, 'kafka.delivery.timeout.ms', { min: 1 }) ?? 120_000,
    transaction,
  };
}

function readAcks(options: Options): -1 | 0 | 1 {
  const text = optionOneOf(KAFKA_FORMAT, options, 'kafka.acks', ['all', '-1', '0', '1']) ?? 'all';
  return text === 'all' ? -1 : (Number(text) as -1 | 0 | 1);
}

function readTransaction(options: Options, queryId: string, isStreaming: boolean): KafkaTransactionOptions | undefined {
  if (optionBoolean(KAFKA_FORMAT, options, 'transactional') !== true || !isStreaming) return undefined;
  const markerTopic = optionText(options, 'markerTopic') ?? optionText(options, 'topic');
  if (markerTopic === undefined)
    throw new MillraceError('MISSING_OPTION', { option: 'markerTopic (or topic)', format: KAFKA_FORMAT });
  return {
    transactionalId: optionText(options, 'kafka.transactional.id') ?? `millrace-${queryId}-${markerTopic}`,
    groupId: `millrace-${queryId}`,
    markerTopic,
    timeoutMs: optionInt(KAFKA_FORMAT, options, 'kafka.transaction.timeout.ms', { min: 1 }) ?? 60_000,
  };
}
