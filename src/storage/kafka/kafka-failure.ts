/** What a failure of kafkajs means: pass and be tried again, an offset that is not there, a topic that is not there, or final. Pure. */
import type { ExternalSystem } from '../system-failure.ts';

export type KafkaFailure = 'passing' | 'out-of-range' | 'no-topic' | 'final';

interface Failure {
  readonly name?: unknown;
  readonly type?: unknown;
  readonly code?: unknown;
  readonly retriable?: unknown;
  readonly cause?: unknown;
}

const PASSING_NAMES = /Connection|RequestTimeout|LockTimeout|BrokerNotFound|NoBrokerAvailable|MetadataNotLoaded/;
const FINAL = /AUTHORIZATION_FAILED|AUTHENTICATION|SASL|UNSUPPORTED|INVALID_TOPIC|FENCED|NotImplemented|NonRetriable/;

/** The kind of a failure; of one that only says that attempts were given up, the kind of its cause. */
export function kafkaFailure(error: unknown): KafkaFailure {
  const { name, type, code, retriable, cause } = error as Failure;
  const words = `${String(name)} ${String(type)} ${String(code)}`;
  if (type === 'OFFSET_OUT_OF_RANGE') return 'out-of-range';
  if (type === 'UNKNOWN_TOPIC_OR_PARTITION') return 'no-topic';
  if (/NumberOfRetriesExceeded|NonRetriable/.test(words) && cause instanceof Error) return kafkaFailure(cause);
  if (/SASLAuthentication/.test(words)) return 'final';
  if (PASSING_NAMES.test(words)) return 'passing';
  if (FINAL.test(words)) return 'final';
  return retriable === true || /^E[A-Z]+$/.test(String(code)) ? 'passing' : 'final';
}

/** The brokers as errors name them. */
export function kafkaAt(address: string): ExternalSystem {
  return { system: 'Kafka', address };
}
