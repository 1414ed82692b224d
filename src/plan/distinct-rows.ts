/** DISTINCT of SQL: of a stream an aggregation by all columns, as in Spark, with its rules for output modes; of a table the first rows. */
import type { LogicalPlan } from './logical-plan.ts';
import { isStreaming, outputOf } from './logical-plan.ts';

/** The plan without repeated rows. */
export function distinctRows(child: LogicalPlan): LogicalPlan {
  const columns = outputOf(child);
  return isStreaming(child)
    ? { kind: 'aggregate', child, groupings: columns, aggregates: columns }
    : { kind: 'deduplicate', child, keys: columns, withinWatermark: false };
}
