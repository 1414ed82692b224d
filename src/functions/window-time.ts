/** window_time: the event time a window stands for. */
import type { ScalarFunction } from './define-function.ts';
import { present } from '../errors/assert.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { checkArgumentCount, quotedCall, unexpectedType } from './argument-check.ts';
import { defineScalar } from './define-function.ts';

export const WINDOW_FUNCTIONS: readonly ScalarFunction[] = [
  defineScalar({
    name: 'window_time',
    doc: {
      usage: 'The last microsecond of a window, the event time of what is grouped by it.',
      example: "window_time(named_struct('start', to_timestamp('2026-01-01'), 'end', to_timestamp('2026-01-02')))",
      result: '2026-01-01 23:59:59.999999',
    },
    resolve: (args) => {
      checkArgumentCount('window_time', args, 1, 1);
      const type = present(args[0], 'a window').dataType;
      if (type.kind !== 'struct') throw unexpectedType('window_time', args, 0, '"STRUCT"');
      const end = type.fields[1];
      const isWindow = type.fields.length === 2 && type.fields[0]?.name === 'start' && end?.name === 'end';
      if (!isWindow || (end.dataType.kind !== 'timestamp' && end.dataType.kind !== 'timestamp_ntz'))
        throw new MillraceError('_LEGACY_ERROR_TEMP_3102', {
          msg: `The input is not a correct window column: ${quotedCall('window_time', args).slice(1, -1)}`,
        });
      return {
        argumentTypes: [type],
        returnType: end.dataType,
        nullable: args.some((arg) => arg.nullable) || end.nullable,
        evaluator: {
          kind: 'row',
          nulls: 'propagate',
          apply: ([window]) => {
            const micros = Array.isArray(window) ? window[1] : null;
            return typeof micros === 'bigint' ? micros - 1n : null;
          },
        },
      };
    },
  }),
];
