/** The options of the jdbc source under Spark's names, and the partitions they make. Pure. */
import { MillraceError } from '../../errors/millrace-error.ts';
import type { JdbcDialect } from '../../storage/jdbc/dialect.ts';
import { jdbcAddress, type JdbcAddress } from '../../storage/jdbc/jdbc-url.ts';
import { quoted, quotedPath } from '../../storage/jdbc/sql-text.ts';
import { parseTableName } from '../../storage/jdbc/table-name.ts';
import { formatDate, formatTimestamp } from '../../types/civil-time.ts';
import type { DataType, StructType } from '../../types/data-type.ts';
import { invalidOption, optionBoolean, optionInt, optionText, type Options } from '../../types/options.ts';
import { parseSchema } from '../../types/schema.ts';
import { parseDate, parseTimestamp } from '../../types/timestamp-text.ts';

const FORMAT = 'jdbc';

export const JDBC_SOURCE_OPTION_NAMES: readonly string[] = [
  'url',
  'dbtable',
  'query',
  'prepareQuery',
  'user',
  'password',
  'driver',
  'partitionColumn',
  'lowerBound',
  'upperBound',
  'numPartitions',
  'predicates',
  'fetchsize',
  'sessionInitStatement',
  'customSchema',
  'preferTimestampNTZ',
  'pushDownPredicate',
];

const DEFAULT_FETCH_ROWS = 10_000;

/** Where a column of numbers, days or times is cut. */
export interface PartitionedBy {
  readonly column: string;
  readonly lowerBound: string;
  readonly upperBound: string;
  readonly numPartitions: number;
}

export interface JdbcSourceOptions {
  readonly address: JdbcAddress;
  /** What stands behind FROM. */
  readonly table: string;
  /** What errors print. */
  readonly tableText: string;
  readonly fetchRows: number;
  readonly sessionInitStatement: string | undefined;
  /** Types that win over those of the database, by lower-case name. */
  readonly customTypes: ReadonlyMap<string, DataType>;
  readonly prefersNtz: boolean;
  readonly partitionedBy: PartitionedBy | undefined;
  readonly predicates: readonly string[];
  /** The database is told which rows are wanted. */
  readonly pushesDown: boolean;
}

/** Reads and checks all options; throws typed errors that hold no secrets. */
export function readJdbcSourceOptions(options: Options): JdbcSourceOptions {
  const address = jdbcAddress(options);
  const [dbtable, query] = [optionText(options, 'dbtable'), optionText(options, 'query')];
  if (dbtable === undefined && query === undefined)
    throw new MillraceError('MISSING_OPTION', { option: 'dbtable (or query)', format: FORMAT });
  if (dbtable !== undefined && query !== undefined)
    throw invalidOption(FORMAT, 'query', query, 'either dbtable or query, not both');
  const customSchema = optionText(options, 'customSchema');
  const fields = customSchema === undefined ? [] : parseSchema(customSchema).fields;
  return {
    address,
    table: query === undefined ? tableText(address.dialect, dbtable ?? '') : `(${query}) AS millrace_query`,
    tableText: dbtable ?? 'the query',
    fetchRows: optionInt(FORMAT, options, 'fetchsize', { min: 0, max: 1_000_000 }) || DEFAULT_FETCH_ROWS,
    sessionInitStatement: optionText(options, 'sessionInitStatement'),
    customTypes: new Map(fields.map(({ name, dataType }) => [name.toLowerCase(), dataType])),
    prefersNtz: optionBoolean(FORMAT, options, 'preferTimestampNTZ') ?? false,
    partitionedBy: readPartitioning(options),
    predicates: readPredicates(options),
    pushesDown: optionBoolean(FORMAT, options, 'pushDownPredicate') ?? true,
  };
}

/** A table by its name, or what the user wrote in parentheses as it is. */
function tableText(dialect: JdbcDialect, dbtable: string): string {
  return dbtable.trimStart().startsWith('(') ? dbtable : quotedPath(dialect, parseTableName(dbtable));
}

function readPartitioning(options: Options): PartitionedBy | undefined {
  const column = optionText(options, 'partitionColumn');
  const [lowerBound, upperBound] = [optionText(options, 'lowerBound'), optionText(options, 'upperBound')];
  const numPartitions = optionInt(FORMAT, options, 'numPartitions', { min: 1, max: 10_000 });
  if (column === undefined) {
    if (lowerBound === undefined && upperBound === undefined) return undefined;
    throw new MillraceError('MISSING_OPTION', { option: 'partitionColumn', format: FORMAT });
  }
  if (lowerBound === undefined || upperBound === undefined || numPartitions === undefined)
    throw new MillraceError('MISSING_OPTION', { option: 'lowerBound, upperBound and numPartitions', format: FORMAT });
  return { column, lowerBound, upperBound, numPartitions };
}

function readPredicates(options: Options): readonly string[] {
  const text = optionText(options, 'predicates');
  return text === undefined ? [] : (JSON.parse(text) as string[]);
}

/** The conditions of the partitions, together all rows, each row once; undefined is no condition. */
export function partitionConditions(options: JdbcSourceOptions, schema: StructType): readonly (string | undefined)[] {
  const { partitionedBy, predicates, address } = options;
  if (predicates.length > 0) return predicates;
  if (partitionedBy === undefined) return [undefined];
  const { column } = partitionedBy;
  const field = schema.fields.find(({ name }) => name.toLowerCase() === column.toLowerCase());
  if (field === undefined)
    throw invalidOption(
      FORMAT,
      'partitionColumn',
      column,
      `one of ${schema.fields.map(({ name }) => name).join(', ')}`,
    );
  const line = numberLine(field.dataType, column);
  const [lower, upper] = [bound(partitionedBy, 'lowerBound', line), bound(partitionedBy, 'upperBound', line)];
  if (lower >= upper)
    throw invalidOption(
      FORMAT,
      'lowerBound',
      partitionedBy.lowerBound,
      `less than upperBound ${partitionedBy.upperBound}`,
    );
  const numPartitions = Number(minimum(BigInt(partitionedBy.numPartitions), upper - lower));
  const name = quoted(address.dialect, field.name);
  const cuts = Array.from({ length: numPartitions - 1 }, (_, i) =>
    line.text(lower + ((upper - lower) * BigInt(i + 1)) / BigInt(numPartitions)),
  );
  if (cuts.length === 0) return [undefined];
  return [
    `${name} < ${cuts[0]} OR ${name} IS NULL`,
    ...cuts.slice(1).map((cut, i) => `${name} >= ${cuts[i]} AND ${name} < ${cut}`),
    `${name} >= ${cuts.at(-1)}`,
  ];
}

/** A type as a line of whole numbers: how its bounds are read and written in SQL. */
interface NumberLine {
  parse(text: string): bigint | null;
  text(value: bigint): string;
}

function numberLine(type: DataType, column: string): NumberLine {
  switch (type.kind) {
    case 'byte':
    case 'short':
    case 'integer':
    case 'long':
    case 'float':
    case 'double':
    case 'decimal':
      return { parse: (text) => (/^[+-]?\d+$/.test(text.trim()) ? BigInt(text.trim()) : null), text: String };
    case 'date':
      return {
        parse: (text) => {
          const days = parseDate(text);
          return days === null ? null : BigInt(days);
        },
        text: (value) => `'${formatDate(Number(value))}'`,
      };
    case 'timestamp':
    case 'timestamp_ntz':
      return { parse: (text) => parseTimestamp(text, 'UTC'), text: (value) => `'${formatTimestamp(value, 'UTC')}'` };
    default:
      throw invalidOption(FORMAT, 'partitionColumn', column, 'a column of numbers, dates or timestamps');
  }
}

function bound(partitionedBy: PartitionedBy, name: 'lowerBound' | 'upperBound', line: NumberLine): bigint {
  const value = line.parse(partitionedBy[name]);
  if (value === null) throw invalidOption(FORMAT, name, partitionedBy[name], 'a value of the partition column');
  return value;
}

function minimum(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}
