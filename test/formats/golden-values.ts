/** Values in the notation of make-goldens.py, so that decoded batches compare with Spark's rows. */
import type { ColumnBatch } from '../../src/types/column-batch.ts';
import type { DataType } from '../../src/types/data-type.ts';
import type { Value } from '../../src/types/vector.ts';
import { Buffer } from 'node:buffer';
import { valueAt } from '../../src/types/vector.ts';

/** A reader's case: input, options and Spark's answer. */
export interface ReadCase {
  readonly name: string;
  readonly schema?: string;
  readonly input: string | { readonly base64: string };
  readonly options?: Readonly<Record<string, string>>;
  readonly columns?: readonly string[];
  readonly inferred?: string;
  readonly rows?: readonly (readonly unknown[])[];
  readonly error?: readonly string[];
}

export function inputBytes(input: ReadCase['input']): Uint8Array {
  return typeof input === 'string'
    ? new TextEncoder().encode(input)
    : new Uint8Array(Buffer.from(input.base64, 'base64'));
}

export function goldenRows(batches: readonly ColumnBatch[]): unknown[][] {
  return batches.flatMap((batch) =>
    Array.from({ length: batch.numRows }, (_, row) =>
      batch.schema.fields.map((field, i) => {
        const column = batch.columns[i];
        return column === undefined ? undefined : goldenValue(valueAt(column, row), field.dataType);
      }),
    ),
  );
}

export function goldenValue(value: Value | null, type: DataType): unknown {
  if (value === null) return null;
  const list = value as readonly (Value | null)[];
  switch (type.kind) {
    case 'float':
    case 'double':
      return Number.isFinite(value as number) ? value : String(value);
    case 'decimal':
      return decimalText(value as bigint, type.scale);
    case 'binary':
      return Buffer.from(value as Uint8Array).toString('base64');
    case 'struct':
      return type.fields.map((field, i) => goldenValue(list[i] ?? null, field.dataType));
    case 'array':
      return list.map((item) => goldenValue(item, type.elementType));
    case 'map':
      return list.map((entry) => {
        const [key = null, item = null] = entry as readonly (Value | null)[];
        return [goldenValue(key, type.keyType), goldenValue(item, type.valueType)];
      });
    default:
      return typeof value === 'bigint' ? String(value) : value;
  }
}

function decimalText(unscaled: bigint, scale: number): string {
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, '0');
  const sign = unscaled < 0n ? '-' : '';
  return scale === 0 ? sign + digits : `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

/** Options as formats take them: by lower-case name. */
export function optionMap(options: Readonly<Record<string, string>> = {}): ReadonlyMap<string, string> {
  return new Map(Object.entries(options).map(([name, value]) => [name.toLowerCase(), value]));
}
