/** A state table, with its store behind it, is a plain Map from keys to values over any run of operations. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unreachable } from '../../src/errors/assert.ts';
import { MemoryCheckpoint } from '../../src/checkpoint/memory-checkpoint.ts';
import { ChangelogStateStore } from '../../src/state/changelog-state-store.ts';
import type { StateCommit } from '../../src/state/state-store.ts';
import type { StateSchema } from '../../src/state/state-table.ts';
import type { DataType } from '../../src/types/data-type.ts';
import {
  BINARY,
  BOOLEAN,
  decimal,
  DOUBLE,
  field,
  INTEGER,
  LONG,
  STRING,
  struct,
  TIMESTAMP,
} from '../../src/types/data-type.ts';
import { vectorOf } from '../../src/types/vector-builder.ts';
import type { Value } from '../../src/types/vector.ts';

const WINDOW = struct([field('start', TIMESTAMP), field('end', TIMESTAMP)]);

const SCHEMAS: Record<string, DataType[]> = {
  'one long': [LONG],
  'one string': [STRING],
  'string and window': [STRING, WINDOW],
  'double and integer': [DOUBLE, INTEGER],
  'boolean and wide decimal': [BOOLEAN, decimal(38, 2)],
  'binary and nested struct': [BINARY, struct([field('w', WINDOW), field('name', STRING)])],
  'no column': [],
};

/** Few values per type, so that keys meet; nulls, NaN and both zeros among them. */
function valuesOf(type: DataType): fc.Arbitrary<Value | null> {
  const some = (...values: Value[]): fc.Arbitrary<Value | null> => fc.constantFrom<Value | null>(null, ...values);
  if (type.kind === 'struct')
    return fc.oneof(fc.constant(null), fc.tuple(...type.fields.map((f) => valuesOf(f.dataType))));
  if (type.kind === 'long' || type.kind === 'timestamp')
    return some(0n, 1n, -1n, 1n << 32n, (1n << 63n) - 1n, -(1n << 63n));
  if (type.kind === 'string') return some('', 'a', 'b', 'ä', '\0', 'a longer string than most');
  if (type.kind === 'double') return some(0, -0, 1.5, Number.NaN, Infinity, -Infinity);
  if (type.kind === 'integer') return some(0, 1, -1, 2 ** 31 - 1);
  if (type.kind === 'boolean') return some(true, false);
  if (type.kind === 'binary') return some(new Uint8Array(0), Uint8Array.of(0), Uint8Array.of(0, 255));
  return some(0n, -(10n ** 37n), 10n ** 37n);
}

function keyText(value: Value | null): string {
  if (value instanceof Uint8Array) return `bytes ${value.join()}`;
  if (typeof value === 'number') return Number.isNaN(value) ? 'NaN' : String(value + 0);
  if (Array.isArray(value)) return `(${value.map((item: Value | null) => keyText(item)).join(';')})`;
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}

type Key = (Value | null)[];
type Step =
  | { readonly kind: 'put'; readonly keys: Key[]; readonly value: bigint }
  | { readonly kind: 'remove'; readonly keys: Key[] }
  | { readonly kind: 'commit' | 'abort' | 'reload' };

function stepsOf(types: DataType[]): fc.Arbitrary<Step[]> {
  const keys = fc.array(fc.tuple(...types.map(valuesOf)) as fc.Arbitrary<Key>, { maxLength: 12 });
  const put = fc.record({ kind: fc.constant('put' as const), keys, value: fc.bigInt(-5n, 1n << 60n) });
  const remove = fc.record({ kind: fc.constant('remove' as const), keys });
  const other = fc.record({ kind: fc.constantFrom('commit' as const, 'abort' as const, 'reload' as const) });
  return fc.array(
    fc.oneof({ arbitrary: put, weight: 4 }, { arbitrary: remove, weight: 2 }, { arbitrary: other, weight: 2 }),
    {
      maxLength: 40,
    },
  );
}

/** The table under test beside its model. */
class Pair {
  readonly #types: DataType[];
  readonly #schema: StateSchema;
  readonly #checkpoint = new MemoryCheckpoint();
  #store: ChangelogStateStore;
  #model = new Map<string, string>();
  #committedModel = new Map<string, string>();
  #commit: StateCommit | undefined;
  #version = 0;

  constructor(types: DataType[]) {
    this.#types = types;
    this.#schema = {
      keys: struct(types.map((type, i) => field(`k${i}`, type))),
      values: struct([field('n', LONG), field('label', STRING)]),
    };
    this.#store = this.#newStore();
  }

  #newStore(): ChangelogStateStore {
    return new ChangelogStateStore({
      entries: this.#checkpoint,
      operatorId: 0,
      storeName: 'default',
      schema: this.#schema,
      epoch: 1,
      nowMs: () => 0,
      minDeltasForSnapshot: 3,
    });
  }

  async open(): Promise<void> {
    await this.#checkpoint.acquire();
    await this.#store.load(undefined);
  }

  #vectors(keys: Key[]): ReturnType<typeof vectorOf>[] {
    return this.#types.map((type, i) =>
      vectorOf(
        type,
        keys.map((key) => key[i] ?? null),
      ),
    );
  }

  async run(step: Step): Promise<void> {
    switch (step.kind) {
      case 'put':
        return this.#put(step.keys, step.value);
      case 'remove':
        return this.#remove(step.keys);
      case 'commit':
        this.#commit = await this.#store.commit(++this.#version);
        this.#committedModel = new Map(this.#model);
        return;
      case 'abort':
        await this.#store.abort();
        this.#model = new Map(this.#committedModel);
        return;
      case 'reload':
        this.#store = this.#newStore();
        await this.#store.load(this.#commit);
        this.#model = new Map(this.#committedModel);
        return;
      default:
        unreachable(step);
    }
  }

  #put(keys: Key[], value: bigint): void {
    const { table } = this.#store;
    const slots = new Int32Array(keys.length);
    const known = new Set(this.#model.keys());
    const numNew = table.lookup(this.#vectors(keys), keys.length, slots);
    const added = new Set(keys.map((key) => keyText(key)).filter((text) => !known.has(text)));
    expect(numNew).toBe(added.size);
    expect([...table.newSlots].every((slot) => table.values.every((column) => column.get(slot) === null))).toBe(true);
    keys.forEach((key, i) => {
      table.values[0]?.set(slots[i] ?? -1, value);
      table.values[1]?.set(slots[i] ?? -1, value % 2n === 0n ? null : `label ${value}`);
      this.#model.set(keyText(key), `${value} ${value % 2n === 0n ? null : `label ${value}`}`);
    });
    table.markUpdated(slots, keys.length);
  }

  #remove(keys: Key[]): void {
    const { table } = this.#store;
    const slots = new Int32Array(keys.length);
    const numFound = table.find(this.#vectors(keys), keys.length, slots);
    expect(numFound).toBe(keys.filter((key) => this.#model.has(keyText(key))).length);
    for (const slot of new Set(slots)) if (slot >= 0) table.remove(slot);
    for (const key of keys) this.#model.delete(keyText(key));
  }

  check(): void {
    const { table } = this.#store;
    const live = table.liveSlots();
    const found = new Map<string, string>();
    for (const slot of live)
      found.set(
        keyText(table.keys.map((column) => column.get(slot))),
        table.values.map((column) => String(column.get(slot))).join(' '),
      );
    expect(found).toEqual(this.#model);
    expect(live.length).toBe(this.#model.size);
    expect(table.size).toBe(this.#model.size);
  }
}

describe('a state table is a Map from key to value', () => {
  it.each(Object.entries(SCHEMAS))('for keys of %s', async (_, types) => {
    await fc.assert(
      fc.asyncProperty(stepsOf(types), async (steps) => {
        const pair = new Pair(types);
        await pair.open();
        for (const step of steps) {
          await pair.run(step);
          pair.check();
        }
      }),
      { numRuns: 150 },
    );
  });
});
