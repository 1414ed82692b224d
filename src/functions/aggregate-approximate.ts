/**
 * approx_count_distinct: HyperLogLog++ with 512 registers over xxHash64, so that estimates equal Spark's for its default error of 0.05.
 * The partial result is the registers, a byte each.
 */
import type { DataType } from '../types/data-type.ts';
import type { GrowableColumn } from '../types/growable-column.ts';
import type { AggregateFunction } from './define-function.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { present } from '../errors/assert.ts';
import { BINARY, LONG } from '../types/data-type.ts';
import { valueAt } from '../types/vector.ts';
import { checkArgumentCount } from './argument-check.ts';
import { defineAggregate } from './define-function.ts';
import { HYPER_LOG_LOG_BIAS } from './hyper-log-log-bias.ts';
import { xxHash64 } from './xx-hash.ts';

const BITS = 9;
const REGISTERS = 1 << BITS;
/** Up to this estimate (or a raw one of 2.5 times the registers) counting empty registers is used. */
const LINEAR_LIMIT = 400;
const NEIGHBOURS = 6;
const ALPHA_M2 = (0.7213 / (1 + 1.079 / REGISTERS)) * REGISTERS * REGISTERS;
const SEED = 42n;

/** Registers of the slots touched in one call, each copied once: what the buffer held may be shared. */
class TouchedRegisters {
  readonly #buffer: GrowableColumn;
  readonly #touched = new Map<number, Uint8Array>();

  constructor(buffer: GrowableColumn) {
    this.#buffer = buffer;
  }

  of(slot: number): Uint8Array {
    const known = this.#touched.get(slot);
    if (known !== undefined) return known;
    const registers = new Uint8Array(REGISTERS);
    const kept = this.#buffer.get(slot);
    if (kept instanceof Uint8Array) registers.set(kept);
    this.#touched.set(slot, registers);
    return registers;
  }

  store(): void {
    for (const [slot, registers] of this.#touched) this.#buffer.set(slot, registers);
  }
}

function addHash(registers: Uint8Array, hash: bigint): void {
  const index = Number(hash >> BigInt(64 - BITS));
  const rest = BigInt.asUintN(64, (hash << BigInt(BITS)) | (1n << BigInt(BITS - 1)));
  const high = Number(rest >> 32n);
  const rank = (high === 0 ? 32 + Math.clz32(Number(rest & 0xffffffffn)) : Math.clz32(high)) + 1;
  if (rank > (registers[index] as number)) registers[index] = rank;
}

function estimate(registers: Uint8Array): bigint {
  let inverse = 0;
  let empty = 0;
  for (const rank of registers) {
    inverse += 2 ** -rank;
    if (rank === 0) empty++;
  }
  const raw = ALPHA_M2 / inverse;
  const corrected = raw < 5 * REGISTERS ? raw - biasOf(raw) : raw;
  if (empty === 0) return BigInt(Math.round(corrected));
  const linear = REGISTERS * Math.log(REGISTERS / empty);
  return BigInt(Math.round(linear <= LINEAR_LIMIT || raw <= 2.5 * REGISTERS ? linear : corrected));
}

/** The mean bias of the nearest measured estimates. */
function biasOf(raw: number): number {
  const { estimates, biases } = HYPER_LOG_LOG_BIAS;
  const found = estimates.findIndex((known) => known >= raw);
  const nearest = found < 0 ? estimates.length : found;
  let low = Math.max(nearest - NEIGHBOURS + 1, 0);
  let high = Math.min(low + NEIGHBOURS, estimates.length);
  const distance = (i: number): number => (raw - (estimates[i] as number)) ** 2;
  while (high < estimates.length && distance(high) < distance(low)) {
    low++;
    high++;
  }
  return biases.subarray(low, high).reduce((sum, bias) => sum + bias, 0) / (high - low);
}

export const APPROXIMATE: readonly AggregateFunction[] = [
  defineAggregate({
    name: 'approx_count_distinct',
    doc: {
      usage: 'About how many different values there are, within 5 %.',
      example: 'approx_count_distinct(5)',
      result: '1',
    },
    resolve: (args) => {
      checkArgumentCount('approx_count_distinct', args, 1, 2);
      const type: DataType = present(args[0], 'one argument').dataType;
      const error = args[1]?.literal;
      if (args.length === 2 && error !== 0.05)
        throw new MillraceError('UNSUPPORTED_FEATURE', {
          feature: 'approx_count_distinct with an error other than 0.05',
        });
      return {
        argumentTypes: args.map((arg) => arg.dataType),
        returnType: LONG,
        nullable: false,
        bufferTypes: [BINARY],
        initialize: ([buffer], slot) => buffer?.set(slot, new Uint8Array(REGISTERS)),
        update: ([buffer], slots, [column], numRows) => {
          const touched = new TouchedRegisters(present(buffer, 'one buffer'));
          const values = present(column, 'one column');
          for (let i = 0; i < numRows; i++) {
            const value = valueAt(values, i);
            if (value !== null) addHash(touched.of(slots[i] as number), xxHash64(type, value, SEED));
          }
          touched.store();
        },
        merge: ([buffer], slots, [partial], numRows) => {
          const touched = new TouchedRegisters(present(buffer, 'one buffer'));
          const values = present(partial, 'one column');
          for (let i = 0; i < numRows; i++) {
            const added = valueAt(values, i);
            if (!(added instanceof Uint8Array)) continue;
            const registers = touched.of(slots[i] as number);
            for (let r = 0; r < REGISTERS; r++) registers[r] = Math.max(registers[r] as number, added[r] as number);
          }
          touched.store();
        },
        result: ([buffer], slots, count) => {
          const values = new BigInt64Array(count);
          for (let i = 0; i < count; i++) {
            const registers = buffer?.get(slots[i] as number);
            values[i] = registers instanceof Uint8Array ? estimate(registers) : 0n;
          }
          return { layout: 'long', type: LONG, length: count, values, validity: undefined };
        },
      };
    },
  }),
];
