/** The options of the kafka source under Spark's names: what is read, from where to where, how much at a time. Pure. */
import { MillraceError } from '../../errors/millrace-error.ts';
import {
  KAFKA_CONNECTION_OPTION_NAMES,
  KAFKA_FORMAT,
  type KafkaConnection,
  readKafkaConnection,
} from '../../storage/kafka/kafka-connection.ts';
import { EARLIEST, LATEST, type TopicPartition } from '../../storage/kafka/kafka-cluster.ts';
import type { Options } from '../../types/options.ts';
import {
  invalidOption,
  optionBoolean,
  optionDuration,
  optionInt,
  optionOneOf,
  optionText,
} from '../../types/options.ts';
import type { JsonValue } from '../source.ts';
import { readPerPartition } from './kafka-offset.ts';

/** Which partitions are read. */
export type KafkaSelection =
  | { readonly kind: 'assign'; readonly partitions: readonly TopicPartition[] }
  | { readonly kind: 'subscribe'; readonly topics: readonly string[] }
  | { readonly kind: 'subscribePattern'; readonly pattern: RegExp };

/** A position that is not known until the cluster is asked: the same for all partitions, or one for each. */
export type KafkaPosition =
  | { readonly by: 'offset'; readonly all: number }
  | { readonly by: 'offset'; readonly each: readonly (readonly [TopicPartition, number])[] }
  | { readonly by: 'timestamp'; readonly all: number }
  | { readonly by: 'timestamp'; readonly each: readonly (readonly [TopicPartition, number])[] };

export interface KafkaSourceOptions {
  readonly connection: KafkaConnection;
  readonly selection: KafkaSelection;
  readonly starting: KafkaPosition;
  /** Of batch reads only. */
  readonly ending: KafkaPosition;
  /** What to do where no record is as late as the timestamp asked for. */
  readonly beyondTimestamps: 'error' | 'latest';
  readonly failOnDataLoss: boolean;
  readonly readsCommitted: boolean;
  readonly includesHeaders: boolean;
  readonly maxOffsetsPerTrigger: number;
  readonly minOffsetsPerTrigger: number;
  readonly maxTriggerDelayMs: number;
  readonly minPartitions: number;
  readonly maxRecordsPerPartition: number;
  readonly groupId: string;
  /** How long a broker may be away. */
  readonly timeoutMs: number;
}

/** Names of the source, besides those of the connection. */
export const KAFKA_SOURCE_OPTION_NAMES: readonly string[] = [
  'assign',
  'subscribe',
  'subscribePattern',
  'startingOffsets',
  'startingTimestamp',
  'startingOffsetsByTimestamp',
  'startingOffsetsByTimestampStrategy',
  'endingOffsets',
  'endingTimestamp',
  'endingOffsetsByTimestamp',
  'failOnDataLoss',
  'includeHeaders',
  'maxOffsetsPerTrigger',
  'minOffsetsPerTrigger',
  'maxTriggerDelay',
  'minPartitions',
  'maxRecordsPerPartition',
  'groupIdPrefix',
  'kafka.group.id',
  'kafka.isolation.level',
  'kafkaConsumer.pollTimeoutMs',
  ...KAFKA_CONNECTION_OPTION_NAMES,
];

const ISOLATION_LEVELS = ['read_uncommitted', 'read_committed'] as const;
const DEFAULT_TIMEOUT_MS = 120_000;
const DEFAULT_MAX_TRIGGER_DELAY_MS = 15 * 60_000;

/** Reads the options; `isStreaming` decides the default position and which positions make sense. */
export function readKafkaSourceOptions(options: Options, isStreaming: boolean): KafkaSourceOptions {
  const int = (name: string): number | undefined => optionInt(KAFKA_FORMAT, options, name, { min: 1 });
  const strategies = ['error', 'latest'] as const;
  const prefix = optionText(options, 'groupIdPrefix') ?? 'millrace-kafka-source';
  const starting = readPosition(options, 'starting', isStreaming);
  const ending: KafkaPosition = isStreaming ? { by: 'offset', all: LATEST } : readPosition(options, 'ending', false);
  checkPositions(starting, ending);
  return {
    connection: readKafkaConnection(options),
    selection: readSelection(options),
    starting,
    ending,
    beyondTimestamps: optionOneOf(KAFKA_FORMAT, options, 'startingOffsetsByTimestampStrategy', strategies) ?? 'error',
    failOnDataLoss: optionBoolean(KAFKA_FORMAT, options, 'failOnDataLoss') ?? true,
    readsCommitted: optionOneOf(KAFKA_FORMAT, options, 'kafka.isolation.level', ISOLATION_LEVELS) === 'read_committed',
    includesHeaders: includesHeaders(options),
    maxOffsetsPerTrigger: int('maxOffsetsPerTrigger') ?? Number.POSITIVE_INFINITY,
    minOffsetsPerTrigger: int('minOffsetsPerTrigger') ?? 0,
    maxTriggerDelayMs: optionDuration(KAFKA_FORMAT, options, 'maxTriggerDelay') ?? DEFAULT_MAX_TRIGGER_DELAY_MS,
    minPartitions: int('minPartitions') ?? 1,
    maxRecordsPerPartition: int('maxRecordsPerPartition') ?? Number.POSITIVE_INFINITY,
    groupId: optionText(options, 'kafka.group.id') ?? prefix,
    timeoutMs: int('kafkaConsumer.pollTimeoutMs') ?? DEFAULT_TIMEOUT_MS,
  };
}

/** Whether there is a column `headers`. */
export function includesHeaders(options: Options): boolean {
  return optionBoolean(KAFKA_FORMAT, options, 'includeHeaders') ?? false;
}

/** What is read, for explain and progress. */
export function describeKafka(options: Options): string {
  const { selection } = { selection: readSelection(options) };
  switch (selection.kind) {
    case 'assign': {
      const names = selection.partitions.map(({ topic, partition }) => `${topic}-${partition}`);
      return `KafkaV2[Assign[${names.join(', ')}]]`;
    }
    case 'subscribe':
      return `KafkaV2[Subscribe[${selection.topics.join(', ')}]]`;
    default:
      return `KafkaV2[SubscribePattern[${selection.pattern.source.slice(4, -2)}]]`;
  }
}

function readSelection(options: Options): KafkaSelection {
  const names = ['assign', 'subscribe', 'subscribePattern'].filter((name) => optionText(options, name) !== undefined);
  const [name, other] = names;
  if (name === undefined)
    throw new MillraceError('MISSING_OPTION', {
      option: 'subscribe (or assign, or subscribePattern)',
      format: KAFKA_FORMAT,
    });
  const text = optionText(options, name) ?? '';
  if (other !== undefined) throw invalidOption(KAFKA_FORMAT, other, text, `no ${other} beside ${name}`);
  if (name === 'assign') return { kind: 'assign', partitions: readAssigned(text) };
  if (name === 'subscribePattern') return { kind: 'subscribePattern', pattern: readPattern(text) };
  const topics = text.split(',').flatMap((topic) => (topic.trim() === '' ? [] : [topic.trim()]));
  if (topics.length === 0) throw invalidOption(KAFKA_FORMAT, name, text, 'names of topics with commas between');
  return { kind: 'subscribe', topics };
}

function readAssigned(text: string): TopicPartition[] {
  const json = parseJson(text);
  const fail = (): MillraceError => invalidOption(KAFKA_FORMAT, 'assign', text, '{"topicA":[0,1],"topicB":[2,4]}');
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw fail();
  return Object.entries(json as { readonly [topic: string]: JsonValue }).flatMap(([topic, partitions]) => {
    if (!Array.isArray(partitions)) throw fail();
    return (partitions as readonly JsonValue[]).map((partition) => {
      if (!Number.isSafeInteger(partition) || Number(partition) < 0) throw fail();
      return { topic, partition: Number(partition) };
    });
  });
}

function readPattern(text: string): RegExp {
  try {
    return new RegExp(`^(?:${text})$`);
  } catch {
    throw invalidOption(KAFKA_FORMAT, 'subscribePattern', text, 'a regular expression');
  }
}

/** `startingTimestamp` before `startingOffsetsByTimestamp` before `startingOffsets`, as Spark. */
function readPosition(options: Options, side: 'starting' | 'ending', isStreaming: boolean): KafkaPosition {
  const timestamp = optionInt(KAFKA_FORMAT, options, `${side}Timestamp`, { min: 0 });
  if (timestamp !== undefined) return { by: 'timestamp', all: timestamp };
  const byTimestamp = optionText(options, `${side}OffsetsByTimestamp`);
  if (byTimestamp !== undefined)
    return { by: 'timestamp', each: perPartition(`${side}OffsetsByTimestamp`, byTimestamp, 0) };
  const name = `${side}Offsets`;
  const fallback = side === 'ending' || isStreaming ? 'latest' : 'earliest';
  const text = optionText(options, name)?.trim() ?? fallback;
  const refused = side === 'ending' ? 'earliest' : isStreaming ? undefined : 'latest';
  if (text.toLowerCase() === refused)
    throw invalidOption(KAFKA_FORMAT, name, text, `offsets other than ${refused} in a batch read`);
  if (text.toLowerCase() === 'latest') return { by: 'offset', all: LATEST };
  if (text.toLowerCase() === 'earliest') return { by: 'offset', all: EARLIEST };
  const each = perPartition(name, text, EARLIEST);
  const wrong = side === 'ending' ? EARLIEST : isStreaming ? undefined : LATEST;
  if (each.some(([, offset]) => offset === wrong))
    throw invalidOption(KAFKA_FORMAT, name, text, `offsets other than ${wrong} in a batch read`);
  return { by: 'offset', each };
}

/** Refuses a start that is after the end, as far as both are said in the same terms. */
function checkPositions(starting: KafkaPosition, ending: KafkaPosition): void {
  if (starting.by !== ending.by) return;
  const places =
    'each' in starting ? starting.each : 'each' in ending ? ending.each : [[{ topic: '*', partition: 0 }, 0]];
  for (const [place] of places as readonly (readonly [TopicPartition, number])[]) {
    const [start, end] = [starting, ending].map((position) => numberAt(position, place));
    if (start === undefined || end === undefined || start < 0 || end < 0 || start <= end) continue;
    throw new MillraceError('UNRESOLVED_START_OFFSET_GREATER_THAN_END_OFFSET', {
      offsetType: starting.by,
      startOffset: String(start),
      endOffset: String(end),
      topic: place.topic,
      partition: String(place.partition),
    });
  }
}

function numberAt(position: KafkaPosition, place: TopicPartition): number | undefined {
  if ('all' in position) return position.all;
  return position.each.find(([{ topic, partition }]) => topic === place.topic && partition === place.partition)?.[1];
}

function perPartition(name: string, text: string, min: number): (readonly [TopicPartition, number])[] {
  const entries = readPerPartition(parseJson(text));
  if (entries === undefined || entries.some(([, number]) => number < min))
    throw invalidOption(KAFKA_FORMAT, name, text, 'earliest, latest or JSON such as {"topicA":{"0":23,"1":-2}}');
  return entries;
}

function parseJson(text: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return null;
  }
}
