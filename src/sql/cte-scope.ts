/** The names WITH defines, innermost first, before those of the session. */
import type { UnresolvedPlan } from '../plan/unresolved-plan.ts';
import type { Catalog } from './catalog.ts';

export class CteScope {
  readonly #catalog: Catalog;
  #levels: readonly Map<string, UnresolvedPlan>[] = [];

  constructor(catalog: Catalog) {
    this.#catalog = catalog;
  }

  /** Runs `body` with a new innermost level. */
  within<T>(body: () => T): T {
    const outer = this.#levels;
    this.#levels = [new Map(), ...outer];
    const result = body();
    this.#levels = outer;
    return result;
  }

  /** Adds a name to the innermost level. */
  define(name: string, plan: UnresolvedPlan): void {
    this.#levels[0]?.set(name.toLowerCase(), plan);
  }

  /** What a name stands for as a stream; undefined when it is no table. */
  stream(nameParts: readonly string[]): UnresolvedPlan | undefined {
    return this.#catalog.stream?.(nameParts);
  }

  /** The relation of a name; throws when there is none. */
  find(nameParts: readonly string[]): UnresolvedPlan {
    const [name = ''] = nameParts;
    const known = this.#levels.find((level) => level.has(name.toLowerCase()));
    const cte = nameParts.length === 1 ? known?.get(name.toLowerCase()) : undefined;
    const found = cte ?? this.#catalog.relation(nameParts);
    if (found === undefined) throw this.#catalog.notFound(nameParts);
    return found;
  }
}
