/**
 * Tells scans which rows the filter above them keeps, in the form sources understand, so that files, folders and row groups without such rows
 * are not read. The filter stays: sources may leave out too little.
 */
import type { Attribute, Expression, Literal } from '../../expressions/expression.ts';
import type { ScanFilter } from '../../types/scan-filter.ts';
import type { Value } from '../../types/vector.ts';
import type { LogicalPlan } from '../logical-plan.ts';
import { sameType } from '../../types/data-type.ts';
import { conjunctsOf } from '../conjuncts.ts';
import { transformPlanUp } from '../logical-plan.ts';

type Comparison = (ScanFilter & { readonly kind: 'compare' })['operator'];

/** The same comparison with the sides exchanged. */
const MIRRORED: Readonly<Record<Comparison, Comparison>> = { '=': '=', '<': '>', '<=': '>=', '>': '<', '>=': '<=' };
const MAX_INT = 2n ** 31n;

/** The plan with the relations of filtered scans told what is wanted. */
export function attachScanFilters(plan: LogicalPlan): LogicalPlan {
  return transformPlanUp(plan, (node) => {
    if (node.kind !== 'filter' || node.child.kind !== 'scan') return node;
    const filters = conjunctsOf(node.condition).flatMap((conjunct) => scanFilter(conjunct) ?? []);
    if (filters.length === 0) return node;
    const { relation } = node.child;
    return { ...node, child: { ...node.child, relation: { ...relation, filters } } };
  });
}

function scanFilter(condition: Expression): ScanFilter | undefined {
  if (condition.kind !== 'call') return undefined;
  const { functionName } = condition;
  const [first, ...others] = condition.arguments;
  if (first === undefined) return undefined;
  switch (functionName) {
    case 'isnull':
    case 'isnotnull':
      if (first.kind !== 'attribute') return undefined;
      return { kind: functionName === 'isnull' ? 'isNull' : 'isNotNull', column: first.name };
    case 'in':
      return inFilter(first, others);
    case '=':
    case '==':
    case '<':
    case '<=':
    case '>':
    case '>=': {
      const [second] = others;
      const operator = functionName === '==' ? '=' : functionName;
      if (second === undefined) return undefined;
      return compareFilter(first, operator, second) ?? compareFilter(second, MIRRORED[operator], first);
    }
    default:
      return undefined;
  }
}

function compareFilter(side: Expression, operator: Comparison, other: Expression): ScanFilter | undefined {
  const compared = comparedValue(side, other);
  return compared === undefined ? undefined : { kind: 'compare', operator, ...compared };
}

function inFilter(side: Expression, items: readonly Expression[]): ScanFilter | undefined {
  const compared = items.map((item) => comparedValue(side, item));
  const [first] = compared;
  const values = compared.flatMap((one) => (one === undefined ? [] : [one.value]));
  return first === undefined || values.length < items.length ? undefined : { kind: 'in', column: first.column, values };
}

/** The column and the value it is compared with, as a value of the column's type. */
function comparedValue(
  side: Expression,
  other: Expression,
): { readonly column: string; readonly value: Value } | undefined {
  if (other.kind !== 'literal' || other.value === null) return undefined;
  if (side.kind === 'attribute')
    return sameType(side.dataType, other.dataType) ? { column: side.name, value: other.value } : undefined;
  if (side.kind !== 'cast' || side.child.kind !== 'attribute') return undefined;
  const value = narrowed(side.child, other);
  return value === undefined ? undefined : { column: side.child.name, value };
}

/** A BIGINT as a value of a narrower column. */
function narrowed({ dataType }: Attribute, { value, dataType: wide }: Literal): Value | undefined {
  const isNarrow = dataType.kind === 'integer' || dataType.kind === 'short' || dataType.kind === 'byte';
  if (!isNarrow) return undefined;
  if (wide.kind === 'integer' && typeof value === 'number') return value;
  if (wide.kind !== 'long' || typeof value !== 'bigint' || value >= MAX_INT || value < -MAX_INT) return undefined;
  return Number(value);
}
