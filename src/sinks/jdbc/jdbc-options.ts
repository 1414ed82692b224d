/** The options of the jdbc sink, checked: Spark's JDBC options plus `commitTable`, the name of the marker table. */
import type { Options } from '../../types/options.ts';
import type { IsolationLevel, JdbcDialect } from '../../storage/jdbc/dialect.ts';
import { optionBoolean, optionInt, optionOneOf, optionText, requiredOption } from '../../types/options.ts';
import { jdbcAddress, type JdbcAddress } from '../../storage/jdbc/jdbc-url.ts';
import { parseTableName } from '../../storage/jdbc/table-name.ts';
import { parseColumnTypes } from './table-layout.ts';

export const JDBC_OPTION_NAMES: readonly string[] = [
  'url',
  'dbtable',
  'user',
  'password',
  'driver',
  'batchsize',
  'isolationLevel',
  'truncate',
  'createTableColumnTypes',
  'commitTable',
];

const DEFAULT_BATCH_ROWS = 5000;

const ISOLATION_LEVELS: readonly IsolationLevel[] = [
  'READ_UNCOMMITTED',
  'READ_COMMITTED',
  'REPEATABLE_READ',
  'SERIALIZABLE',
];

export interface JdbcOptions {
  readonly address: JdbcAddress;
  readonly dialect: JdbcDialect;
  readonly tablePath: readonly string[];
  /** Where the markers are; in the schema of the table when the option names none. */
  readonly markerPath: readonly string[];
  /** Rows per statement. */
  readonly batchRows: number;
  readonly isolation: IsolationLevel;
  readonly isTruncating: boolean;
  readonly columnTypes: ReadonlyMap<string, string>;
}

/** Reads and checks all options; throws typed errors that hold no secrets. */
export function jdbcOptions(options: Options): JdbcOptions {
  const address = jdbcAddress(options);
  const tablePath = parseTableName(requiredOption('jdbc', options, 'dbtable'));
  const commitTable = optionText(options, 'commitTable');
  const types = optionText(options, 'createTableColumnTypes');
  return {
    address,
    dialect: address.dialect,
    tablePath,
    markerPath:
      commitTable === undefined ? [...tablePath.slice(0, -1), 'millrace_commits'] : parseTableName(commitTable),
    batchRows: optionInt('jdbc', options, 'batchsize', { min: 1, max: 100_000 }) ?? DEFAULT_BATCH_ROWS,
    isolation: optionOneOf('jdbc', options, 'isolationLevel', ISOLATION_LEVELS) ?? 'READ_COMMITTED',
    isTruncating: optionBoolean('jdbc', options, 'truncate') ?? false,
    columnTypes: types === undefined ? new Map() : parseColumnTypes(types),
  };
}
