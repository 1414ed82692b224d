/**
 * Finds the column a name means. Names ignore letter case as in Spark; `a.b` may be a qualified column or a field of a struct column.
 */
import type { Attribute, Expression, GetField } from '../expressions/expression.ts';
import type { ResolveContext } from '../functions/define-function.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { nearestNames } from '../errors/suggest.ts';
import { compareText } from '../types/compare.ts';
import { makeScalarCall } from '../expressions/scalar-call.ts';
import { isHiddenMetadata } from './metadata-column.ts';
import { extractFields, extractItem } from '../functions/extract-value.ts';
import { STRING, sqlName } from '../types/data-type.ts';

/** Splits `` a.`b.c`.d `` into its parts; a backtick inside backticks is doubled. */
export function parseNameParts(name: string): string[] {
  const parts: string[] = [];
  let current = '';
  let quoted = false;
  let wasQuoted = false;
  for (let i = 0; i < name.length; i++) {
    const char = name[i] as string;
    if (quoted) {
      if (char !== '`') current += char;
      else if (name[i + 1] === '`') {
        current += '`';
        i++;
      } else quoted = false;
    } else if (char === '`' && current === '' && !wasQuoted) {
      quoted = true;
      wasQuoted = true;
    } else if (char === '.' && (current !== '' || wasQuoted)) {
      parts.push(current);
      current = '';
      wasQuoted = false;
    } else if (wasQuoted || char === '`' || char === '.') throw invalidName(name);
    else current += char;
  }
  if (quoted || (current === '' && !wasQuoted)) throw invalidName(name);
  return [...parts, current];
}

function invalidName(name: string): MillraceError {
  return new MillraceError('INVALID_ATTRIBUTE_NAME_SYNTAX', { name: quoteName([name]) });
}

/** A name as errors print it: each part in backticks. */
export function quoteName(parts: readonly string[]): string {
  return parts.map((part) => `\`${part.replaceAll('`', '``')}\``).join('.');
}

/** The attributes among `columns` whose name is `name`, letter case ignored; hidden ones need a qualifier. */
export function attributesNamed(columns: readonly Attribute[], name: string): Attribute[] {
  const wanted = name.toLowerCase();
  return columns.filter((column) => column.name.toLowerCase() === wanted && column.isHidden !== true);
}

/** As attributesNamed; where there is none, the hidden column of files. */
function columnsNamed(columns: readonly Attribute[], name: string): Attribute[] {
  const found = attributesNamed(columns, name);
  if (found.length > 0) return found;
  return columns.filter((column) => isHiddenMetadata(column) && column.name === name.toLowerCase());
}

/**
 * The expression a name stands for among the columns of the input, or undefined when there is none. Throws AMBIGUOUS_REFERENCE when
 * several columns match, FIELD_NOT_FOUND when a struct has no such field.
 */
export function findColumn(parts: readonly string[], columns: readonly Attribute[]): Expression | undefined {
  const numQualifiers = numQualifying(parts, columns);
  const matches =
    numQualifiers > 0 ? qualifiedMatches(parts, numQualifiers, columns) : columnsNamed(columns, parts[0] as string);
  const distinct = [...new Map(matches.map((match) => [match.id, match])).values()];
  if (distinct.length > 1) {
    const referenceNames = distinct
      .map((match) => quoteName([...match.qualifier, match.name]))
      .toSorted()
      .join(', ');
    throw new MillraceError('AMBIGUOUS_REFERENCE', { name: quoteName(parts), referenceNames: `[${referenceNames}]` });
  }
  const [attribute] = distinct;
  if (attribute === undefined) return undefined;
  const nested = parts.slice(numQualifiers + 1);
  const named = nested.length === 0 ? { ...attribute, name: parts.at(-1) as string } : attribute;
  return nested.reduce<Expression>(extractNamed, named);
}

/** How many of the parts say whose column it is: `db.t` of `db.t.a`; as many as there is a column for. */
export function numQualifying(parts: readonly string[], columns: readonly Attribute[]): number {
  for (let count = Math.min(parts.length - 1, 3); count > 0; count--)
    if (qualifiedMatches(parts, count, columns).length > 0) return count;
  return 0;
}

function qualifiedMatches(parts: readonly string[], numQualifiers: number, columns: readonly Attribute[]): Attribute[] {
  const wanted = parts[numQualifiers]?.toLowerCase();
  const owner = parts.slice(0, numQualifiers).map((part) => part.toLowerCase());
  return columns.filter(
    ({ name, qualifier }) =>
      name.toLowerCase() === wanted &&
      owner.length <= qualifier.length &&
      owner.every((part, i) => qualifier[qualifier.length - owner.length + i]?.toLowerCase() === part),
  );
}

/** As findColumn, but an unknown name is UNRESOLVED_COLUMN with the nearest names. */
export function resolveColumn(
  parts: readonly string[],
  columns: readonly Attribute[],
  suggestions = columns,
): Expression {
  const found = findColumn(parts, columns);
  if (found !== undefined) return found;
  throw unresolvedColumn(parts, suggestions);
}

/** The error for a name no column has. */
export function unresolvedColumn(parts: readonly string[], columns: readonly Attribute[]): MillraceError {
  const objectName = quoteName(parts);
  const known = columns.filter((column) => !isHiddenMetadata(column));
  if (known.length === 0) return new MillraceError('UNRESOLVED_COLUMN.WITHOUT_SUGGESTION', { objectName });
  // As Spark measures: the quoted candidate against the name without quotes.
  const candidates = known.toSorted((a, b) => compareText(a.name, b.name)).map(candidateName(parts, known));
  const proposal = nearestNames(parts.join('.'), candidates).join(', ');
  return new MillraceError('UNRESOLVED_COLUMN.WITH_SUGGESTION', { objectName, proposal });
}

/** How a column is proposed: without its qualifier when none was written and all columns share it. */
function candidateName(parts: readonly string[], columns: readonly Attribute[]): (column: Attribute) => string {
  const numQualifiers = new Set(columns.map(({ qualifier }) => quoteName(qualifier))).size;
  const isShort = parts.length === 1 && numQualifiers === 1;
  return ({ qualifier, name }) => quoteName(isShort ? [name] : [...qualifier, name]);
}

/** Names are text; no setting changes how they are looked up. */
const NAME_CONTEXT: ResolveContext = { ansi: true, timeZone: 'UTC' };

/** `child.name`: the field of a struct, of each struct of an array, or the value of a map's key. */
export function extractNamed(child: Expression, name: string): Expression {
  const type = child.dataType;
  if (type.kind !== 'map' && type.kind !== 'array') return extractField(child, name);
  return extractValue(child, { kind: 'literal', value: name, dataType: STRING, nullable: false }, NAME_CONTEXT);
}

/** `child[key]`; a constant text on a struct, or an array of them, names a field. */
export function extractValue(child: Expression, key: Expression, context: ResolveContext): Expression {
  const type = child.dataType;
  const isName = key.kind === 'literal' && typeof key.value === 'string';
  if (isName && type.kind !== 'map' && type.kind !== 'array') return extractField(child, String(key.value));
  const isFieldOfEach = isName && type.kind === 'array' && type.elementType.kind === 'struct';
  return isFieldOfEach
    ? makeScalarCall(extractFields, '.', [child, key], context)
    : makeScalarCall(extractItem, '[]', [child, key], context);
}

/** `child.name` for a struct child. */
export function extractField(child: Expression, name: string): GetField {
  const type = child.dataType;
  if (type.kind !== 'struct') {
    const base = child.kind === 'attribute' || child.kind === 'alias' ? child.name : 'expression';
    throw new MillraceError('INVALID_EXTRACT_BASE_FIELD_TYPE', { base: `"${base}"`, other: `"${sqlName(type)}"` });
  }
  const ordinal = type.fields.findIndex((field) => field.name.toLowerCase() === name.toLowerCase());
  const field = type.fields[ordinal];
  if (field === undefined) {
    const fields = type.fields.map((candidate) => quoteName([candidate.name])).join(', ');
    throw new MillraceError('FIELD_NOT_FOUND', { fieldName: quoteName([name]), fields });
  }
  return {
    kind: 'field',
    child,
    ordinal,
    name: field.name,
    dataType: field.dataType,
    nullable: child.nullable || field.nullable,
  };
}
