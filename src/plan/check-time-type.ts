/** `spark.sql.timeType.enabled`: as in Spark 4.3 the type TIME is refused unless it is on. */
import type { LogicalPlan } from './logical-plan.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { someNode } from '../expressions/expression.ts';

import type { DataType } from '../types/data-type.ts';
import { someType } from '../types/inner-types.ts';
import { inputsOf, outputOf } from './logical-plan.ts';
import { expressionsOf } from './plan-expressions.ts';

/** Throws UNSUPPORTED_TIME_TYPE when a column or an expression of the plan is a TIME or holds one. */
export function checkTimeType(plan: LogicalPlan): void {
  const holdsTime = (type: DataType): boolean => someType(type, ({ kind }) => kind === 'time');
  const isThere =
    outputOf(plan).some(({ dataType }) => holdsTime(dataType)) ||
    expressionsOf(plan).some((one) => someNode(one, ({ dataType }) => holdsTime(dataType)));
  if (isThere) throw new MillraceError('UNSUPPORTED_TIME_TYPE', {});
  inputsOf(plan).forEach(checkTimeType);
}
