/** The commands `millrace schema` and `millrace sql`; their work is in files of their own, loaded when called. */
import type { Command } from 'commander';
import type { SchemaCommandOptions } from './schema.ts';
import type { SqlCommandOptions } from './sql.ts';
import { collected } from '../key-values.ts';

export function addQueryCommands(program: Command): void {
  program
    .command('schema <path>')
    .description('infer the columns of files, and print them as DDL')
    .option('--format <name>', 'json, csv, parquet, avro, …; by default what the extension says')
    .option('--option <name=value>', 'an option of the format; may come again', collected, [])
    .option('--table <name>', 'a CREATE TABLE statement over the files instead of the columns alone')
    .option('--json', "the schema as Spark's JSON")
    .action(async (path: string, options: SchemaCommandOptions) => {
      const { runSchema } = await import('./schema.ts');
      await runSchema(path, options);
    });
  program
    .command('sql')
    .description('run SQL statements, each ended by a semicolon; from standard input unless -e or -f is given')
    .option('-e, --execute <text>', 'the statements')
    .option('-f, --file <file>', 'a file of statements')
    .option('--set <name=value>', 'a setting of the session; may come again', collected, [])
    .option('--json', 'rows as JSON lines instead of tables')
    .action(async (options: SqlCommandOptions) => {
      const { runSql } = await import('./sql.ts');
      await runSql(options);
    });
}
