/** explode, posexplode, inline, stack and json_tuple: functions that make rows. Each with its `_outer` twin where Spark has one. */
import type { DataType } from '../types/data-type.ts';
import type { Value } from '../types/vector.ts';
import type { Argument } from './define-function.ts';
import type { GeneratedColumn, GeneratorFunction, GeneratorSignature } from './define-generator.ts';
import type { JsonNode } from './json-tree.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { present } from '../errors/assert.ts';
import { INTEGER, STRING, VOID, sameType } from '../types/data-type.ts';
import { checkArgumentCount, notConstant, quotedCall, quotedType, unexpectedType } from './argument-check.ts';
import { generateByRow } from './generated-rows.ts';
import { parseJsonTree } from './json-tree.ts';
import { jsonText } from './json-value.ts';

type Resolve = (name: string, isOuter: boolean) => (args: readonly Argument[]) => GeneratorSignature;
type Items = readonly (Value | null)[];

const POSITION: GeneratedColumn = { name: 'pos', dataType: INTEGER, nullable: false };

/** The columns of an array's elements or a map's entries. */
function elementColumns(name: string, args: readonly Argument[]): GeneratedColumn[] {
  const type = present(args[0], 'an argument').dataType;
  if (type.kind === 'array') return [{ name: 'col', dataType: type.elementType, nullable: type.containsNull }];
  if (type.kind !== 'map') throw unexpectedType(name, args, 0, '("ARRAY" or "MAP")');
  return [
    { name: 'key', dataType: type.keyType, nullable: false },
    { name: 'value', dataType: type.valueType, nullable: type.valueContainsNull },
  ];
}

const explode: Resolve = (name, isOuter) => (args) => {
  checkArgumentCount(name, args, 1, 1);
  const output = nullableWhen(isOuter, elementColumns(name, args));
  const isMap = output.length === 2;
  const generate = generateByRow(output, ([items], add) => {
    for (const item of (items ?? []) as Items) {
      if (isMap) add(...(item as Items));
      else add(item);
    }
  });
  return { argumentTypes: args.map((arg) => arg.dataType), output, generate };
};

const posexplode: Resolve = (name, isOuter) => (args) => {
  checkArgumentCount(name, args, 1, 1);
  const output = nullableWhen(isOuter, [POSITION, ...elementColumns(name, args)]);
  const isMap = output.length === 3;
  const generate = generateByRow(output, ([items], add) => {
    for (const [position, item] of ((items ?? []) as Items).entries()) {
      if (isMap) add(position, ...(item as Items));
      else add(position, item);
    }
  });
  return { argumentTypes: args.map((arg) => arg.dataType), output, generate };
};

const inline: Resolve = (name, isOuter) => (args) => {
  checkArgumentCount(name, args, 1, 1);
  const type = present(args[0], 'an argument').dataType;
  if (type.kind !== 'array' || type.elementType.kind !== 'struct')
    throw unexpectedType(name, args, 0, '"ARRAY<STRUCT>"');
  const output = nullableWhen(isOuter || type.containsNull, type.elementType.fields);
  const generate = generateByRow(output, ([items], add) => {
    for (const item of (items ?? []) as Items) add(...((item ?? []) as Items));
  });
  return { argumentTypes: [type], output, generate };
};

const stack: Resolve = (name) => (args) => {
  checkArgumentCount(name, args, 2, Infinity);
  const numRows = rowCount(name, args);
  const values = args.slice(1);
  const numColumns = Math.ceil(values.length / numRows);
  const output = Array.from({ length: numColumns }, (_, column): GeneratedColumn => {
    const dataType = stackedType(name, args, { numColumns, column });
    return { name: `col${column}`, dataType, nullable: true };
  });
  const generate = generateByRow(output, (row, add) => {
    for (let from = 1; from < 1 + numRows * numColumns; from += numColumns) add(...row.slice(from, from + numColumns));
  });
  const types = values.map((_, i) => present(output[i % numColumns], 'a column per value').dataType);
  return { argumentTypes: [INTEGER, ...types], output, generate };
};

function rowCount(name: string, args: readonly Argument[]): number {
  const count = present(args[0], 'a number of rows');
  if (count.dataType.kind !== 'integer') throw unexpectedType(name, args, 0, '"INT"');
  if (typeof count.literal !== 'number') {
    throw notConstant(name, args, 0, { parameter: 'n', type: '"INT"' });
  }
  if (count.literal > 0) return count.literal;
  throw new MillraceError('DATATYPE_MISMATCH.VALUE_OUT_OF_RANGE', {
    sqlExpr: quotedCall(name, args),
    exprName: '`n`',
    valueRange: '(0, 2147483647]',
    currentValue: String(count.literal),
  });
}

/** The type of a column of stack: that of its values, nulls aside; they may not differ. */
function stackedType(
  name: string,
  args: readonly Argument[],
  { numColumns, column }: { readonly numColumns: number; readonly column: number },
): DataType {
  let first: number | undefined;
  for (let i = 1 + column; i < args.length; i += numColumns) {
    const type = present(args[i], 'a value').dataType;
    if (type.kind === 'void') continue;
    first ??= i;
    const firstType = present(args[first], 'a value').dataType;
    if (sameType(firstType, type)) continue;
    throw new MillraceError('DATATYPE_MISMATCH.STACK_COLUMN_DIFF_TYPES', {
      sqlExpr: quotedCall(name, args),
      columnIndex: String(column),
      leftParamIndex: String(first),
      leftType: quotedType(firstType),
      rightParamIndex: String(i),
      rightType: quotedType(type),
      // Spark's text has a sign of inequality where other texts have a parameter.
      '': '<>',
    });
  }
  return first === undefined ? VOID : present(args[first], 'a value').dataType;
}

const jsonTuple: Resolve = (name) => (args) => {
  checkArgumentCount(name, args, 2, Infinity);
  if (args.some(({ dataType }) => dataType.kind !== 'string'))
    throw new MillraceError('DATATYPE_MISMATCH.NON_STRING_TYPE', {
      sqlExpr: quotedCall(name, args),
      funcName: `\`${name}\``,
    });
  const output = args.slice(1).map((_, i): GeneratedColumn => ({ name: `c${i}`, dataType: STRING, nullable: true }));
  const generate = generateByRow(output, ([text, ...names], add) => {
    const tree = typeof text === 'string' ? parseJsonTree(text) : undefined;
    add(...names.map((field) => (typeof field === 'string' ? fieldText(tree, field) : null)));
  });
  return { argumentTypes: args.map(() => STRING), output, generate };
};

/** The last value of a field that is not null. */
function fieldText(tree: JsonNode | undefined, name: string): string | null {
  if (tree?.kind !== 'object') return null;
  const value = tree.entries.findLast((entry) => entry.name === name && entry.value.kind !== 'null')?.value;
  if (value === undefined) return null;
  return value.kind === 'string' ? value.text : jsonText(value, true);
}

function nullableWhen(isNullable: boolean, columns: readonly GeneratedColumn[]): GeneratedColumn[] {
  return columns.map((column) => (isNullable ? { ...column, nullable: true } : column));
}

interface Definition {
  readonly name: string;
  readonly resolve: Resolve;
  readonly usage: string;
  readonly example: string;
  readonly result: string;
  readonly hasOuter: boolean;
}

const DEFINITIONS: readonly Definition[] = [
  {
    name: 'explode',
    resolve: explode,
    usage: 'A row per element of an array (column col) or per entry of a map (columns key and value).',
    example: 'explode(array(10))',
    result: '10',
    hasOuter: true,
  },
  {
    name: 'posexplode',
    resolve: posexplode,
    usage: 'As explode, with the position from 0 as column pos before it.',
    example: 'posexplode(array(10))',
    result: '0 10',
    hasOuter: true,
  },
  {
    name: 'inline',
    resolve: inline,
    usage: 'A row per struct of an array, its fields as columns.',
    example: "inline(array(struct(1, 'a')))",
    result: '1 a',
    hasOuter: true,
  },
  {
    name: 'stack',
    resolve: stack,
    usage: 'Lays its arguments out in so many rows.',
    example: "stack(1, 2, 'a')",
    result: '2 a',
    hasOuter: false,
  },
  {
    name: 'json_tuple',
    resolve: jsonTuple,
    usage: 'Fields of a JSON object as text, a column each.',
    example: `json_tuple('{"a":1,"b":[2]}', 'a', 'b')`,
    result: '1 [2]',
    hasOuter: false,
  },
];

export const GENERATORS: readonly GeneratorFunction[] = DEFINITIONS.flatMap(
  ({ name, resolve, usage, example, result, hasOuter }) => {
    const plain = { name, doc: { usage, example, result }, isOuter: false, resolve: resolve(name, false) };
    if (!hasOuter) return [plain];
    const outer = `${name}_outer`;
    const doc = {
      usage: `As ${name}, but where there is nothing one row with nulls.`,
      example: example.replace(name, outer),
      result,
    };
    return [plain, { name: outer, doc, isOuter: true, resolve: resolve(outer, true) }];
  },
);
