/** Functions of TIME: made of parts, texts and numbers, taken apart, cut, compared. Values are nanoseconds since midnight. */
import type { DataType } from '../types/data-type.ts';
import type { ScalarFunction } from './define-function.ts';
import type { Parameter } from './row-function.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { MICROS_PER_DAY, floorDivide, zoneOffsetMicros } from '../types/civil-time.ts';
import { INTEGER, LONG, decimal, time } from '../types/data-type.ts';
import { rescale } from '../types/decimal.ts';
import { NANOS_PER_DAY, cutTime, parseTime, timeOf } from '../types/time-of-day.ts';
import { parseTimeBy } from '../types/time-pattern.ts';
import { int, integral, optional, text } from './parameters.ts';
import { checkArgumentCount } from './argument-check.ts';
import { defineScalar } from './define-function.ts';
import { rowFunction } from './row-function.ts';
import { implicitCast } from './type-rules.ts';

/** A time of day of any precision; texts become one. */
export const timeOfDay: Parameter<bigint> = {
  required: '"TIME"',
  accept: (type) => (type.kind === 'time' ? type : implicitCast(type, time())),
};
/** Seconds with a fraction of six digits. */
const seconds: Parameter<bigint> = {
  required: '"DECIMAL(16,6)"',
  accept: (type) => implicitCast(type, decimal(16, 6)),
};
const wholeOrFraction: Parameter<bigint | number> = {
  required: '"NUMERIC"',
  accept: (type) => (type.kind === 'decimal' ? type : integral.accept(type)),
};

const UNITS: ReadonlyMap<string, bigint> = new Map([
  ['HOUR', 3_600_000_000_000n],
  ['MINUTE', 60_000_000_000n],
  ['SECOND', 1_000_000_000n],
  ['MILLISECOND', 1_000_000n],
  ['MICROSECOND', 1000n],
]);

function unitOf(functionName: string, unit: string): bigint {
  const nanos = UNITS.get(unit.toUpperCase());
  if (nanos !== undefined) return nanos;
  throw new MillraceError('INVALID_PARAMETER_VALUE.TIME_UNIT', {
    parameter: '`unit`',
    functionName: `\`${functionName}\``,
    invalidValue: `'${unit}'`,
  });
}

function outOfBounds(rangeMessage: string): MillraceError {
  return new MillraceError('DATETIME_FIELD_OUT_OF_BOUNDS.WITHOUT_SUGGESTION', { rangeMessage });
}

function checkField(name: string, value: bigint | number, last: number): void {
  if (value < 0 || value > last) throw outOfBounds(`Invalid value for ${name} (valid values 0 - ${last}): ${value}`);
}

function withinDay(nanos: bigint): bigint {
  if (nanos >= 0n && nanos < NANOS_PER_DAY) return nanos;
  throw outOfBounds(
    `Invalid TIME value: must be between 00:00:00 and 23:59:59.999999999, but got ${nanos} nanoseconds`,
  );
}

function toTime(name: 'to_time' | 'try_to_time', isTry: boolean): ScalarFunction {
  return rowFunction({
    name,
    doc: {
      usage: `The time of day a text is, read by a pattern if one is given${isTry ? '; NULL when it is none' : ''}.`,
      example: `${name}('00:12:00')`,
      result: '00:12:00',
    },
    parameters: [
      {
        required: '"STRING"',
        accept: (type: DataType) => (['string', 'void'].includes(type.kind) ? text.accept(type) : undefined),
      },
      optional(text),
    ],
    returns: time(),
    result: 'mayBeNull',
    apply: ([value, pattern]) => {
      const nanos = pattern === undefined ? parseTime(value as string) : parseTimeBy(value as string, pattern);
      if (nanos !== null || isTry) return nanos;
      if (pattern !== undefined)
        throw new MillraceError('CANNOT_PARSE_TIME', { input: `'${String(value)}'`, format: `'${pattern}'` });
      throw new MillraceError('CANNOT_PARSE_TIME', { input: `'${String(value)}'`, format: "'HH:mm:ss.SSSSSS'" });
    },
  });
}

/** `time_from_millis` and its kin: a number of a unit since midnight. */
function fromNumber(
  name: string,
  nanosPerUnit: bigint,
  parameter: Parameter<bigint | number>,
  example: string,
): ScalarFunction {
  return rowFunction({
    name,
    doc: { usage: 'The time of day so long after midnight.', example: `${name}(${example})`, result: '14:30:00.5' },
    parameters: [parameter],
    returns: time(),
    apply: ([value], _context, { types: [type] }) => {
      const amount = BigInt(value) * nanosPerUnit;
      return withinDay(type?.kind === 'decimal' ? rescale(amount, type.scale, 0) : amount);
    },
  });
}

function toNumber(name: string, nanosPerUnit: bigint, result: string): ScalarFunction {
  return rowFunction({
    name,
    doc: { usage: 'How long after midnight a time of day is.', example: `${name}(TIME'14:30:00.5')`, result },
    parameters: [timeOfDay],
    returns: nanosPerUnit === 1_000_000_000n ? decimal(14, 6) : LONG,
    apply: ([nanos]) => (nanosPerUnit === 1_000_000_000n ? nanos / 1000n : nanos / nanosPerUnit),
  });
}

/** What the clock of a zone shows. */
function localTime(micros: bigint, zone: string): bigint {
  const local = micros + zoneOffsetMicros(zone, micros);
  return (local - floorDivide(local, MICROS_PER_DAY) * MICROS_PER_DAY) * 1000n;
}

const currentTime = defineScalar({
  name: 'current_time',
  aliases: ['localtime'],
  doc: {
    usage: 'The time of day the query began, with so many digits behind the point.',
    example: 'isnotnull(current_time())',
    result: 'true',
  },
  resolve: (args) => {
    checkArgumentCount('current_time', args, 0, 1);
    const { precision } = timeOf(args[0] === undefined ? 6 : Number(args[0].literal));
    return {
      argumentTypes: args.map(() => INTEGER),
      returnType: time(precision),
      nullable: false,
      evaluator: {
        kind: 'row',
        nulls: 'propagate',
        apply: (_, { batchTimestampMicros, timeZone }) => cutTime(localTime(batchTimestampMicros, timeZone), precision),
      },
    };
  },
});

export const TIME_FUNCTIONS: readonly ScalarFunction[] = [
  rowFunction({
    name: 'make_time',
    doc: {
      usage: 'The time of day of hour, minute and second.',
      example: 'make_time(6, 30, 45.887)',
      result: '06:30:45.887',
    },
    parameters: [int, int, seconds],
    returns: time(),
    apply: ([hour, minute, micros]) => {
      checkField('HourOfDay', hour, 23);
      checkField('MinuteOfHour', minute, 59);
      checkField('SecondOfMinute', micros / 1_000_000n, 59);
      return BigInt(hour * 60 + minute) * 60_000_000_000n + micros * 1000n;
    },
  }),
  toTime('to_time', false),
  toTime('try_to_time', true),
  rowFunction({
    name: 'time_diff',
    doc: {
      usage: 'The whole units from one time of day to another.',
      example: "time_diff('HOUR', TIME'20:30:29', TIME'21:30:28')",
      result: '0',
    },
    parameters: [text, timeOfDay, timeOfDay],
    returns: LONG,
    apply: ([unit, start, end]) => (end - start) / unitOf('time_diff', unit),
  }),
  rowFunction({
    name: 'time_trunc',
    doc: {
      usage: 'A time of day cut to a unit.',
      example: "time_trunc('HOUR', TIME'09:32:05.359')",
      result: '09:00:00',
    },
    parameters: [text, timeOfDay],
    returns: ([, type]) => type ?? time(),
    apply: ([unit, nanos]) => nanos - (nanos % unitOf('time_trunc', unit)),
  }),
  currentTime,
  fromNumber('time_from_seconds', 1_000_000_000n, wholeOrFraction, '52200.5'),
  fromNumber('time_from_millis', 1_000_000n, integral, '52200500'),
  fromNumber('time_from_micros', 1000n, integral, '52200500000'),
  toNumber('time_to_seconds', 1_000_000_000n, '52200.500000'),
  toNumber('time_to_millis', 1_000_000n, '52200500'),
  toNumber('time_to_micros', 1000n, '52200500000'),
];
