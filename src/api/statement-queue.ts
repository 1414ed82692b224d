/**
 * Statements that do work, as INSERT: they begin when they are written, one after the other, and whatever runs after them waits for them,
 * so that `session.sql` can answer at once.
 */
import type { UnresolvedPlan } from '../plan/unresolved-plan.ts';

export class StatementQueue {
  #last: Promise<unknown> = Promise.resolve();
  readonly #results = new WeakMap<UnresolvedPlan, Promise<UnresolvedPlan>>();
  readonly #awaited = new WeakSet<UnresolvedPlan>();
  readonly #report: (error: unknown) => void;

  /** `report` is told of the error of a statement whose answer nobody has asked for. */
  constructor(report: (error: unknown) => void) {
    this.#report = report;
  }

  /** Runs `work` behind the statements before it. `placeholder` is the plan of its answer, which is what `work` resolves to. */
  add(placeholder: UnresolvedPlan, work: () => Promise<UnresolvedPlan>): void {
    const result = this.#last.then(work);
    this.#results.set(placeholder, result);
    // The next statement runs even if this one fails; its error belongs to whoever reads its answer.
    this.#last = result.catch((error: unknown) => {
      if (!this.#awaited.has(placeholder)) this.#report(error);
    });
  }

  /** Resolves when all statements so far are done, be it with an error. */
  async settled(): Promise<void> {
    await this.#last;
  }

  /** The plan to run in place of `plan`, once all statements before are done. */
  async ready(plan: UnresolvedPlan): Promise<UnresolvedPlan> {
    this.#awaited.add(plan);
    const result = this.#results.get(plan);
    if (result !== undefined) return result;
    await this.#last;
    return plan;
  }
}
