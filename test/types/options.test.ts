/** Option readers: types, errors, unknown names. */
import { describe, expect, test } from 'vitest';
import {
  checkOptionNames,
  optionBoolean,
  optionDuration,
  optionInt,
  optionOneOf,
  optionText,
  requiredOption,
} from '../../src/types/options.ts';

const options = new Map([
  ['maxfilespertrigger', '12'],
  ['truncate', 'True'],
  ['idle', '5 minutes'],
  ['mode', 'failfast'],
]);

describe('options', () => {
  test('names are found in any letter case', () => {
    expect(optionText(options, 'maxFilesPerTrigger')).toBe('12');
    expect(optionInt('json', options, 'maxFilesPerTrigger')).toBe(12);
    expect(optionBoolean('console', options, 'truncate')).toBe(true);
    expect(optionOneOf('json', options, 'mode', ['PERMISSIVE', 'FAILFAST'])).toBe('FAILFAST');
  });

  test.each([
    ['500ms', 500],
    ['10s', 10_000],
    ['10 seconds', 10_000],
    ['5m', 300_000],
    ['1 hour', 3_600_000],
    ['7d', 604_800_000],
    ['250', 250],
  ])('the duration %s is %i ms', (text, ms) => {
    expect(optionDuration('rate', new Map([['x', text]]), 'x')).toBe(ms);
  });

  test('absent options are undefined and required ones an error', () => {
    expect(optionInt('json', options, 'absent')).toBeUndefined();
    expect(() => requiredOption('jdbc', options, 'dbtable')).toThrow(
      '[MISSING_OPTION] The option dbtable is required for jdbc.',
    );
  });

  test.each([
    () => optionInt('json', options, 'mode'),
    () => optionInt('json', options, 'maxFilesPerTrigger', { min: 1, max: 10 }),
    () => optionBoolean('json', options, 'mode'),
    () => optionDuration('json', options, 'mode'),
    () => optionOneOf('json', options, 'mode', ['PERMISSIVE']),
  ])('a wrong value is INVALID_OPTION %#', (read) => {
    expect(read).toThrow('[INVALID_OPTION]');
  });

  test('values of secret options are not in the error', () => {
    expect(() => optionInt('jdbc', new Map([['password', 'canary']]), 'password')).toThrow(/\(redacted\)/);
  });

  test('an unknown name is refused with the nearest one, engine options pass', () => {
    const check = (name: string) => () => checkOptionNames('jdbc', new Map([[name, 'x']]), ['dbtable', 'batchsize']);
    expect(check('checkpointlocation')).not.toThrow();
    expect(check('batchsize')).not.toThrow();
    expect(check('dbtabel')).toThrow('[UNKNOWN_OPTION] jdbc has no option dbtabel. Did you mean dbtable?');
  });
});
