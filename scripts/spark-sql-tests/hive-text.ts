/** Rows as Spark's tests write them: Hive's text form, cells parted by tabs. */
import type { DataType } from '../../src/types/data-type.ts';
import type { ColumnBatch } from '../../src/types/column-batch.ts';
import type { Value } from '../../src/types/vector.ts';
import { ansiIntervalText } from '../../src/types/interval-text.ts';
import { Decimal } from '../../src/types/decimal.ts';
import { plainText } from '../../src/types/value-text.ts';
import { valueAt } from '../../src/types/vector.ts';

type Items = readonly (Value | null)[];

/** How the values are written. */
export interface HiveStyle {
  readonly timeZone: string;
  /** `spark.sql.binaryOutputStyle`. */
  readonly binary: string;
}

/** The rows of a batch, a text each. */
export function hiveRows({ schema, columns, numRows }: ColumnBatch, style: HiveStyle): string[] {
  const rows: string[] = [];
  for (let row = 0; row < numRows; row++) {
    const cells = columns.map((column, i) => {
      const type = schema.fields[i]?.dataType ?? column.type;
      return hiveText(valueAt(column, row), type, style, false);
    });
    rows.push(cells.join('\t'));
  }
  return rows;
}

function hiveText(value: Value | null, type: DataType, style: HiveStyle, isNested: boolean): string {
  if (value === null) return isNested ? 'null' : 'NULL';
  const nested = (item: Value | null | undefined, itemType: DataType): string =>
    hiveText(item ?? null, itemType, style, true);
  switch (type.kind) {
    case 'string':
      return isNested ? `"${value as string}"` : (value as string);
    case 'binary':
      return binaryText(value as Uint8Array, style.binary);
    case 'decimal':
      return plainDecimal(value as bigint, type.scale);
    case 'year_month_interval':
      return monthsText(Number(value));
    case 'day_time_interval':
      return microsText(value as bigint);
    case 'array':
      return `[${(value as Items).map((item) => nested(item, type.elementType)).join(',')}]`;
    case 'map': {
      const entries = (value as readonly Items[]).map(
        ([key, item]) => `${nested(key, type.keyType)}:${nested(item, type.valueType)}`,
      );
      return `{${entries.toSorted().join(',')}}`;
    }
    case 'struct': {
      const fields = type.fields.map(({ name, dataType }, i) => `"${name}":${nested((value as Items)[i], dataType)}`);
      return `{${fields.join(',')}}`;
    }
    default:
      return plainText(value, type, style.timeZone);
  }
}

/** Never with an exponent. */
function plainDecimal(unscaled: bigint, scale: number): string {
  const text = new Decimal(unscaled < 0n ? -unscaled : unscaled, 0).toString().padStart(scale + 1, '0');
  const point = text.length - scale;
  return `${unscaled < 0n ? '-' : ''}${text.slice(0, point)}${scale > 0 ? `.${text.slice(point)}` : ''}`;
}

function monthsText(months: number): string {
  const size = Math.abs(months);
  return `${months < 0 ? '-' : ''}${Math.trunc(size / 12)}-${size % 12}`;
}

/** `1 02:03:04.005000000`. */
function microsText(micros: bigint): string {
  const literal = ansiIntervalText(micros, { kind: 'day_time_interval', startField: 0, endField: 3 });
  const [, digits = ''] = literal.split("'");
  const [whole = '', fraction = ''] = digits.split('.');
  return `${whole}.${fraction.padEnd(9, '0')}`;
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

function binaryText(bytes: Uint8Array, style: string): string {
  const hex = Buffer.from(bytes).toString('hex').toUpperCase();
  switch (style.toUpperCase()) {
    case 'HEX':
      return hex;
    case 'HEX_DISCRETE':
      return `[${hex.match(/../g)?.join(' ') ?? ''}]`;
    case 'BASE64':
      return Buffer.from(bytes).toString('base64').replaceAll('=', '');
    case 'BASIC':
      return `[${[...new Int8Array(bytes)].join(', ')}]`;
    default:
      return decoder.decode(bytes);
  }
}
