/**
 * The moment a simulated crash happens: writes are counted, the chosen one is not done, and from then on nothing works any more, neither
 * reads nor writes. What a dead process would release anyway (file handles, connections) can still be closed.
 *
 * A crash before write n is the same as one after write n-1: between two writes a process changes nothing that lasts.
 */

export class SimulatedCrash extends Error {}

export class CrashSwitch {
  /** The write, counted from 1, before which the process dies. */
  crashAt = Infinity;
  /** What each write so far was. */
  readonly writes: string[] = [];
  #isDown = false;

  get isDown(): boolean {
    return this.#isDown;
  }

  read<T>(operation: () => T): T {
    if (this.#isDown) throw new SimulatedCrash('the process is dead');
    return operation();
  }

  /** A write; `half` is what is left of it when the process dies in the middle, if it can be torn. */
  async write<T>(name: string, operation: () => Promise<T>, half?: () => Promise<unknown>): Promise<T> {
    if (this.#isDown) throw new SimulatedCrash('the process is dead');
    this.writes.push(name);
    if (this.writes.length < this.crashAt) return operation();
    this.#isDown = true;
    await half?.();
    throw new SimulatedCrash(`crash at write ${this.crashAt}: ${name}`);
  }
}

/** Whether an error is or was caused by a simulated crash. */
export function isSimulatedCrash(error: unknown): boolean {
  return error instanceof SimulatedCrash || (error instanceof Error && isSimulatedCrash(error.cause));
}
