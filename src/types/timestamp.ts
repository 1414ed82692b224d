/**
 * A point in time at the user's edge: a Date that keeps microseconds. Inside the engine a timestamp is a bigint of microseconds.
 */
import { MillraceError } from '../errors/millrace-error.ts';
import { formatTimestamp } from './civil-time.ts';
import { parseTimestamp } from './timestamp-text.ts';

/** Date without its static side: Timestamp.parse gives a Timestamp, not a number. */
const PlainDate = Date as unknown as new (epochMs: number) => Date;

/**
 * A Date with microseconds. Compare exactly by `micros`; `<`, `getTime` and whatever else is inherited see milliseconds.
 *
 * @example
 * Timestamp.parse('2024-01-15 10:20:30.123456').micros; // 1705314030123456n
 */
export class Timestamp extends PlainDate {
  readonly #micros: bigint;
  readonly #microsOfMs: number;

  constructor(micros: bigint) {
    const epochMs = floorToMs(micros);
    super(epochMs);
    this.#micros = micros;
    this.#microsOfMs = Number(micros - BigInt(epochMs) * 1000n);
  }

  static fromMicros(micros: bigint): Timestamp {
    return new Timestamp(micros);
  }

  static fromDate(date: Date): Timestamp {
    return date instanceof Timestamp ? date : new Timestamp(BigInt(date.getTime()) * 1000n);
  }

  /** Reads what Spark's cast reads; a text without zone is local time of `zone`. */
  static parse(text: string, zone = 'UTC'): Timestamp {
    const micros = parseTimestamp(text, zone);
    if (micros !== null) return new Timestamp(micros);
    throw new MillraceError('CAST_INVALID_INPUT', {
      expression: `'${text}'`,
      sourceType: '"STRING"',
      targetType: '"TIMESTAMP"',
    });
  }

  /** Microseconds since 1970-01-01 UTC. */
  get micros(): bigint {
    const epochMs = this.getTime();
    return Number.isNaN(epochMs) ? this.#micros : BigInt(epochMs) * 1000n + BigInt(this.#microsOfMs);
  }

  /** `YYYY-MM-DD HH:mm:ss[.ffffff]` in a zone, as Spark shows it. */
  override toString(zone = 'UTC'): string {
    return formatTimestamp(this.micros, zone);
  }

  /** ISO 8601 in UTC; six digits of fraction when there are microseconds. */
  override toISOString(): string {
    if (Number.isNaN(this.getTime())) return `${this.toString().replace(' ', 'T')}Z`;
    const text = super.toISOString();
    return this.#microsOfMs === 0 ? text : text.replace('Z', `${String(this.#microsOfMs).padStart(3, '0')}Z`);
  }

  override toJSON(): string {
    return this.toISOString();
  }
}

/** Milliseconds of the microseconds, rounded down. */
function floorToMs(micros: bigint): number {
  if (micros > -9_007_199_254_740_991n && micros < 9_007_199_254_740_991n) return Math.floor(Number(micros) / 1000);
  const ms = micros / 1000n;
  return Number(micros % 1000n < 0n ? ms - 1n : ms);
}
