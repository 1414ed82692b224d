/**
 * The one error class a user meets. It is made from a condition of the table and typed parameters: a missing or misspelt parameter
 * does not compile. Not for bugs inside Millrace: those are asserts.
 */
import { ERROR_CONDITIONS, type ErrorCondition, type ErrorConditionName } from './error-conditions.ts';

type Placeholders<Text extends string> = Text extends `${string}<${infer Name}>${infer Rest}`
  ? Name | Placeholders<Rest>
  : never;

/** The parameters a condition needs: one string per `<placeholder>` of its message. */
export type ErrorParameters<Name extends ErrorConditionName> = Record<
  Placeholders<(typeof ERROR_CONDITIONS)[Name]['message']>,
  string
>;

/**
 * A failure with one of the conditions of the table. `message` reads `[CONDITION] text SQLSTATE: xxxxx`, as in Spark.
 *
 * @example
 * throw new MillraceError('DATA_SOURCE_NOT_FOUND', { provider: 'jsonn' });
 */
export class MillraceError<Name extends ErrorConditionName = ErrorConditionName> extends Error {
  override readonly name = 'MillraceError';
  readonly condition: Name;
  readonly sqlState: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly hint: string | undefined;
  /** `backoff` when the same call may succeed later; retry loops read only this field. */
  readonly retry: 'never' | 'backoff';

  constructor(
    condition: Name,
    parameters: ErrorParameters<Name>,
    options?: { readonly cause?: unknown; readonly hint?: string },
  ) {
    const entry: ErrorCondition = ERROR_CONDITIONS[condition];
    const values: Readonly<Record<string, string>> = parameters;
    const text = fill(entry.message, values);
    super(
      `[${condition}] ${text} SQLSTATE: ${entry.sqlState}`,
      options?.cause === undefined ? {} : { cause: options.cause },
    );
    this.condition = condition;
    this.sqlState = entry.sqlState;
    this.parameters = values;
    this.hint = options?.hint ?? (entry.hint === undefined ? undefined : fill(entry.hint, values));
    this.retry = entry.retry ?? 'never';
  }
}

function fill(template: string, parameters: Readonly<Record<string, string>>): string {
  return template.replaceAll(/<(\w+)>/g, (whole, name: string) => parameters[name] ?? whole);
}
