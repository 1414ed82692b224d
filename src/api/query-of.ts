/** The query of a plan under the settings that the session has now. */
import type { UnresolvedPlan } from '../plan/unresolved-plan.ts';
import type { SessionContext } from './session-context.ts';
import { QueryExecution } from '../engine/query-execution.ts';

export function queryOf(plan: UnresolvedPlan, context: SessionContext): QueryExecution {
  return new QueryExecution(plan, context.settings(), context.parseExpression);
}
