/** The tables that SQLQueryTestSuite makes for all of its files, as statements for a new session. */
import { existsSync, mkdirSync, renameSync } from 'node:fs';
import path from 'node:path';
import { MillraceSession } from '../../src/index.ts';

const ONEK_COLUMNS = [
  ...['unique1', 'unique2', 'two', 'four', 'ten', 'twenty', 'hundred', 'thousand', 'twothousand', 'fivethous']
    .concat('tenthous', 'odd', 'even')
    .map((name) => `${name} INT`),
  'stringu1 STRING',
  'stringu2 STRING',
  'string4 STRING',
].join(', ');

const ROWS = {
  testdata: ['key INT, value STRING', 'SELECT CAST(id AS INT), CAST(id AS STRING) FROM range(1, 101)'],
  arraydata: [
    'arraycol ARRAY<INT>, nestedarraycol ARRAY<ARRAY<INT>>',
    'VALUES (array(1, 2, 3), array(array(1, 2, 3))), (array(2, 3, 4), array(array(2, 3, 4)))',
  ],
  mapdata: ['mapcol MAP<INT, STRING>', `VALUES ${[1, 2, 3, 4, 5].map((row) => `(${mapOf(row)})`).join(', ')}`],
} as const;

/** The first map has five entries `1 -> a1, 2 -> b1…`, each further one fewer. */
function mapOf(row: number): string {
  const entries = ['a', 'b', 'c', 'd', 'e'].slice(0, 6 - row).map((letter, i) => `${i + 1}, '${letter}${row}'`);
  return `map(${entries.join(', ')})`;
}

/** The statements that declare the shared tables; their data is written into `folder` on first use. */
export async function sharedTables(corpus: string, folder: string): Promise<string[]> {
  const statements: string[] = [];
  for (const [name, [columns, query]] of Object.entries(ROWS)) {
    const location = path.join(folder, name);
    if (!existsSync(location)) await write(location, columns, query);
    statements.push(`CREATE TABLE ${name} (${columns}) USING parquet LOCATION '${location}'`);
  }
  for (const [name, columns, file] of [
    ['aggtest', 'a INT, b FLOAT', 'agg.data'],
    ['onek', ONEK_COLUMNS, 'onek.data'],
    ['tenk1', ONEK_COLUMNS, 'tenk.data'],
  ] as const) {
    const data = path.join(corpus, 'test-data/postgresql', file);
    statements.push(`CREATE TABLE ${name} (${columns}) USING csv OPTIONS (sep '\\t', path '${data}')`);
  }
  return statements;
}

async function write(location: string, columns: string, query: string): Promise<void> {
  const partial = `${location}.${process.pid}`;
  mkdirSync(path.dirname(location), { recursive: true });
  const session = MillraceSession.builder().config('spark.sql.warehouse.dir', `${partial}.warehouse`).create();
  const columnNames = columns.split(/, (?=\w+ )/).map((column) => column.split(' ')[0]);
  await session.sql(`SELECT * FROM (${query}) AS rows(${columnNames.join(', ')})`).write.parquet(partial);
  await session.stop();
  renameSync(partial, location);
}
