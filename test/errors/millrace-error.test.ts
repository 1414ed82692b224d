import { expect, test } from 'vitest';
import { assert, present, unreachable } from '../../src/errors/assert.ts';
import { MillraceError } from '../../src/errors/millrace-error.ts';
import { nearestNames } from '../../src/errors/suggest.ts';

test('an error reads as Spark prints it, with parameters, SQLSTATE and cause as data', () => {
  const cause = new RangeError('below');
  const error = new MillraceError('DIVIDE_BY_ZERO', { config: '"spark.sql.ansi.enabled"' }, { cause });
  expect(error.message).toBe(
    '[DIVIDE_BY_ZERO] Division by zero. Use `try_divide` to tolerate divisor being 0 and return NULL instead. ' +
      'If necessary set "spark.sql.ansi.enabled" to "false" to bypass this error. SQLSTATE: 22012',
  );
  expect(error).toMatchObject({ condition: 'DIVIDE_BY_ZERO', sqlState: '22012', retry: 'never', cause });
  expect(error.parameters).toEqual({ config: '"spark.sql.ansi.enabled"' });
});

test('a hint is filled with the parameters of the message, and can be given for one error', () => {
  const parameters = { location: '/ckpt', reason: 'it has other files' };
  expect(new MillraceError('CHECKPOINT_FOREIGN', parameters).hint).toBe(
    'Give every query a checkpointLocation of its own.',
  );
  expect(new MillraceError('CHECKPOINT_FOREIGN', parameters, { hint: 'Look again.' }).hint).toBe('Look again.');
});

test('what an external system may do later can be tried again', () => {
  const parameters = { system: 'Redis', address: 'localhost:6379', attempts: '3', reason: 'refused' };
  expect(new MillraceError('EXTERNAL_SYSTEM_UNAVAILABLE', parameters).retry).toBe('backoff');
});

test('placeholders of a parameter are not filled again', () => {
  const error = new MillraceError('PATH_NOT_FOUND', { path: '<path>/<cause>' });
  expect(error.message).toContain('Path does not exist: <path>/<cause>.');
});

test('a broken assertion is INTERNAL_ERROR and says what must hold', () => {
  const broken = { condition: 'INTERNAL_ERROR' };
  expect(() => assert(1 + 1 === 2, 'arithmetic')).not.toThrow();
  expect(() => assert(false, 'batches ascend')).toThrow(expect.objectContaining(broken) as Error);
  expect(() => assert(false, 'batches ascend')).toThrow('must hold: batches ascend');
  expect(present(0, 'a number')).toBe(0);
  expect(() => present(undefined, 'a source')).toThrow('must be present: a source');
  expect(() => unreachable('x' as never)).toThrow('unreachable: "x"');
});

test('the nearest names come first and far ones not at all', () => {
  expect(nearestNames('jsno', ['json', 'text', 'kinesis'], 3)[0]).toBe('json');
  expect(nearestNames('Acton', ['time', 'action', 'user'], 1)).toEqual(['action']);
});
