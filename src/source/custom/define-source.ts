/**
 * Sources of users' own, for what Millrace does not know: `defineSource` gives a name to an object that says where a stream begins, how far it
 * reaches and what its rows are, in the words of Spark's Python data sources. The duties are those of every source (source.ts); `sourceContract`
 * of the test kit checks them.
 */
import type { StructType } from '../../types/data-type.ts';
import type { Row } from '../../types/row-codec.ts';
import { parseSchema } from '../../types/schema.ts';
import { registerSource } from '../registry.ts';
import type { JsonValue, SourceContext, SourceProvider } from '../source.ts';
import { CustomSource } from './custom-source.ts';
import { simpleReader } from './simple-reader.ts';

/** Options of a reader or writer as the user wrote them, by lower-case name. */
export type SourceOptions = Readonly<Record<string, string>>;

/** What a source is given besides its options. Use these instead of the globals: tests drive them by hand. */
export type SourceTools = Pick<SourceContext, 'nowMs' | 'sleep' | 'random'>;

type Awaitable<Value> = Value | Promise<Value>;

/** Rows as objects, or as arrays in the order of the schema. */
export type SourceRows = Iterable<Row | readonly unknown[]> | AsyncIterable<Row | readonly unknown[]>;

/**
 * Reads a stream in ranges. Offsets and partitions are JSON and are kept in the checkpoint: a partition that was planned before a crash must
 * give exactly the same rows after it.
 */
export interface StreamReader<Offset extends JsonValue = JsonValue, Partition extends JsonValue = JsonValue> {
  /** Where a query without a checkpoint begins; asked once. */
  initialOffset(): Awaitable<Offset>;
  /** How far the stream reaches now; `start` itself when there is nothing new. */
  latestOffset(start: Offset): Awaitable<Offset>;
  /** The parts between `start` and `end`, which may be read in any order. */
  partitions(start: Offset, end: Offset): Awaitable<readonly Partition[]>;
  read(partition: Partition): Awaitable<SourceRows>;
  /** Rows up to `end` are done with and may be forgotten. */
  commit?(end: Offset): Awaitable<void>;
  /** Resolves when something new may be there, at the latest after `timeoutMs`; without it the query asks every 10 ms or so. */
  waitForData?(start: Offset, timeoutMs: number, signal: AbortSignal): Promise<void>;
  /** The query ends. */
  stop?(): Awaitable<void>;
}

/** Reads a stream that can only say what comes next: rows are taken at once and kept until they are committed. */
export interface SimpleStreamReader<Offset extends JsonValue = JsonValue> {
  initialOffset(): Awaitable<Offset>;
  /** What there is after `start`, and where that ends; `start` itself when there is nothing new. */
  read(start: Offset): Awaitable<{ readonly rows: readonly (Row | readonly unknown[])[]; readonly end: Offset }>;
  /** The rows of a range again, after a restart. */
  readBetweenOffsets(start: Offset, end: Offset): Awaitable<SourceRows>;
  commit?(end: Offset): Awaitable<void>;
  waitForData?(start: Offset, timeoutMs: number, signal: AbortSignal): Promise<void>;
  stop?(): Awaitable<void>;
}

/** A source of one's own. At least one of `streamReader`, `simpleStreamReader` and `rows`. */
export interface SourceDefinition {
  /** For `readStream.format(name)`; not one of Millrace's own. */
  readonly name: string;
  /** Names of options; others are refused with the nearest ones. */
  readonly options?: readonly string[];
  /** The columns, as DDL, or what follows from the options. */
  readonly schema: string | StructType | ((options: SourceOptions) => string | StructType);
  readonly streamReader?: (options: SourceOptions, tools: SourceTools) => StreamReader;
  readonly simpleStreamReader?: (options: SourceOptions, tools: SourceTools) => SimpleStreamReader;
  /** All rows of a batch read. */
  readonly rows?: (options: SourceOptions, tools: SourceTools) => Awaitable<SourceRows>;
}

/**
 * Makes a source known under its name, to all sessions of this process. Defined again it is replaced; a name of Millrace's own is
 * `DATA_SOURCE_ALREADY_EXISTS`.
 *
 * @example
 * defineSource({
 *   name: 'ticks',
 *   schema: 'n BIGINT',
 *   streamReader: () => ({
 *     initialOffset: () => 0,
 *     latestOffset: (start) => Number(start) + 10,
 *     partitions: (start, end) => [{ start, end }],
 *     read: ({ start, end }) => numbersBetween(start, end),
 *   }),
 * });
 */
export function defineSource(definition: SourceDefinition): void {
  registerSource(providerOf(definition));
}

function providerOf(definition: SourceDefinition): SourceProvider {
  const { name, options = [], schema } = definition;
  const schemaOf = (given: ReadonlyMap<string, string>): StructType => {
    const found = typeof schema === 'function' ? schema(Object.fromEntries(given)) : schema;
    return typeof found === 'string' ? parseSchema(found) : found;
  };
  return {
    name,
    optionNames: options,
    schemaOf,
    describe: () => name,
    create: (context) => {
      const given = Object.fromEntries(context.options);
      const { nowMs, sleep, random } = context;
      const tools = { nowMs, sleep, random };
      const { streamReader, simpleStreamReader, rows } = definition;
      const simple =
        simpleStreamReader === undefined ? undefined : () => simpleReader(simpleStreamReader(given, tools));
      return new CustomSource({
        name,
        schema: schemaOf(context.options),
        context,
        makeReader: streamReader === undefined ? simple : () => streamReader(given, tools),
        rows: rows === undefined ? undefined : () => rows(given, tools),
      });
    },
  };
}
