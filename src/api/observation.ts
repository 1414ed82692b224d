/** The metrics of one bounded query, for after it ran; made by the user and handed to `df.observe`. */
import type { Row } from '../types/row-codec.ts';
import { MillraceError } from '../errors/millrace-error.ts';

/** Numbers the observations without a name of their own. */
let lastNumber = 0;

/**
 * Takes the metrics of a bounded DataFrame when its first action has run.
 *
 * @example
 * const seen = new Observation('seen');
 * await rows.observe(seen, F.count('*').as('n')).write.json('/out');
 * console.log((await seen.get()).n);
 */
export class Observation {
  readonly name: string;
  readonly #metrics: Promise<Row>;
  #resolve: (row: Row) => void = () => undefined;
  #isUsed = false;

  constructor(name = `observation-${(lastNumber += 1)}`) {
    if (name === '') throw new MillraceError('OBSERVATION_MISUSED', { name, problem: 'its name is empty' });
    this.name = name;
    this.#metrics = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  /** The metrics by name; waits until an action has run. */
  get(): Promise<Row> {
    return this.#metrics;
  }

  /** Binds it to a DataFrame; once. For `df.observe`. */
  use(isStreaming: boolean): void {
    const problem = isStreaming
      ? 'the DataFrame is a stream'
      : this.#isUsed
        ? 'it observes another DataFrame already'
        : undefined;
    if (problem !== undefined) throw new MillraceError('OBSERVATION_MISUSED', { name: this.name, problem });
    this.#isUsed = true;
  }

  /** Hands over the metrics of a finished action; the first ones stay. For the DataFrame. */
  finish(row: Row): void {
    this.#resolve(row);
  }
}
