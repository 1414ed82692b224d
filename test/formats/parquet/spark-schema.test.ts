/** The columns a footer means to Spark, where no golden file has them. */
import { expect, test } from 'vitest';
import type { FileMetadata, SchemaElement } from '../../../src/formats/parquet/parquet-metadata.ts';
import { sparkSchema } from '../../../src/formats/parquet/spark-schema.ts';
import { simpleName } from '../../../src/types/data-type.ts';

function footer(
  elements: readonly Partial<SchemaElement>[],
  keyValues: readonly (readonly [string, string])[] = [],
): FileMetadata {
  const schema = [{ name: 'root', numChildren: elements.length }, ...elements].map((element, i): SchemaElement => ({
    name: `c${i - 1}`,
    physicalType: undefined,
    typeLength: 0,
    repetition: 'optional',
    numChildren: 0,
    logicalType: undefined,
    ...element,
  }));
  return { schema, numRows: 0, rowGroups: [], keyValues: new Map(keyValues), createdBy: '' };
}

test('columns without Spark’s own schema have the types Spark gives them', () => {
  const schema = sparkSchema(
    footer([
      { physicalType: 'INT64', logicalType: { kind: 'timestamp', unit: 'nanos', isUtc: true } },
      { physicalType: 'FIXED_LEN_BYTE_ARRAY', typeLength: 16, logicalType: { kind: 'uuid' } },
      { physicalType: 'BYTE_ARRAY', logicalType: { kind: 'json' } },
      { physicalType: 'INT64', logicalType: { kind: 'integer', bits: 64, isSigned: false } },
      { physicalType: 'INT32', repetition: 'repeated' },
    ]),
  );
  expect(simpleName(schema)).toBe('struct<c0:timestamp,c1:binary,c2:string,c3:decimal(20,0),c4:array<int>>');
});

test('a schema of Spark that cannot be read counts as absent', () => {
  const key = 'org.apache.spark.sql.parquet.row.metadata';
  for (const text of ['{', '"int"', '{"type":"struct","fields":[{"name":"a","type":"geometry"}]}'])
    expect(simpleName(sparkSchema(footer([{ physicalType: 'BOOLEAN' }], [[key, text]])))).toBe('struct<c0:boolean>');
});

test.each<Partial<SchemaElement>>([
  { physicalType: 'INT32', logicalType: { kind: 'time', unit: 'millis', isUtc: true } },
  { physicalType: 'INT64', logicalType: { kind: 'time', unit: 'micros', isUtc: true } },
  { physicalType: 'INT32', logicalType: { kind: 'decimal', precision: 12, scale: 2 } },
])('a column of $physicalType as $logicalType.kind has no type in Spark', (element) => {
  expect(() => sparkSchema(footer([element]))).toThrow(
    expect.objectContaining({ condition: 'PARQUET_TYPE_NOT_SUPPORTED' }),
  );
});
