/** Joins as the rewriting of subqueries makes them. */
import type { Attribute, Expression, NamedExpression } from '../../expressions/expression.ts';
import type { JoinType } from '../join-type.ts';
import type { LogicalPlan } from '../logical-plan.ts';
import { nextAttributeId, toAttribute } from '../../expressions/expression.ts';
import { BOOLEAN } from '../../types/data-type.ts';
import { aliasOf } from '../alias.ts';
import { conjunction } from '../conjuncts.ts';
import { outputOf } from '../logical-plan.ts';

/** The plan with a column that is true, to see whether an outer join found a row. */
export function withMark(child: LogicalPlan): { readonly marked: LogicalPlan; readonly mark: Attribute } {
  const alias = aliasOf({ kind: 'literal', value: true, dataType: BOOLEAN, nullable: false }, 'found');
  return { marked: { kind: 'project', child, expressions: [...outputOf(child), alias] }, mark: toAttribute(alias) };
}

/** A join; its output are the columns of both sides, or those of the left one. */
export function join(
  left: LogicalPlan,
  right: LogicalPlan,
  joinType: JoinType,
  conditions: readonly Expression[],
): LogicalPlan {
  const condition = conditions.length === 0 ? undefined : conjunction(conditions);
  return { kind: 'join', left, right, joinType, condition };
}

/** A copy of a column under an id of its own. */
export function copyOf(column: Attribute): NamedExpression {
  const { name, dataType, nullable } = column;
  return { kind: 'alias', id: nextAttributeId(), name, child: column, dataType, nullable };
}
