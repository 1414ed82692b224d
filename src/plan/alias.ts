/** Makes aliases; they keep the event-time mark of what they name. */
import type { Attribute, Expression, NamedExpression } from '../expressions/expression.ts';
import { nextAttributeId, timeMarksOf, withoutAlias } from '../expressions/expression.ts';
import { watermarkDelayOf } from './window-column.ts';

/** An alias of an expression; keeps the event-time mark of what it names. */
export function aliasOf(child: Expression, name: string): NamedExpression {
  const inner = withoutAlias(child);
  const { dataType, nullable } = inner;
  const marks = timeMarksOf({ ...sessionMarkOf(child), ...watermarkMarkOf(child) });
  return { kind: 'alias', id: nextAttributeId(), name, child: inner, dataType, nullable, ...marks };
}

function watermarkMarkOf(expression: Expression): Pick<Attribute, 'watermarkDelayMs'> {
  const watermarkDelayMs = watermarkDelayOf(expression);
  return watermarkDelayMs === undefined ? {} : { watermarkDelayMs };
}

function sessionMarkOf(expression: Expression): Pick<Attribute, 'isSession'> {
  const isNamed = expression.kind === 'attribute' || expression.kind === 'alias';
  return isNamed && expression.isSession === true ? { isSession: true } : {};
}
