/** What names and expressions of a query come to mean, and what is refused. */
import { describe, expect, it } from 'vitest';
import { functions as F } from '../../src/index.ts';
import type { DataFrame } from '../../src/index.ts';
import { createTestSession } from '../../src/testing/index.ts';
import { toDdl } from '../../src/types/schema.ts';
import { refused } from './condition-of.ts';

const session = createTestSession();
const SCHEMA = 'id INT, name STRING, at TIMESTAMP, place STRUCT<city: STRING>, tags MAP<STRING, INT>';
const table = session.createDataFrame([], SCHEMA);

function ddl(frame: DataFrame): string {
  return toDdl(frame.schema);
}

describe('names', () => {
  it('ignore letter case and come out as written in the query', () => {
    expect(table.select(F.col('ID'), F.col('Name')).columns).toEqual(['ID', 'Name']);
  });

  it('may be paths into structs and keys of maps', () => {
    expect(ddl(table.select('place.city', 'tags.a'))).toBe('city STRING,a INT');
  });

  it('may be qualified by the alias of a relation', () => {
    expect(table.alias('t').select('t.id').columns).toEqual(['id']);
    expect(refused(() => table.alias('t').select('u.id')).condition).toBe('UNRESOLVED_COLUMN.WITH_SUGGESTION');
  });

  it('that no column has are refused with the nearest ones', () => {
    const error = refused(() => table.select(F.col('nme')));
    expect(error.parameters).toMatchObject({ objectName: '`nme`' });
    expect(String(error.parameters['proposal'])).toMatch(/^`name`/);
  });

  it('that two columns have are ambiguous', () => {
    const twice = table.select(F.col('id'), F.col('name').as('id'));
    expect(refused(() => twice.select('id')).condition).toBe('AMBIGUOUS_REFERENCE');
  });

  it('of fields a struct has not are refused', () => {
    expect(refused(() => table.select('place.street')).condition).toBe('FIELD_NOT_FOUND');
  });
});

describe('stars', () => {
  it('stand for all columns, or the fields of a struct', () => {
    expect(table.select('*').columns).toEqual(['id', 'name', 'at', 'place', 'tags']);
    expect(table.select('place.*').columns).toEqual(['city']);
  });
});

describe('aggregates', () => {
  it('may compute with grouping expressions', () => {
    const grouped = table.groupBy(F.col('id').plus(1).as('next')).agg(F.count('*').as('n'), F.max('name'));
    expect(ddl(grouped)).toBe('next INT,n BIGINT NOT NULL,max(name) STRING'.replace('max(name)', '`max(name)`'));
  });

  it('refuse columns that are not grouped by', () => {
    expect(refused(() => table.groupBy('id').agg(F.col('name'))).condition).toBe('MISSING_AGGREGATION');
  });

  it('refuse aggregates inside aggregates, as keys and in conditions', () => {
    expect(refused(() => table.agg(F.sum(F.count('id')))).condition).toBe('NESTED_AGGREGATE_FUNCTION');
    expect(refused(() => table.groupBy(F.max('id')).count()).condition).toBe('GROUP_BY_AGGREGATE');
    expect(refused(() => table.where(F.max('id').gt(1))).condition).toBe('INVALID_WHERE_CONDITION');
  });
});

describe('windows', () => {
  it('are a struct of start and end', () => {
    expect(ddl(table.groupBy(F.window('at', '1 minute')).count())).toContain('window STRUCT<start: TIMESTAMP');
  });

  it('may stand over text, which is cast', () => {
    expect(ddl(table.groupBy(F.window('name', '1 minute')).count())).toContain('window STRUCT<start: TIMESTAMP');
  });

  it('of two kinds in one step are refused', () => {
    const two = () => table.groupBy(F.window('at', '1 minute'), F.window('at', '2 minutes')).count();
    expect(refused(two).condition).toBe('_LEGACY_ERROR_TEMP_1039');
  });

  it('that slide further than they are long are refused', () => {
    const tooFar = () => table.select(F.window('at', '1 minute', '2 minutes'));
    expect(refused(tooFar).condition).toBe('DATATYPE_MISMATCH.PARAMETER_CONSTRAINT_VIOLATION');
  });
});

it('arrays refuse a position they have not', async () => {
  const arrays = session.createDataFrame([{ a: [1, 2] }], 'a ARRAY<INT>');
  expect(await arrays.select(F.col('a').getItem(1).as('x')).collect()).toEqual([{ x: 2 }]);
  await expect(arrays.select(F.col('a').getItem(2)).collect()).rejects.toMatchObject({
    condition: 'INVALID_ARRAY_INDEX',
  });
});
