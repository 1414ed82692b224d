/**
 * A query on its way from what the user wrote to operators: parsed → analyzed → optimized → physical, each made once, on demand. Shared by
 * batch actions, streaming queries and explain.
 */
import type { UnresolvedExpression } from '../expressions/unresolved.ts';
import type { EvaluationContext } from '../functions/define-function.ts';
import type { LogicalPlan } from '../plan/logical-plan.ts';
import type { UnresolvedPlan } from '../plan/unresolved-plan.ts';
import type { OutputMode } from '../sinks/sink.ts';
import type { StructType } from '../types/data-type.ts';
import type { WorkerEnvironment } from './parallel-plan.ts';
import type { PhysicalPlan } from './planner.ts';
import type { SessionSettings } from './session-settings.ts';
import { withinStack } from '../errors/within-stack.ts';
import { Analyzer } from '../plan/analyzer.ts';
import { checkTimeType } from '../plan/check-time-type.ts';
import { logicalPlanText, unresolvedPlanText } from '../plan/explain.ts';
import { outputOf } from '../plan/logical-plan.ts';
import { optimize } from '../plan/optimizer/optimizer.ts';
import { schemaOf } from './operators/operator.ts';
import { parallelPlan } from './parallel-plan.ts';
import { physicalPlanText } from './physical-text.ts';
import { planPhysical } from './planner.ts';

/** `simple`: the physical plan. `extended`: all four. `formatted`: the physical plan with a numbered section per operator. */
export type ExplainMode = 'simple' | 'extended' | 'formatted';

export class QueryExecution {
  readonly parsed: UnresolvedPlan;
  readonly settings: SessionSettings;
  readonly #parseExpression: ((text: string) => UnresolvedExpression) | undefined;
  #analyzed: LogicalPlan | undefined;
  #optimized: LogicalPlan | undefined;

  constructor(
    parsed: UnresolvedPlan,
    settings: SessionSettings,
    parseExpression?: (text: string) => UnresolvedExpression,
  ) {
    this.parsed = parsed;
    this.settings = settings;
    this.#parseExpression = parseExpression;
  }

  /** The same settings for another plan. */
  withPlan(parsed: UnresolvedPlan): QueryExecution {
    return new QueryExecution(parsed, this.settings, this.#parseExpression);
  }

  get analyzed(): LogicalPlan {
    this.#analyzed ??= withinStack(() => this.#analyze());
    return this.#analyzed;
  }

  #analyze(): LogicalPlan {
    const { ansi, timeZone, user, database, timestampType, hasTimeType, listNames, keepsScale } = this.settings;
    const names = { user, database, listNames };
    const context = { ansi, timeZone, timestampType, keepsScale, ...names, parseExpression: this.#parseExpression };
    const plan = new Analyzer(context).analyze(this.parsed);
    if (!hasTimeType) checkTimeType(plan);
    return plan;
  }

  get optimized(): LogicalPlan {
    const { ansi, timeZone } = this.settings;
    const { analyzed } = this;
    this.#optimized ??= withinStack(() => optimize(analyzed, { ansi, timeZone }));
    return this.#optimized;
  }

  /** The schema of the result. */
  get schema(): StructType {
    return schemaOf(outputOf(this.analyzed));
  }

  /** Fresh operators; each run of the query plans its own. A streaming one says its output mode. */
  planPhysical(outputMode?: OutputMode): PhysicalPlan {
    const { optimized } = this;
    return withinStack(() => planPhysical(optimized, outputMode));
  }

  /** The evaluation context of a batch; the same batch always gets the same one. */
  evaluationContext(batchTimestampMs: number, seed: number): EvaluationContext {
    const { ansi, timeZone } = this.settings;
    return { batchTimestampMicros: BigInt(Math.trunc(batchTimestampMs)) * 1000n, timeZone, ansi, seed };
  }

  /** The plans as text; `environment` says what can run on worker threads. */
  explain(mode: ExplainMode, environment: WorkerEnvironment): string {
    const plan = this.planPhysical();
    const parallel = parallelPlan(this, plan, environment);
    const physical = physicalPlanText(plan.root, parallel, mode === 'formatted' ? mode : 'simple');
    if (mode !== 'extended') return `== Physical Plan ==\n${physical}`;
    return [
      `== Parsed Logical Plan ==\n${unresolvedPlanText(this.parsed)}`,
      `== Analyzed Logical Plan ==\n${logicalPlanText(this.analyzed)}`,
      `== Optimized Logical Plan ==\n${logicalPlanText(this.optimized)}`,
      `== Physical Plan ==\n${physical}`,
    ].join('\n\n');
  }
}
