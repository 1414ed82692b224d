/** Functions that say where and for whom a query runs: user, catalog, database, partition, file, collation. */
import type { ResolveContext, ScalarFunction } from './define-function.ts';
import { INTEGER, LONG, STRING } from '../types/data-type.ts';
import { checkArgumentCount } from './argument-check.ts';
import { defineScalar } from './define-function.ts';
import { strictText } from './parameters.ts';
import { rowFunction } from './row-function.ts';

interface SessionValue {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly usage: string;
  readonly example?: string;
  readonly result: string;
  readonly valueOf: (context: ResolveContext) => string;
}

/** A function without arguments whose value the session knows when the query is made. */
function sessionValue({
  name,
  aliases = [],
  usage,
  example = `${name}()`,
  result,
  valueOf,
}: SessionValue): ScalarFunction {
  return defineScalar({
    name,
    aliases,
    doc: { usage, example, result },
    resolve: (args, context) => {
      checkArgumentCount(name, args, 0, 0);
      const value = valueOf(context);
      return {
        argumentTypes: [],
        returnType: STRING,
        nullable: false,
        evaluator: { kind: 'row', nulls: 'pass', apply: () => value },
      };
    },
  });
}

const databaseOf = ({ database = 'default' }: ResolveContext): string => database;
const userOf = ({ user = 'unknown' }: ResolveContext): string => user;

/** What the functions about files answer where rows come from no file; where they do, the analyzer reads `_metadata` in their place. */
const WITHOUT_FILE = [
  { name: 'input_file_name', usage: 'The file the row was read from; empty when it was made later.', value: '' },
  { name: 'input_file_block_start', usage: 'Where the part of the file that is read begins, or -1.', value: -1n },
  { name: 'input_file_block_length', usage: 'How many bytes that part has, or -1.', value: -1n },
] as const;

export const SESSION_VALUES: readonly ScalarFunction[] = [
  sessionValue({
    name: 'current_catalog',
    usage: 'The name of the catalog; there is one.',
    result: 'spark_catalog',
    valueOf: () => 'spark_catalog',
  }),
  sessionValue({
    name: 'current_schema',
    aliases: ['current_database'],
    usage: 'The database that names without one belong to.',
    result: 'default',
    valueOf: databaseOf,
  }),
  sessionValue({
    name: 'current_path',
    usage: 'Where names of functions are looked for.',
    result: 'system.builtin,system.session,spark_catalog.default',
    valueOf: (context) => `system.builtin,system.session,spark_catalog.${databaseOf(context)}`,
  }),
  ...[{ name: 'current_user', aliases: ['user'] }, { name: 'session_user' }].map((names) =>
    sessionValue({
      ...names,
      usage: 'The name of the user who runs the query.',
      example: `${names.name}() = user()`,
      result: 'true',
      valueOf: userOf,
    }),
  ),
  ...WITHOUT_FILE.map(({ name, usage, value }) =>
    rowFunction({
      name,
      doc: {
        usage,
        example: value === '' ? `length(${name}())` : `${name}()`,
        result: value === '' ? '0' : String(value),
      },
      parameters: [],
      returns: typeof value === 'string' ? STRING : LONG,
      apply: () => value,
    }),
  ),
  rowFunction({
    name: 'spark_partition_id',
    doc: { usage: 'The number of the partition: always 0.', example: 'spark_partition_id()', result: '0' },
    deterministic: false,
    parameters: [],
    returns: INTEGER,
    apply: () => 0,
  }),
  rowFunction({
    name: 'collation',
    doc: {
      usage: 'The collation of a text: always that of bytes.',
      example: "collation('Spark')",
      result: 'SYSTEM.BUILTIN.UTF8_BINARY',
    },
    parameters: [strictText],
    returns: STRING,
    result: 'neverNull',
    nulls: 'pass',
    apply: () => 'SYSTEM.BUILTIN.UTF8_BINARY',
  }),
];
