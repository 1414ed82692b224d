/** The windows of `WINDOW w AS (…)`. The clause comes after the functions that name them, so these wait for it. */
import type { UnresolvedExpression } from '../expressions/unresolved.ts';
import { MillraceError } from '../errors/millrace-error.ts';

/** A window as it is written: PARTITION BY, ORDER BY and frame. */
export type WindowSpec = Pick<
  UnresolvedExpression & { readonly kind: 'window' },
  'partitionSpec' | 'orderSpec' | 'frameSpec'
>;
type MutableSpec = { -readonly [Key in keyof WindowSpec]: WindowSpec[Key] };

interface Level {
  readonly waiting: { readonly name: string; readonly spec: MutableSpec }[];
  readonly known: Map<string, WindowSpec>;
}

export class NamedWindows {
  #level: Level = { waiting: [], known: new Map() };

  /** Runs `body` for one SELECT; all names have to be defined when it ends. */
  within<T>(body: () => T): T {
    const outer = this.#level;
    this.#level = { waiting: [], known: new Map() };
    const result = body();
    this.#settle();
    this.#level = outer;
    return result;
  }

  /** The window node of a function over a named window; filled in when the SELECT ends. */
  refer(name: string, windowFunction: UnresolvedExpression): UnresolvedExpression {
    const node = {
      kind: 'window' as const,
      windowFunction,
      partitionSpec: [],
      orderSpec: [],
      frameSpec: undefined,
    };
    this.#level.waiting.push({ name, spec: node as MutableSpec });
    return node;
  }

  /** Defines a window; `spec` is that of another one when it is its name. */
  define(name: string, spec: WindowSpec | string): void {
    const { known } = this.#level;
    if (known.has(name.toLowerCase()))
      throw new MillraceError('INVALID_SQL_SYNTAX.REPETITIVE_WINDOW_DEFINITION', { windowName: `\`${name}\`` });
    const found = typeof spec === 'string' ? known.get(spec.toLowerCase()) : spec;
    if (found === undefined)
      throw new MillraceError('INVALID_SQL_SYNTAX.UNRESOLVED_WINDOW_REFERENCE', {
        windowName: `\`${typeof spec === 'string' ? spec : name}\``,
      });
    known.set(name.toLowerCase(), found);
  }

  #settle(): void {
    const { waiting, known } = this.#level;
    for (const { name, spec } of waiting) {
      const found = known.get(name.toLowerCase());
      if (found === undefined)
        throw new MillraceError('MISSING_WINDOW_SPECIFICATION', {
          windowName: name,
          docroot: 'https://spark.apache.org/docs/latest',
        });
      spec.partitionSpec = found.partitionSpec;
      spec.orderSpec = found.orderSpec;
      spec.frameSpec = found.frameSpec;
    }
  }
}
