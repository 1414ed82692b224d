/**
 * The settings of a session that the engine and analysis read, under Spark's names and with Spark's defaults. Frozen for a query when it
 * starts.
 */
import type { ListNames } from '../plan/analyzer-context.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { MemoryBudget } from '../state/memory-budget.ts';

/** Spark's names and defaults of the settings the engine knows. */
export const SETTING_DEFAULTS: Readonly<Record<string, string>> = {
  'millrace.state.maxMemoryMB': '0',
  'millrace.state.spillDirectory': '',
  'millrace.workers': 'auto',
  'millrace.workers.minBytes': '33554432',
  'spark.sql.ansi.enabled': 'true',
  'spark.sql.decimalOperations.allowPrecisionLoss': 'true',
  'spark.sql.groupByAliases': 'true',
  'spark.sql.groupByOrdinal': 'true',
  'spark.sql.orderByOrdinal': 'true',
  'spark.sql.session.timeZone': 'UTC',
  'spark.sql.shuffle.partitions': '200',
  'spark.sql.streaming.checkpointLocation': '',
  'spark.sql.streaming.minBatchesToRetain': '100',
  'spark.sql.streaming.multipleWatermarkPolicy': 'min',
  'spark.sql.streaming.noDataMicroBatches.enabled': 'true',
  'spark.sql.streaming.noDataProgressEventInterval': '10000',
  'spark.sql.streaming.numRecentProgressUpdates': '100',
  'spark.sql.streaming.pollingDelay': '10',
  'spark.sql.streaming.realTimeMode.minBatchDuration': '5000',
  'spark.sql.streaming.statefulOperator.checkCorrectness.enabled': 'true',
  'spark.sql.timeType.enabled': 'false',
  'spark.sql.timestampType': 'TIMESTAMP_LTZ',
};

/** What current_user() and current_database() answer; the session sets them. */
export const USER_SETTING = 'millrace.session.user';
export const DATABASE_SETTING = 'millrace.session.database';

/** A snapshot of the settings of a session. */
export class SessionSettings {
  readonly #values: ReadonlyMap<string, string>;

  constructor(values: ReadonlyMap<string, string>) {
    this.#values = values;
  }

  /** The value of a setting, its default when it was not set; undefined for an unknown one that was never set. */
  get(key: string): string | undefined {
    return this.#values.get(key) ?? SETTING_DEFAULTS[key];
  }

  /** What was set, without defaults. */
  toMap(): ReadonlyMap<string, string> {
    return this.#values;
  }

  /** `auto`: worker threads where they pay; `always`: wherever they can; `never`. */
  get workerMode(): 'auto' | 'always' | 'never' {
    const mode = this.get('millrace.workers');
    if (mode === 'auto' || mode === 'always' || mode === 'never') return mode;
    throw this.#invalid('millrace.workers', 'auto, always or never');
  }

  /** What the state of a query may hold in memory in each of `numThreads` threads; undefined: no limit. */
  memoryBudget(numThreads = 1): MemoryBudget | undefined {
    const megabytes = Number(this.get('millrace.state.maxMemoryMB'));
    if (!(megabytes >= 0)) throw this.#invalid('millrace.state.maxMemoryMB', 'a number of at least 0');
    return megabytes === 0 ? undefined : new MemoryBudget((megabytes * 2 ** 20) / numThreads);
  }

  /** False lets queries run in which rows may be late between stateful operators. */
  get checksCorrectness(): boolean {
    return this.#boolean('spark.sql.streaming.statefulOperator.checkCorrectness.enabled');
  }

  get ansi(): boolean {
    return this.#boolean('spark.sql.ansi.enabled');
  }

  /** True where decimal results keep all digits behind the point, or are none. */
  get keepsScale(): boolean {
    return !this.#boolean('spark.sql.decimalOperations.allowPrecisionLoss');
  }

  /** What GROUP BY and ORDER BY may name the select list by. */
  get listNames(): ListNames {
    return {
      groupByAlias: this.#boolean('spark.sql.groupByAliases'),
      groupByOrdinal: this.#boolean('spark.sql.groupByOrdinal'),
      orderByOrdinal: this.#boolean('spark.sql.orderByOrdinal'),
    };
  }

  /** True lets queries use the type TIME. */
  get hasTimeType(): boolean {
    return this.#boolean('spark.sql.timeType.enabled');
  }

  get user(): string {
    return this.get(USER_SETTING) ?? 'unknown';
  }

  get database(): string {
    return this.get(DATABASE_SETTING) ?? 'default';
  }

  /** What TIMESTAMP means in SQL: a moment, or a time of the clock without a zone. */
  get timestampType(): 'ltz' | 'ntz' {
    const name = this.get('spark.sql.timestampType')?.toUpperCase();
    if (name === 'TIMESTAMP_LTZ') return 'ltz';
    if (name === 'TIMESTAMP_NTZ') return 'ntz';
    throw this.#invalid('spark.sql.timestampType', 'TIMESTAMP_LTZ or TIMESTAMP_NTZ');
  }

  get timeZone(): string {
    return this.get('spark.sql.session.timeZone') ?? 'UTC';
  }

  get runsNoDataBatches(): boolean {
    return this.#boolean('spark.sql.streaming.noDataMicroBatches.enabled');
  }

  get watermarkPolicy(): 'min' | 'max' {
    const policy = this.get('spark.sql.streaming.multipleWatermarkPolicy');
    if (policy === 'min' || policy === 'max') return policy;
    throw this.#invalid('spark.sql.streaming.multipleWatermarkPolicy', 'min or max');
  }

  /** A setting that is a whole number, at least `least`. */
  integer(key: string, least = 0): number {
    const value = Number(this.get(key));
    if (Number.isSafeInteger(value) && value >= least) return value;
    throw this.#invalid(key, `a whole number of at least ${least}`);
  }

  #boolean(key: string): boolean {
    const text = this.get(key)?.toLowerCase();
    if (text === 'true' || text === 'false') return text === 'true';
    throw this.#invalid(key, 'true or false');
  }

  #invalid(key: string, expected: string): MillraceError {
    return new MillraceError('INVALID_OPTION', {
      option: key,
      format: 'the session',
      value: this.get(key) ?? '',
      expected,
    });
  }
}
