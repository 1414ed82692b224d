/** Reads and carries only the columns somebody uses: scans put out what is needed, projections and aggregates drop what is not. */
import type { Expand, Join, LogicalPlan } from '../logical-plan.ts';
import type { Expression } from '../../expressions/expression.ts';
import { referencesOf } from '../../expressions/expression.ts';
import { outputOf } from '../logical-plan.ts';

/** The plan with its own output unchanged and everything below it pruned. */
export function pruneColumns(plan: LogicalPlan): LogicalPlan {
  return prune(plan, new Set(outputOf(plan).map(({ id }) => id)));
}

function prune(plan: LogicalPlan, needed: ReadonlySet<number>): LogicalPlan {
  switch (plan.kind) {
    case 'scan':
      return { ...plan, output: plan.output.filter(({ id }) => needed.has(id)) };
    case 'localRelation':
    case 'range':
      return plan;
    case 'project': {
      const expressions = plan.expressions.filter(({ id }) => needed.has(id));
      return { ...plan, expressions, child: prune(plan.child, references(expressions)) };
    }
    case 'aggregate': {
      const kept = plan.aggregates.filter(({ id }) => needed.has(id));
      const used = references([...plan.groupings, ...kept]);
      return { ...plan, aggregates: kept, child: prune(plan.child, used) };
    }
    case 'expand':
      return pruneExpand(plan, needed);
    case 'filter':
      return { ...plan, child: prune(plan.child, union(needed, referencesOf(plan.condition))) };
    case 'timeWindow':
      return { ...plan, child: prune(plan.child, union(needed, referencesOf(plan.time))) };
    case 'sessionWindow':
      return { ...plan, child: prune(plan.child, union(needed, references([plan.time, plan.gap]))) };
    case 'generate': {
      const passed = plan.passed.filter(({ id }) => needed.has(id));
      return { ...plan, passed, child: prune(plan.child, references([...passed, ...plan.generator.arguments])) };
    }
    case 'singleRow':
    case 'recursionInput':
    case 'recursion':
    case 'window':
      return pruneRare(plan, needed);
    case 'eventTimeWatermark':
      return { ...plan, child: prune(plan.child, union(needed, [plan.eventTime.id])) };
    case 'deduplicate':
      return { ...plan, child: prune(plan.child, union(needed, columnsOfDuplicates(plan))) };
    case 'sort':
      return { ...plan, child: prune(plan.child, union(needed, references(plan.order.map(({ child }) => child)))) };
    case 'collectMetrics':
      return { ...plan, child: prune(plan.child, union(needed, references(plan.metrics))) };
    case 'union':
      return pruneUnion(plan, needed);
    case 'typedFilter':
    case 'mapPartitions':
    case 'appendKeys':
      return { ...plan, child: prune(plan.child, everything(plan.child)) };
    case 'flatMapGroupsWithState':
    case 'transformWithState':
      return pruneRare(plan, needed);
    case 'join':
      return pruneJoin(plan, needed);
    case 'limit':
    case 'offset':
    case 'subqueryAlias':
      return { ...plan, child: prune(plan.child, needed) };
  }
}

function pruneExpand(plan: Expand, needed: ReadonlySet<number>): LogicalPlan {
  const kept = plan.output.flatMap(({ id }, i) => (needed.has(id) ? [i] : []));
  const projections = plan.projections.map((projection) => kept.flatMap((i) => projection[i] ?? []));
  const output = kept.flatMap((i) => plan.output[i] ?? []);
  return { ...plan, projections, output, child: prune(plan.child, references(projections.flat())) };
}

type Rare = LogicalPlan & {
  readonly kind:
    | 'singleRow'
    | 'recursionInput'
    | 'recursion'
    | 'window'
    | 'flatMapGroupsWithState'
    | 'transformWithState';
};

/** Nodes that are met less often: of functions over rows, window functions, subqueries and recursive queries. */
function pruneRare(plan: Rare, needed: ReadonlySet<number>): LogicalPlan {
  switch (plan.kind) {
    case 'flatMapGroupsWithState':
    case 'transformWithState': {
      const { child, initialState } = plan;
      return {
        ...plan,
        child: prune(child, everything(child)),
        initialState: initialState === undefined ? undefined : prune(initialState, everything(initialState)),
      };
    }
    case 'singleRow':
      return {
        ...plan,
        child: prune(
          plan.child,
          union(
            needed,
            plan.keys.map(({ id }) => id),
          ),
        ),
      };
    case 'recursionInput':
      return plan;
    case 'recursion':
      return {
        ...plan,
        anchor: prune(plan.anchor, everything(plan.anchor)),
        step: prune(plan.step, everything(plan.step)),
      };
    case 'window': {
      const windowExpressions = plan.windowExpressions.filter(({ id }) => needed.has(id));
      if (windowExpressions.length === 0) return prune(plan.child, needed);
      const order = plan.order.map(({ child }) => child);
      const used = references([...windowExpressions, ...plan.partition, ...order]);
      return { ...plan, windowExpressions, child: prune(plan.child, union(needed, used)) };
    }
  }
}

function pruneUnion(plan: LogicalPlan & { readonly kind: 'union' }, needed: ReadonlySet<number>): LogicalPlan {
  const kept = plan.output.flatMap(({ id }, i) => (needed.has(id) ? [i] : []));
  const children = plan.children.map((child) => {
    const columns = outputOf(child);
    const expressions = kept.flatMap((i) => columns[i] ?? []);
    return prune({ kind: 'project', child, expressions }, new Set(expressions.map(({ id }) => id)));
  });
  return { ...plan, children, output: kept.flatMap((i) => plan.output[i] ?? []) };
}

/** Functions over rows may use any column. */
function everything(plan: LogicalPlan): Set<number> {
  return new Set(outputOf(plan).map(({ id }) => id));
}

/** Each side puts out what is needed above and in the condition, no more: a join keeps whole rows. */
function pruneJoin(plan: Join, needed: ReadonlySet<number>): LogicalPlan {
  const all = plan.condition === undefined ? needed : union(needed, referencesOf(plan.condition));
  const side = (child: LogicalPlan): LogicalPlan => {
    const wanted = outputOf(child).flatMap(({ id }) => (all.has(id) ? [id] : []));
    const pruned = prune(child, new Set(wanted));
    const kept = outputOf(pruned).filter(({ id }) => all.has(id));
    if (kept.length === outputOf(pruned).length) return pruned;
    return { kind: 'project', child: pruned, expressions: kept };
  };
  return { ...plan, left: side(plan.left), right: side(plan.right) };
}

function references(expressions: readonly Expression[]): Set<number> {
  return new Set(expressions.flatMap((expression) => [...referencesOf(expression)]));
}

function union(left: ReadonlySet<number>, right: Iterable<number>): Set<number> {
  return new Set([...left, ...right]);
}

/** The keys, and the event time that says which rows are late; as in Spark, a key that is one is enough. */
function columnsOfDuplicates({
  keys,
  withinWatermark,
  child,
}: LogicalPlan & { readonly kind: 'deduplicate' }): number[] {
  const ids = keys.map(({ id }) => id);
  if (!withinWatermark && keys.some(({ watermarkDelayMs }) => watermarkDelayMs !== undefined)) return ids;
  const times = outputOf(child).filter(({ watermarkDelayMs }) => watermarkDelayMs !== undefined);
  return [...ids, ...times.map(({ id }) => id)];
}
