/**
 * approx_count_distinct: HyperLogLog++ over xxHash64 with as many registers as the wanted error takes, so that estimates equal Spark's.
 * The partial result is the registers, a byte each.
 */
import type { DataType } from '../types/data-type.ts';
import type { GrowableColumn } from '../types/growable-column.ts';
import type { AggregateFunction, Argument } from './define-function.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { present } from '../errors/assert.ts';
import { BINARY, LONG } from '../types/data-type.ts';
import { decimalText } from '../types/number-text.ts';
import { valueAt } from '../types/vector.ts';
import { checkArgumentCount } from './argument-check.ts';
import { defineAggregate } from './define-function.ts';
import { type MeasuredBias, hyperLogLogBias } from './hyper-log-log-bias.ts';
import { xxHash64 } from './xx-hash.ts';

const DEFAULT_ERROR = 0.05;
/** More registers than these take more memory per group than is sensible. */
const MAX_BITS = 24;
const MIN_BITS = 4;
const NEIGHBOURS = 6;
const SEED = 42n;

/** The registers, as a power of 2, for a relative error. */
function bitsOf(error: number): number {
  return Math.ceil((2 * Math.log(1.106 / error)) / Math.LN2);
}

function alphaSquared(bits: number): number {
  const count = 2 ** bits;
  const alpha = bits === 4 ? 0.673 : bits === 5 ? 0.697 : bits === 6 ? 0.709 : 0.7213 / (1 + 1.079 / count);
  return alpha * count * count;
}

/** Registers of the slots touched in one call, each copied once: what the buffer held may be shared. */
class TouchedRegisters {
  readonly #buffer: GrowableColumn;
  readonly #touched = new Map<number, Uint8Array>();
  readonly #count: number;

  constructor(buffer: GrowableColumn, bits: number) {
    this.#buffer = buffer;
    this.#count = 2 ** bits;
  }

  of(slot: number): Uint8Array {
    const known = this.#touched.get(slot);
    if (known !== undefined) return known;
    const registers = new Uint8Array(this.#count);
    const kept = this.#buffer.get(slot);
    if (kept instanceof Uint8Array) registers.set(kept);
    this.#touched.set(slot, registers);
    return registers;
  }

  store(): void {
    for (const [slot, registers] of this.#touched) this.#buffer.set(slot, registers);
  }
}

function addHash(registers: Uint8Array, hash: bigint, bits: number): void {
  const index = Number(hash >> BigInt(64 - bits));
  const rest = BigInt.asUintN(64, (hash << BigInt(bits)) | (1n << BigInt(bits - 1)));
  const high = Number(rest >> 32n);
  const rank = (high === 0 ? 32 + Math.clz32(Number(rest & 0xffffffffn)) : Math.clz32(high)) + 1;
  if (rank > (registers[index] as number)) registers[index] = rank;
}

function estimate(registers: Uint8Array, bits: number): bigint {
  const count = registers.length;
  let inverse = 0;
  let empty = 0;
  for (const rank of registers) {
    inverse += 2 ** -rank;
    if (rank === 0) empty++;
  }
  const raw = alphaSquared(bits) / inverse;
  const measured = hyperLogLogBias(bits);
  const corrected = measured !== undefined && raw < 5 * count ? raw - biasOf(raw, measured) : raw;
  if (empty === 0) return BigInt(Math.round(corrected));
  const linear = count * Math.log(count / empty);
  const isFew = (measured !== undefined && linear <= measured.threshold) || raw <= 2.5 * count;
  return BigInt(Math.round(isFew ? linear : corrected));
}

/** The mean bias of the nearest measured estimates. */
function biasOf(raw: number, { estimates, biases }: MeasuredBias): number {
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

/** The registers a call asks for by its error. */
function bitsOfCall(args: readonly Argument[]): number {
  const wanted = args[1];
  if (wanted === undefined) return bitsOf(DEFAULT_ERROR);
  const { literal, dataType } = wanted;
  const error = dataType.kind === 'decimal' ? Number(decimalText(literal as bigint, dataType.scale)) : Number(literal);
  const bits = bitsOf(error);
  if (!(bits >= MIN_BITS) || bits > MAX_BITS)
    throw new MillraceError('FAILED_FUNCTION_CALL', { funcName: '`approx_count_distinct`' });
  return bits;
}

export const APPROXIMATE: readonly AggregateFunction[] = [
  defineAggregate({
    name: 'approx_count_distinct',
    doc: {
      usage: 'About how many different values there are, within 5 % or the given error.',
      example: 'approx_count_distinct(5)',
      result: '1',
    },
    resolve: (args) => {
      checkArgumentCount('approx_count_distinct', args, 1, 2);
      const type: DataType = present(args[0], 'one argument').dataType;
      const bits = bitsOfCall(args);
      return {
        argumentTypes: args.map((arg) => arg.dataType),
        returnType: LONG,
        nullable: false,
        bufferTypes: [BINARY],
        initialize: ([buffer], slot) => buffer?.set(slot, new Uint8Array(2 ** bits)),
        update: ([buffer], slots, [column], numRows) => {
          const touched = new TouchedRegisters(present(buffer, 'one buffer'), bits);
          const values = present(column, 'one column');
          for (let i = 0; i < numRows; i++) {
            const value = valueAt(values, i);
            if (value !== null) addHash(touched.of(slots[i] as number), xxHash64(type, value, SEED), bits);
          }
          touched.store();
        },
        merge: ([buffer], slots, [partial], numRows) => {
          const touched = new TouchedRegisters(present(buffer, 'one buffer'), bits);
          const values = present(partial, 'one column');
          for (let i = 0; i < numRows; i++) {
            const added = valueAt(values, i);
            if (!(added instanceof Uint8Array)) continue;
            const registers = touched.of(slots[i] as number);
            for (let r = 0; r < registers.length; r++)
              registers[r] = Math.max(registers[r] as number, added[r] as number);
          }
          touched.store();
        },
        result: ([buffer], slots, count) => {
          const values = new BigInt64Array(count);
          for (let i = 0; i < count; i++) {
            const registers = buffer?.get(slots[i] as number);
            values[i] = registers instanceof Uint8Array ? estimate(registers, bits) : 0n;
          }
          return { layout: 'long', type: LONG, length: count, values, validity: undefined };
        },
      };
    },
  }),
];
