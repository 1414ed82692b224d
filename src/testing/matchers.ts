/**
 * Matchers for vitest and jest, by `expect.extend(matchers)`: rows, schema and failure of a DataFrame. They know no test runner: a matcher
 * is a function that says whether it passes.
 */
import type { DataFrame } from '../api/data-frame.ts';
import type { ErrorConditionName } from '../errors/error-conditions.ts';
import type { ExpectedRow } from './expected-rows.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { parseSchema, toDdl } from '../types/schema.ts';
import { expectRows } from './expected-rows.ts';

/** What a matcher tells its runner. */
export interface MatcherResult {
  readonly pass: boolean;
  readonly message: () => string;
}

/**
 * The matchers as methods of what `expect` returns, for the runner's own types.
 *
 * @example
 * declare module 'vitest' {
 *   interface Matchers<R extends void | Promise<void>, T> extends MillraceMatchers<R> {}
 * }
 */
export interface MillraceMatchers<R = unknown> {
  toHaveRows(expected: readonly ExpectedRow[]): Promise<void>;
  toHaveSchema(ddl: string): R;
  toFailWith(condition: ErrorConditionName): Promise<void>;
}

export const matchers = {
  /** `await expect(frame).toHaveRows([…])`: the rows of a bounded DataFrame, in any order. */
  async toHaveRows(frame: DataFrame, expected: readonly ExpectedRow[]): Promise<MatcherResult> {
    const found = await frame.collect();
    try {
      expectRows('the rows', found, expected, frame.schema);
      return { pass: true, message: () => 'the DataFrame has these rows' };
    } catch (error) {
      if (!(error instanceof MillraceError) || error.condition !== 'TEST_EXPECTATION_FAILED') throw error;
      return { pass: false, message: () => error.message };
    }
  },

  /** `expect(frame).toHaveSchema('a INT, b STRING')`: names and types of the columns, in order. */
  toHaveSchema(frame: DataFrame, ddl: string): MatcherResult {
    const [found, expected] = [toDdl(frame.schema), toDdl(parseSchema(ddl))];
    return { pass: found === expected, message: () => `the schema is ${found}, expected: ${expected}` };
  },

  /** `await expect(() => frame.collect()).toFailWith('DIVIDE_BY_ZERO')`: the condition of the error, or of one of its causes. */
  async toFailWith(act: () => unknown, condition: ErrorConditionName): Promise<MatcherResult> {
    let failure: unknown;
    try {
      await act();
    } catch (error) {
      failure = error;
    }
    const found: string[] = [];
    for (let at = failure; at instanceof Error; at = at.cause)
      if (at instanceof MillraceError) found.push(at.condition);
    const text =
      failure === undefined
        ? 'nothing failed'
        : found.length > 0
          ? found.join(', ')
          : failure instanceof Error
            ? failure.message
            : 'something that is no error';
    return { pass: found.includes(condition), message: () => `expected ${condition}, found: ${text}` };
  },
} as const;
