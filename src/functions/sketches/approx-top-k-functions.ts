/** approx_top_k and its parts: the most frequent values with their counts, by a sketch that can be stored, combined and asked later. */
import type { DataType } from '../../types/data-type.ts';
import type { Value } from '../../types/vector.ts';
import type { AggregateFunction, Argument, ScalarFunction } from '../define-function.ts';
import { MillraceError } from '../../errors/millrace-error.ts';
import { present } from '../../errors/assert.ts';
import { BINARY, INTEGER, LONG, STRING, array, field, simpleName, sqlName, struct } from '../../types/data-type.ts';
import { parseSchema } from '../../types/schema.ts';
import { checkArgumentCount, quotedCall, unexpectedType } from '../argument-check.ts';
import { defineAggregate, defineScalar } from '../define-function.ts';
import { implicitCast } from '../type-rules.ts';
import { FrequentItems, tableSizeOf } from './frequent-items.ts';
import { type SketchAggregate, sketchSignature } from './sketch-aggregate.ts';

const DEFAULT_K = 5;
const DEFAULT_MAX_ITEMS = 10_000;
const MAX_ITEMS_LIMIT = 1_000_000;
const NULL_COUNT_BYTES = 8;
const COUNTED = 'boolean byte short integer long float double date timestamp timestamp_ntz string decimal'.split(' ');

/** The values counted, and the rows without one. */
interface Counted {
  readonly items: FrequentItems;
  nullCount: bigint;
}

function topType(item: DataType): DataType {
  return array(struct([field('item', item), field('count', LONG, false)]), false);
}

function stateType(item: DataType): DataType {
  return struct([
    field('sketch', BINARY, false),
    field('maxItemsTracked', INTEGER, false),
    field('itemDataType', item),
    field('itemDataTypeDDL', STRING, false),
  ]);
}

/** A positive constant; `missing` where it is not written. */
function constantOf(name: string, args: readonly Argument[], index: number, what: string, missing: number): number {
  const arg = args[index];
  if (arg === undefined) return missing;
  if (implicitCast(arg.dataType, INTEGER) === undefined) throw unexpectedType(name, args, index, '"INT"');
  if (arg.literal === undefined)
    throw new MillraceError('DATATYPE_MISMATCH.TYPE_CHECK_FAILURE_WITH_HINT', {
      sqlExpr: quotedCall(name, args),
      msg: what === 'k' ? 'K must be a constant literal' : 'Number of items tracked must be a constant literal',
      hint: '',
    });
  if (arg.literal === null) throw new MillraceError('APPROX_TOP_K_NULL_ARG', { argName: `\`${what}\`` });
  const value = Number(arg.literal);
  if (what === 'maxItemsTracked' && value > MAX_ITEMS_LIMIT)
    throw new MillraceError('APPROX_TOP_K_MAX_ITEMS_TRACKED_EXCEEDS_LIMIT', {
      maxItemsTracked: String(value),
      limit: String(MAX_ITEMS_LIMIT),
    });
  if (value <= 0)
    throw new MillraceError('APPROX_TOP_K_NON_POSITIVE_ARG', { argName: `\`${what}\``, argValue: String(value) });
  return value;
}

function checkAtLeast(maxItems: number, k: number): void {
  if (maxItems >= k) return;
  throw new MillraceError('APPROX_TOP_K_MAX_ITEMS_TRACKED_LESS_THAN_K', {
    maxItemsTracked: String(maxItems),
    k: String(k),
  });
}

function countedType(name: string, args: readonly Argument[]): DataType {
  const type = present(args[0], 'a value').dataType;
  if (COUNTED.includes(type.kind)) return type;
  throw new MillraceError('DATATYPE_MISMATCH.TYPE_CHECK_FAILURE_WITH_HINT', {
    sqlExpr: quotedCall(name, args),
    msg: `${simpleName(type)} columns are not supported`,
    hint: '',
  });
}

/** The first `k` by count, the rows without a value among them. */
function topOf({ items, nullCount }: Counted, k: number): Value {
  const frequent: (readonly (Value | null)[])[] = items.frequentItems().map(({ item, count }) => [item, count]);
  if (nullCount > 0n) {
    const before = frequent.findIndex(([, count]) => nullCount > (count as bigint));
    frequent.splice(before < 0 ? frequent.length : before, 0, [null, nullCount]);
  }
  return frequent.slice(0, k);
}

/** The bytes of a sketch, and behind them the number of rows without a value. */
function countedBytes({ items, nullCount }: Counted): Uint8Array {
  const sketch = items.toBytes();
  const bytes = new Uint8Array(sketch.length + NULL_COUNT_BYTES);
  bytes.set(sketch);
  new DataView(bytes.buffer).setBigInt64(sketch.length, nullCount);
  return bytes;
}

function readCounted(bytes: Uint8Array, type: DataType): Counted {
  const length = bytes.length - NULL_COUNT_BYTES;
  const nullCount = new DataView(bytes.buffer, bytes.byteOffset + length).getBigInt64(0);
  return { items: FrequentItems.fromBytes(bytes.subarray(0, length), type), nullCount };
}

function emptyCounted(type: DataType, maxItems: number): Counted {
  return { items: new FrequentItems(type, tableSizeOf(maxItems)), nullCount: 0n };
}

function countValue(counted: Counted, item: Value | null): Counted {
  if (item === null) counted.nullCount += 1n;
  else counted.items.add(item);
  return counted;
}

function mergeCounted(counted: Counted, other: Counted): Counted {
  counted.items.merge(other.items);
  counted.nullCount += other.nullCount;
  return counted;
}

/** What a sketch is after it went from one stage of the aggregation to the next: the order of equal counts depends on it. */
function moved(items: FrequentItems, type: DataType, maxItems: number): FrequentItems {
  const target = new FrequentItems(type, tableSizeOf(maxItems));
  target.merge(FrequentItems.fromBytes(items.toBytes(), type));
  return target;
}

/** How values of a type are counted by a sketch of this size. */
function counting(type: DataType, maxItems: number): CountingPart {
  return {
    countsNulls: true,
    make: () => emptyCounted(type, maxItems),
    write: countedBytes,
    read: (bytes) => readCounted(bytes, type),
    update: (counted, [item = null]) => countValue(counted, item),
    merge: mergeCounted,
  };
}

type CountingPart = Omit<SketchAggregate<Counted>, 'argumentTypes' | 'returnType' | 'nullable' | 'result'>;

const approxTopK = defineAggregate({
  name: 'approx_top_k',
  doc: {
    usage: 'The most frequent values, 5 or as many as the second argument says, each with about how often it occurs.',
    example: "approx_top_k(c, 2) FROM VALUES ('a'), ('b'), ('c'), ('c'), ('c'), ('c'), ('d'), ('d') AS t(c)",
    result: '[{c, 4}, {d, 2}]',
  },
  resolve: (args) => {
    checkArgumentCount('approx_top_k', args, 1, 3);
    const type = countedType('approx_top_k', args);
    const k = constantOf('approx_top_k', args, 1, 'k', DEFAULT_K);
    const maxItems = constantOf('approx_top_k', args, 2, 'maxItemsTracked', DEFAULT_MAX_ITEMS);
    checkAtLeast(maxItems, k);
    return sketchSignature<Counted>({
      argumentTypes: [type, INTEGER, INTEGER].slice(0, args.length),
      returnType: topType(type),
      nullable: false,
      ...counting(type, maxItems),
      result: ({ items, nullCount }) => topOf({ items: moved(items, type, maxItems), nullCount }, k),
    });
  },
});

/** A column of a type as DDL. */
function ddlOf(type: DataType): string {
  return type.kind === 'string' ? 'item string not null' : `item ${sqlName(type)} NOT NULL`;
}

const accumulate = defineAggregate({
  name: 'approx_top_k_accumulate',
  doc: {
    usage: 'A sketch of the most frequent values, for approx_top_k_combine and approx_top_k_estimate.',
    example: 'approx_top_k_estimate(approx_top_k_accumulate(c), 2) FROM VALUES (0), (0), (1), (1), (1), (2) AS t(c)',
    result: '[{1, 3}, {0, 2}]',
  },
  resolve: (args) => {
    checkArgumentCount('approx_top_k_accumulate', args, 1, 2);
    const type = countedType('approx_top_k_accumulate', args);
    const maxItems = constantOf('approx_top_k_accumulate', args, 1, 'maxItemsTracked', DEFAULT_MAX_ITEMS);
    return sketchSignature<Counted>({
      argumentTypes: [type, INTEGER].slice(0, args.length),
      returnType: stateType(type),
      nullable: false,
      ...counting(type, maxItems),
      result: ({ items, nullCount }) => [
        countedBytes({ items: moved(items, type, maxItems), nullCount }),
        maxItems,
        null,
        ddlOf(type),
      ],
    });
  },
});

/** The type of the values of a state struct. */
function itemTypeOf(name: string, args: readonly Argument[]): DataType {
  const state = present(args[0], 'a state').dataType;
  const fail = (msg: string): MillraceError =>
    new MillraceError('DATATYPE_MISMATCH.TYPE_CHECK_FAILURE_WITH_HINT', {
      sqlExpr: quotedCall(name, args),
      msg,
      hint: '',
    });
  if (state.kind !== 'struct') throw unexpectedType(name, args, 0, '"STRUCT"');
  if (state.fields.length !== 4)
    throw fail(
      'State must be a struct with 4 fields. Expected struct: ' +
        `struct<sketch:binary,maxItemsTracked:int,itemDataType:any,itemDataTypeDDL:string>. Got: ${simpleName(state)}`,
    );
  const [sketch, maxItems, item, ddl] = state.fields.map(({ dataType }) => dataType);
  const got = (type: DataType | undefined): string => `Got: ${type === undefined ? '' : simpleName(type)}`;
  if (sketch?.kind !== 'binary') throw fail(`State struct must have the first field to be binary. ${got(sketch)}`);
  if (maxItems?.kind !== 'integer') throw fail(`State struct must have the second field to be int. ${got(maxItems)}`);
  if (item === undefined || !COUNTED.includes(item.kind))
    throw fail(`State struct must have the third field to be a supported data type. ${got(item)}`);
  if (ddl?.kind !== 'string') throw fail(`State struct must have the fourth field to be string. ${got(ddl)}`);
  return item;
}

interface Combined {
  items: Counted | undefined;
  maxItems: number;
  type: DataType;
}

const combine = defineAggregate({
  name: 'approx_top_k_combine',
  doc: {
    usage: 'One sketch of the most frequent values of all sketches, which are of the same size unless one is given.',
    example:
      "approx_top_k_estimate(approx_top_k_combine(c)) FROM VALUES (named_struct('sketch', X'01010A0E030400000000000000000000', 'maxItemsTracked', 10, 'itemDataType', CAST(NULL AS INT), 'itemDataTypeDDL', 'item INT NOT NULL')) AS t(c)",
    result: '[]',
  },
  resolve: (args) => {
    checkArgumentCount('approx_top_k_combine', args, 1, 2);
    const type = itemTypeOf('approx_top_k_combine', args);
    const wanted = args.length === 2 ? constantOf('approx_top_k_combine', args, 1, 'maxItemsTracked', 0) : undefined;
    const join = (into: Combined, from: Combined): Combined => {
      if (from.items === undefined) return into;
      if (into.items !== undefined && wanted === undefined && into.maxItems !== from.maxItems)
        throw new MillraceError('APPROX_TOP_K_SKETCH_SIZE_NOT_MATCH', {
          size1: String(into.maxItems),
          size2: String(from.maxItems),
        });
      if (into.items !== undefined && simpleName(into.type) !== simpleName(from.type))
        throw new MillraceError('APPROX_TOP_K_SKETCH_TYPE_NOT_MATCH', {
          type1: `"${sqlName(into.type)}"`,
          type2: `"${sqlName(from.type)}"`,
        });
      const items = into.items ?? emptyCounted(from.type, wanted ?? MAX_ITEMS_LIMIT);
      mergeCounted(items, from.items);
      return { items, maxItems: wanted ?? from.maxItems, type: from.type };
    };
    const make = (): Combined => ({ items: undefined, maxItems: wanted ?? DEFAULT_MAX_ITEMS, type });
    const stateOf = ([sketch, maxItems, , ddl]: readonly (Value | null)[]): Combined => {
      const itemType = present(parseSchema(String(ddl)).fields[0], 'a column').dataType;
      return {
        items: readCounted(sketch as Uint8Array, itemType),
        maxItems: Number(maxItems),
        type: itemType,
      };
    };
    const encoder = new TextEncoder();
    return sketchSignature<Combined>({
      argumentTypes: [present(args[0], 'a state').dataType, INTEGER].slice(0, args.length),
      returnType: stateType(type),
      nullable: false,
      make,
      write: ({ items, maxItems, type: itemType }) => {
        const ddl = encoder.encode(ddlOf(itemType));
        const sketch = items === undefined ? new Uint8Array(0) : countedBytes(items);
        const bytes = new Uint8Array(8 + ddl.length + sketch.length);
        const view = new DataView(bytes.buffer);
        view.setInt32(0, maxItems);
        view.setInt32(4, ddl.length);
        bytes.set(ddl, 8);
        bytes.set(sketch, 8 + ddl.length);
        return bytes;
      },
      read: (bytes) => {
        const view = new DataView(bytes.buffer, bytes.byteOffset);
        const end = 8 + view.getInt32(4);
        if (end === bytes.length) return make();
        const ddl = new TextDecoder().decode(bytes.subarray(8, end));
        return stateOf([bytes.subarray(end), view.getInt32(0), null, ddl]);
      },
      update: (into, [state]) => join(into, stateOf(state as readonly (Value | null)[])),
      merge: join,
      result: ({ items, maxItems, type: itemType }) => [
        countedBytes(items ?? emptyCounted(itemType, maxItems)),
        maxItems,
        null,
        ddlOf(itemType),
      ],
    });
  },
});

export const TOP_K_AGGREGATES: readonly AggregateFunction[] = [approxTopK, accumulate, combine];

export const TOP_K_SCALARS: readonly ScalarFunction[] = [
  defineScalar({
    name: 'approx_top_k_estimate',
    doc: {
      usage:
        'The most frequent values of a sketch of approx_top_k_accumulate, 5 or as many as the second argument says.',
      example: 'approx_top_k_estimate(approx_top_k_accumulate(c, 100), 1) FROM VALUES (0), (1), (1) AS t(c)',
      result: '[{1, 2}]',
    },
    resolve: (args) => {
      checkArgumentCount('approx_top_k_estimate', args, 1, 2);
      const type = itemTypeOf('approx_top_k_estimate', args);
      const k = constantOf('approx_top_k_estimate', args, 1, 'k', DEFAULT_K);
      return {
        argumentTypes: [present(args[0], 'a state').dataType, INTEGER].slice(0, args.length),
        returnType: topType(type),
        nullable: true,
        evaluator: {
          kind: 'row',
          nulls: 'propagate',
          apply: ([state]) => {
            const [sketch, maxItems] = state as readonly (Value | null)[];
            checkAtLeast(Number(maxItems), k);
            return topOf(readCounted(sketch as Uint8Array, type), k);
          },
        },
      };
    },
  }),
];
