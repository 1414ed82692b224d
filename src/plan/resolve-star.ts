/** Expands `*`, `t.*`, `s.*` and `* EXCEPT (a, s.b)` into the columns they stand for. */
import type { Attribute, Expression, NamedExpression } from '../expressions/expression.ts';
import type { UnresolvedExpression } from '../expressions/unresolved.ts';
import type { ExpressionScope } from './expression-scope.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { resolveCall } from '../expressions/type-coercion.ts';
import { STRING } from '../types/data-type.ts';
import { aliasOf } from './alias.ts';
import { isHiddenMetadata } from './metadata-column.ts';
import { namePattern } from './name-pattern.ts';
import { extractField, findColumn, numQualifying, quoteName, unresolvedColumn } from './resolve-names.ts';

type Star = UnresolvedExpression & { readonly kind: 'unresolvedStar' };

/** The columns of a star. */
export function expandStar({ target, except, pattern, position }: Star, scope: ExpressionScope): NamedExpression[] {
  if (position !== undefined) return [columnAt(position, scope.columns)];
  if (pattern !== undefined) return matchingColumns(target, pattern, scope);
  const columns =
    target.length === 0 ? scope.columns.filter(({ isHidden }) => isHidden !== true) : expandTarget(target, scope);
  return except === undefined ? columns : withoutColumns(columns, except, scope);
}

function expandTarget(target: readonly string[], scope: ExpressionScope): NamedExpression[] {
  const qualified = scope.columns.filter(
    (column) => isQualifier(target, column.qualifier) && !isHiddenMetadata(column),
  );
  if (qualified.length > 0) return inOrder(qualified).map(shown);
  const ofLeft = (scope.context.leftColumns ?? []).filter(({ qualifier }) => isQualifier(target, qualifier));
  if (ofLeft.length > 0) return ofLeft.map((column) => aliasOf({ ...shown(column), isOuter: true }, column.name));
  const base = findColumn(target, scope.columns) ?? scope.context.outer?.(target);
  if (base === undefined)
    throw new MillraceError('CANNOT_RESOLVE_STAR_EXPAND', {
      targetString: quoteName(target),
      columns: scope.columns.map((column) => quoteName([column.name])).join(', '),
    });
  if (base.dataType.kind !== 'struct')
    throw new MillraceError('_LEGACY_ERROR_TEMP_1050', { attributes: `List(${target.join(', ')})` });
  return base.dataType.fields.map((field) => aliasOf(extractField(base, field.name), field.name));
}

/** The column at a place, counted from 1, as GROUP BY means it. */
export function columnAt(position: number, columns: readonly Attribute[]): Attribute {
  const shownColumns = columns.filter(({ isHidden }) => isHidden !== true);
  const column = shownColumns[position - 1];
  if (column !== undefined) return column;
  throw new MillraceError('GROUP_BY_POS_OUT_OF_RANGE', {
    index: String(position),
    size: String(shownColumns.length),
  });
}

/** Those of the relation, or of all, whose names match as a whole. */
function matchingColumns(target: readonly string[], pattern: string, { columns }: ExpressionScope): NamedExpression[] {
  const isNamed = namePattern(pattern);
  return columns.filter(
    ({ name, qualifier, isHidden }) =>
      isHidden !== true && (target.length === 0 || isQualifier(target, qualifier)) && isNamed(name),
  );
}

/** Using columns come last of all; here they stand where their relation has them. */
function inOrder(columns: readonly Attribute[]): readonly Attribute[] {
  return columns.some(({ isHidden }) => isHidden === true) ? columns.toSorted((a, b) => a.id - b.id) : columns;
}

function shown(column: Attribute): Attribute {
  return column.isHidden === true ? { ...column, isHidden: undefined } : column;
}

/** True when the words are the end of the qualifier. */
function isQualifier(target: readonly string[], qualifier: readonly string[]): boolean {
  const end = qualifier.slice(-target.length);
  return end.length === target.length && end.every((part, i) => part.toLowerCase() === target[i]?.toLowerCase());
}

function withoutColumns(
  columns: readonly NamedExpression[],
  except: readonly (readonly string[])[],
  scope: ExpressionScope,
): NamedExpression[] {
  const attributes = columns.filter((column): column is Attribute => column.kind === 'attribute');
  const dropped = except.map((parts) => {
    const found = findColumn(parts, attributes.length > 0 ? attributes : scope.columns);
    const isAlias = columns.some(
      ({ kind, name }) => kind === 'alias' && name.toLowerCase() === parts[0]?.toLowerCase(),
    );
    if (found === undefined && !isAlias)
      throw unresolvedColumn(parts, attributes.length > 0 ? attributes : scope.columns);
    return { parts, id: found === undefined ? undefined : baseOf(found) };
  });
  return columns.flatMap((column) => {
    const here = dropped.filter(({ parts, id }) =>
      id === undefined ? column.name.toLowerCase() === parts[0]?.toLowerCase() : column.id === id,
    );
    if (here.length === 0) return [column];
    const paths = here.map(({ parts }) => fieldPath(parts, column));
    if (paths.some((path) => path.length === 0)) {
      if (here.length > 1) throw overlapping(here.map(({ parts }) => parts));
      return [];
    }
    return [aliasOf(withoutFields(column, paths, scope), column.name)];
  });
}

function baseOf(expression: Expression): number | undefined {
  if (expression.kind === 'field') return baseOf(expression.child);
  return expression.kind === 'attribute' ? expression.id : undefined;
}

/** The names behind that of the column. */
function fieldPath(parts: readonly string[], column: NamedExpression): readonly string[] {
  return parts.slice((column.kind === 'attribute' ? numQualifying(parts, [column]) : 0) + 1);
}

/** The struct without some of its fields. */
function withoutFields(child: Expression, paths: readonly (readonly string[])[], scope: ExpressionScope): Expression {
  const { dataType } = child;
  if (dataType.kind !== 'struct') throw overlapping(paths);
  for (const [name = ''] of paths) extractField(child, name);
  const args = dataType.fields.flatMap((field): Expression[] => {
    const here = paths.filter(([name]) => name?.toLowerCase() === field.name.toLowerCase());
    if (here.some((path) => path.length === 1)) return [];
    const value = extractField(child, field.name);
    const kept =
      here.length === 0
        ? value
        : withoutFields(
            value,
            here.map((path) => path.slice(1)),
            scope,
          );
    return [{ kind: 'literal', value: field.name, dataType: STRING, nullable: false }, kept];
  });
  return resolveCall('named_struct', args, scope.context);
}

function overlapping(columns: readonly (readonly string[])[]): MillraceError {
  return new MillraceError('EXCEPT_OVERLAPPING_COLUMNS', {
    columns: columns.map((parts) => parts.join('.')).join(', '),
  });
}
