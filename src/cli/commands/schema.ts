/** `millrace schema`: the columns of a file or folder, inferred as a query over it would, as DDL text or as a statement that declares them. */
import path from 'node:path';
import { MillraceSession } from '../../api/session.ts';
import { MillraceError } from '../../errors/millrace-error.ts';
import { quotedText } from '../../functions/sql-value.ts';
import { quoteName } from '../../plan/resolve-names.ts';
import { schemaJson, toDdl } from '../../types/schema.ts';
import { keyValues } from '../key-values.ts';

export interface SchemaCommandOptions {
  readonly format?: string;
  readonly option: readonly string[];
  readonly table?: string;
  readonly json?: boolean;
}

const FORMATS: ReadonlyMap<string, string> = new Map([
  ['.json', 'json'],
  ['.ndjson', 'json'],
  ['.jsonl', 'json'],
  ['.csv', 'csv'],
  ['.tsv', 'csv'],
  ['.txt', 'text'],
  ['.log', 'text'],
  ['.parquet', 'parquet'],
  ['.avro', 'avro'],
]);
const COMPRESSIONS = /\.(?:gz|zst|snappy|lz4|deflate|bz2)$/u;

export async function runSchema(location: string, options: SchemaCommandOptions): Promise<void> {
  const format = options.format ?? formatOf(location);
  const given = keyValues(options.option, 'option', 'millrace schema');
  const session = MillraceSession.builder().appName('millrace schema').getOrCreate();
  try {
    const files = session.read.format(format).options(given).load(location);
    // The first action infers.
    await files.limit(0).collect();
    const { schema } = files;
    const columns = toDdl(schema);
    const isTable = options.table !== undefined;
    const text = options.json === true ? schemaJson(schema) : isTable ? createTable(columns) : columns;
    process.stdout.write(`${text}\n`);
  } finally {
    await session.stop();
  }

  function createTable(columns: string): string {
    const name = quoteName((options.table ?? '').split('.'));
    const list = Object.entries(given).map(([key, value]) => `${quotedText(key)} ${quotedText(value)}`);
    const clause = list.length === 0 ? '' : ` OPTIONS (${list.join(', ')})`;
    return `CREATE TABLE ${name} (${columns}) USING ${format}${clause} LOCATION ${quotedText(path.resolve(location))};`;
  }
}

/** The format by the extension of the path, or of what a glob at its end names. */
function formatOf(location: string): string {
  const extension = path.extname(location.replace(COMPRESSIONS, '')).toLowerCase();
  const format = FORMATS.get(extension);
  if (format !== undefined) return format;
  throw new MillraceError('INVALID_OPTION', {
    option: 'format',
    format: 'millrace schema',
    value: '',
    expected: `the name of a format: the extension of ${location} does not tell it`,
  });
}
