/**
 * The conditions of a query in the words of a database, so that it leaves out rows nobody wants. The query filters again: a condition may let
 * too many rows pass, never too few. So only what both sides surely read alike goes down: whole numbers, finite fractions, days, times, null
 * or not, and equality of texts as the database prints them; no order of texts, which is a matter of collations.
 */
import type { JdbcDialect } from '../../storage/jdbc/dialect.ts';
import { quoted } from '../../storage/jdbc/sql-text.ts';
import { formatDate, formatTimestamp } from '../../types/civil-time.ts';
import type { DataType, StructType } from '../../types/data-type.ts';
import type { ScanFilter } from '../../types/scan-filter.ts';
import type { Value } from '../../types/vector.ts';

/** What the filters are about. */
export interface PushDownRequest {
  readonly dialect: JdbcDialect;
  readonly schema: StructType;
  /** Columns that are read as another type than the database's, by lower-case name: those stay here. */
  readonly customTypes: ReadonlyMap<string, DataType>;
}

/** SQL conditions, all of which wanted rows meet. */
export function pushedConditions(filters: readonly ScanFilter[], request: PushDownRequest): readonly string[] {
  return filters.flatMap((filter) => conditionOf(filter, request) ?? []);
}

function conditionOf(filter: ScanFilter, { dialect, schema, customTypes }: PushDownRequest): string | undefined {
  const field = schema.fields.find(({ name }) => name === filter.column);
  if (field === undefined || customTypes.has(field.name.toLowerCase())) return undefined;
  const column = quoted(dialect, field.name);
  switch (filter.kind) {
    case 'isNull':
      return `${column} IS NULL`;
    case 'isNotNull':
      return `${column} IS NOT NULL`;
    case 'in': {
      const literals = filter.values.map((value) => literal(value, field.dataType, dialect));
      if (literals.length === 0 || literals.includes(undefined)) return undefined;
      return `${side(column, field.dataType, dialect)} IN (${literals.join(', ')})`;
    }
    default: {
      const value = literal(filter.value, field.dataType, dialect);
      if (value === undefined || (field.dataType.kind === 'string' && filter.operator !== '=')) return undefined;
      return `${side(column, field.dataType, dialect)} ${filter.operator} ${value}`;
    }
  }
}

/** Texts are compared as they are printed: what is read as a text may be a uuid, an enum or JSON. */
function side(column: string, type: DataType, { textType }: JdbcDialect): string {
  return type.kind === 'string' && textType !== undefined ? `CAST(${column} AS ${textType})` : column;
}

function literal(value: Value, type: DataType, { comparesTimes, textType }: JdbcDialect): string | undefined {
  switch (type.kind) {
    case 'byte':
    case 'short':
    case 'integer':
    case 'long':
      return String(value);
    case 'float':
    case 'double':
      return Number.isFinite(value) ? String(value) : undefined;
    case 'date':
      return comparesTimes ? `'${formatDate(value as number)}'` : undefined;
    case 'timestamp':
    case 'timestamp_ntz':
      return comparesTimes ? `'${formatTimestamp(value as bigint, 'UTC')}'` : undefined;
    case 'string':
      return textType === undefined ? undefined : textLiteral(value as string);
    default:
      return undefined;
  }
}

/** Texts whose meaning hangs on settings, or that a padded column would change, stay here. */
function textLiteral(text: string): string | undefined {
  if (/[\\\p{Cc}]| $/u.test(text)) return undefined;
  return `'${text.replaceAll("'", "''")}'`;
}
