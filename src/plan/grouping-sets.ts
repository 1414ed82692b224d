/**
 * Grouping sets: ROLLUP, CUBE and GROUPING SETS become one aggregation over an Expand node, which makes a row per set of each row, with the
 * columns that are not in the set null and a number that tells the sets apart, which grouping-functions.ts reads.
 */
import type { Attribute, Expression, NamedExpression } from '../expressions/expression.ts';
import type { DataType } from '../types/data-type.ts';
import type { GroupedBySets } from './grouping-functions.ts';
import type { Expand, LogicalPlan } from './logical-plan.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { nextAttributeId, toAttribute, withoutAlias } from '../expressions/expression.ts';
import { INTEGER, LONG } from '../types/data-type.ts';
import { outputOf } from './logical-plan.ts';
import { aliasOf } from './alias.ts';
import { identityOf } from './expression-identity.ts';

/** Spark numbers the sets by a LONG, a bit per expression. */
const MAX_GROUPINGS = 64;

/** Prefixes of the list, the longest first: `ROLLUP (a, b)` is `(a, b), (a), ()`. */
export function rollupSets(numGroupings: number): number[][] {
  const all = Array.from({ length: numGroupings }, (_, i) => i);
  return Array.from({ length: numGroupings + 1 }, (_, i) => all.slice(0, numGroupings - i));
}

/** All subsets of the list. */
export function cubeSets(numGroupings: number): number[][] {
  if (numGroupings === 0) return [[]];
  const others = cubeSets(numGroupings - 1).map((set) => set.map((at) => at + 1));
  return [...others.map((set) => [0, ...set]), ...others];
}

/** The groupings over the sets, each given by the places of its members among `groupings`. */
export function groupBySets(
  child: LogicalPlan,
  groupings: readonly NamedExpression[],
  sets: readonly (readonly number[])[],
): GroupedBySets {
  if (groupings.length > MAX_GROUPINGS)
    throw new MillraceError('GROUPING_SIZE_LIMIT_EXCEEDED', { maxSize: String(MAX_GROUPINGS) });
  const input = outputOf(child);
  const computed = groupings.map((grouping) =>
    grouping.kind === 'attribute' ? grouping : aliasOf(grouping, grouping.name),
  );
  const added = computed.filter((one) => one.kind === 'alias');
  const below: LogicalPlan = added.length === 0 ? child : { kind: 'project', child, expressions: [...input, ...added] };
  const columns = computed.map(toAttribute);
  const written = groupings.map((grouping): NamedExpression => ({
    ...aliasOf(grouping, grouping.name),
    nullable: true,
  }));
  const keys = written.map(toAttribute);
  const groupingId = keyColumn('spark_grouping_id', LONG);
  const isRepeated = new Set(sets.map((set) => idOf(set, groupings.length))).size < sets.length;
  const marks = isRepeated ? [groupingId, keyColumn('_gen_grouping_pos', INTEGER)] : [groupingId];
  const projections = sets.map((set, position): Expression[] => [
    ...input,
    ...columns.map((column, at) => (set.includes(at) ? column : nullOf(column.dataType))),
    numberOf(idOf(set, groupings.length), LONG),
    ...(isRepeated ? [numberOf(position, INTEGER)] : []),
  ]);
  const expand: Expand = { kind: 'expand', child: below, projections, output: [...input, ...keys, ...marks] };
  return { child: expand, written, keys: [...keys, ...marks], groupingId };
}

function idOf(set: readonly number[], numGroupings: number): bigint {
  let id = 0n;
  for (let at = 0; at < numGroupings; at++) id = (id << 1n) | (set.includes(at) ? 0n : 1n);
  return BigInt.asIntN(64, id);
}

function keyColumn(name: string, dataType: DataType): Attribute {
  return { kind: 'attribute', id: nextAttributeId(), name, qualifier: [], dataType, nullable: false };
}

function nullOf(dataType: DataType): Expression {
  return { kind: 'literal', value: null, dataType, nullable: true };
}

function numberOf(value: bigint | number, dataType: DataType): Expression {
  return { kind: 'literal', value, dataType, nullable: false };
}

/** The groupings without those that say the same as an earlier one, an alias and a position for instance, and the sets of what is left. */
export function withoutRepeated(
  groupings: readonly NamedExpression[],
  sets: readonly (readonly number[])[],
): { readonly groupings: readonly NamedExpression[]; readonly sets: readonly (readonly number[])[] } {
  const kept: NamedExpression[] = [];
  const places = new Map<string, number>();
  const placeOf = groupings.map((grouping) => {
    const identity = identityOf(withoutAlias(grouping));
    const place = places.get(identity) ?? kept.push(grouping) - 1;
    places.set(identity, place);
    return place;
  });
  return { groupings: kept, sets: sets.map((set) => [...new Set(set.map((at) => placeOf[at] ?? at))]) };
}
