import { expect, test } from 'vitest';
import { parseInterval } from '../../src/types/interval.ts';

test.each([
  ['10 seconds', 0, 0, 10_000_000n],
  ['1 hour 30 minutes', 0, 0, 5_400_000_000n],
  ['interval 5 minutes', 0, 0, 300_000_000n],
  ['INTERVAL 1 DAY', 0, 1, 0n],
  ['-1 day', 0, -1, 0n],
  ['- 3 days', 0, -3, 0n],
  ['1 day -2 hours', 0, 1, -7_200_000_000n],
  ['2 years 3 months 1 week', 27, 7, 0n],
  ['1.5 seconds', 0, 0, 1_500_000n],
  ['-.5 seconds', 0, 0, -500_000n],
  ['1. second', 0, 0, 1_000_000n],
  ['1.123456789 seconds', 0, 0, 1_123_456n],
  ['1 hour\t2 minutes', 0, 0, 3_720_000_000n],
  [' 5 milliseconds 1 microsecond ', 0, 0, 5001n],
  ['9223372036854775807 microseconds', 0, 0, 2n ** 63n - 1n],
])('%s is read', (text, months, days, micros) => {
  expect(parseInterval(text)).toEqual({ months, days, micros });
});

test.each([
  ['', 'INPUT_IS_EMPTY'],
  ['interval', 'INPUT_IS_EMPTY'],
  ['1.5 hours', 'INVALID_FRACTION'],
  ['5', 'MISSING_UNIT'],
  ['5 foo', 'INVALID_UNIT'],
  ['2 ms', 'INVALID_UNIT'],
  ['1 day, 2 hours', 'INVALID_UNIT'],
  ['1 1 day', 'INVALID_UNIT'],
  ['10seconds', 'INVALID_VALUE'],
  ['--1 day', 'INVALID_VALUE'],
  ['+ day', 'INVALID_VALUE'],
  ['-', 'MISSING_NUMBER'],
  ['abc', 'UNRECOGNIZED_NUMBER'],
  ['intervalx 5 days', 'INVALID_PREFIX'],
  ['1.0000000001 seconds', 'INVALID_PRECISION'],
  ['9223372036854775808 microseconds', 'ARITHMETIC_EXCEPTION'],
  ['99999999999 days', 'ARITHMETIC_EXCEPTION'],
])('%s gives %s', (text, condition) => {
  expect(() => parseInterval(text)).toThrow(`[INVALID_INTERVAL_FORMAT.${condition}]`);
});
