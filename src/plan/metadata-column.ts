/**
 * The column `_metadata` of files: it says of each row where it comes from. No star and no schema has it; a name that no other column has finds it.
 * A scan puts it out only in queries that name it, and it goes up through nodes that keep their rows, until it is selected or left out.
 */
import type { Attribute, NamedExpression } from '../expressions/expression.ts';
import type { LogicalPlan } from './logical-plan.ts';
import type { SourceRelation, UnresolvedPlan } from './unresolved-plan.ts';
import { nextAttributeId } from '../expressions/expression.ts';
import { outputOf } from './logical-plan.ts';

const NAME = '_metadata';
const MENTION = /_metadata|^input_file_/i;

/** Whether a query may name the column anywhere. */
export function mentionsMetadata(plan: UnresolvedPlan): boolean {
  return mentions(plan);
}

function mentions(value: unknown): boolean {
  if (typeof value === 'string') return MENTION.test(value);
  if (typeof value !== 'object' || value === null) return false;
  if (Array.isArray(value)) return value.some(mentions);
  // What a relation holds is no expression and may be large; other objects are of classes.
  const isRelation = 'kind' in value && (value.kind === 'localRelation' || value.kind === 'read');
  if (isRelation || Object.getPrototypeOf(value) !== Object.prototype) return false;
  return Object.values(value).some(mentions);
}

/** The column of a relation as an attribute no star finds; nothing when the relation has none, or a column of that name. */
export function metadataOf({ metadata, schema }: SourceRelation): readonly Attribute[] {
  if (metadata === undefined || schema.fields.some(({ name }) => name.toLowerCase() === NAME)) return [];
  const id = nextAttributeId();
  return [{ kind: 'attribute', id, name: NAME, qualifier: [], dataType: metadata, nullable: false, isHidden: true }];
}

/** True for the column before it is selected. */
export function isHiddenMetadata({ isHidden, name }: Attribute): boolean {
  return isHidden === true && name === NAME;
}

/** The expressions of a projection and the hidden column of its child, unless it is among them. */
export function withHiddenMetadata(expressions: readonly NamedExpression[], child: LogicalPlan): NamedExpression[] {
  const passed = outputOf(child).filter(
    (column) => isHiddenMetadata(column) && !expressions.some(({ id }) => id === column.id),
  );
  return [...expressions, ...passed];
}

/** The plan without the column, where nothing above can name it any more. */
export function withoutHiddenMetadata(plan: LogicalPlan): LogicalPlan {
  const output = outputOf(plan);
  if (!output.some(isHiddenMetadata)) return plan;
  const expressions = output.filter((column) => !isHiddenMetadata(column));
  return { kind: 'project', child: plan, expressions };
}
