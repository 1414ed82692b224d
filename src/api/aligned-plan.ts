/** Brings rows into the columns of a table. */
import type { UnresolvedPlan } from '../plan/unresolved-plan.ts';
import type { CatalogEntry } from './catalog-tables.ts';
import type { PartitionSpec } from '../sql/statement.ts';
import type { SessionContext } from './session-context.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { quoteName } from '../plan/resolve-names.ts';
import { parseSchema } from '../types/schema.ts';
import { queryOf } from './query-of.ts';
import { checkPartition } from './table-partitions.ts';

const NULL = { kind: 'literal', value: null, dataType: { kind: 'void' } } as const;

/** Which columns of the table the rows have. */
export interface GivenColumns {
  /** Undefined: all that no partition gives, in their order. */
  readonly columnNames?: readonly string[] | undefined;
  /** The rows' own names say it. */
  readonly byName?: boolean;
  /** The PARTITION clause. */
  readonly partition?: readonly PartitionSpec[];
}

/** The rows of a query in the columns of a table: cast, and null where a column is not given. */
export function alignedPlan(
  entry: CatalogEntry,
  plan: UnresolvedPlan,
  { columnNames, byName = false, partition = [] }: GivenColumns,
  context: SessionContext,
): UnresolvedPlan {
  checkPartition(entry, partition);
  checkOrder(entry, partition);
  if (entry.schema === undefined) return plan;
  const { fields } = parseSchema(entry.schema);
  const constants = new Map(
    partition.flatMap(({ name, value }) => (value === undefined ? [] : [[name.toLowerCase(), value] as const])),
  );
  const given = queryOf(plan, context).schema.fields;
  const open = fields.map(({ name }) => name).filter((name) => !constants.has(name.toLowerCase()));
  const names = byName ? given.map(({ name }) => name) : (columnNames ?? open);
  const tableName = quoteName(['spark_catalog', entry.database, entry.name]);
  if (names.length !== given.length) {
    const listed = (list: readonly string[]): string => list.map((name) => quoteName([name])).join(', ');
    const parameters = {
      tableName,
      tableColumns: listed(names),
      dataColumns: listed(given.map(({ name }) => name)),
    };
    if (constants.size > 0)
      throw new MillraceError('INSERT_PARTITION_COLUMN_ARITY_MISMATCH', {
        ...parameters,
        reason: `the reason is ${given.length > names.length ? 'too many' : 'not enough'} data columns`,
        tableColumns: listed(fields.map(({ name }) => name)),
        staticPartCols: listed([...constants.keys()]),
      });
    throw given.length > names.length
      ? new MillraceError('INSERT_COLUMN_ARITY_MISMATCH.TOO_MANY_DATA_COLUMNS', parameters)
      : new MillraceError('INSERT_COLUMN_ARITY_MISMATCH.NOT_ENOUGH_DATA_COLUMNS', parameters);
  }
  const unknown = names.find((name) => !fields.some((one) => one.name.toLowerCase() === name.toLowerCase()));
  if (unknown !== undefined)
    throw new MillraceError('UNRESOLVED_COLUMN.WITH_SUGGESTION', {
      objectName: quoteName([unknown]),
      proposal: fields.map(({ name }) => quoteName([name])).join(', '),
    });
  const input: UnresolvedPlan = {
    kind: 'subqueryAlias',
    input: plan,
    alias: 'inserted',
    columnNames: given.map((_, i) => `c${i}`),
  };
  const expressions = fields.map(({ name, dataType }) => {
    const at = names.findIndex((one) => one.toLowerCase() === name.toLowerCase());
    const child =
      at < 0
        ? (constants.get(name.toLowerCase()) ?? NULL)
        : ({ kind: 'unresolvedAttribute', nameParts: [`c${at}`] } as const);
    return { kind: 'alias', name, child: { kind: 'cast', child, toType: dataType, mode: 'ansi' } } as const;
  });
  return { kind: 'project', input, expressions };
}

/** Spark wants the partition columns with values to be the first ones. */
function checkOrder({ partitionColumns = [] }: CatalogEntry, partition: readonly PartitionSpec[]): void {
  const isConstant = partitionColumns.map((column) =>
    partition.some(({ name, value }) => value !== undefined && name.toLowerCase() === column.toLowerCase()),
  );
  const firstOpen = isConstant.indexOf(false);
  if (firstOpen >= 0 && isConstant.lastIndexOf(true) > firstOpen)
    throw new MillraceError('_LEGACY_ERROR_TEMP_1147', { partColumns: `[${partitionColumns.join(',')}]` });
}
