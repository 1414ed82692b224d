/** Runs one query of Spark's tests and compares its answer: schema, rows in their order, condition of the error. */
import type { DataFrame } from '../../src/index.ts';
import type { HiveStyle } from './hive-text.ts';
import type { SparkQuery } from './corpus.ts';
import { MillraceError } from '../../src/index.ts';
import { simpleName } from '../../src/types/data-type.ts';
import { hiveRows } from './hive-text.ts';

/**
 * What became of a query. `pass`: the same answer. `crash`: an exception that is no typed error. `slow`: not done in time. The others say
 * in what the answers differ: `error`: ours is an error; `missing-error`: only Spark's is one; `condition`: both are, but not the same.
 */
export type Verdict = 'pass' | 'schema' | 'rows' | 'order' | 'error' | 'missing-error' | 'condition' | 'crash' | 'slow';

export interface Outcome {
  readonly verdict: Verdict;
  /** Ours, in a line or a few. */
  readonly ours?: string;
  /** Spark's answer is an error without a condition of its own, and ours is some typed error. */
  readonly isAnyError?: true;
  /** Last digits of floating-point aggregates differ, which Spark adds up in parts that depend on how it cuts the rows. */
  readonly isRounded?: true;
}

interface Answer {
  readonly schema: string;
  readonly rows: readonly string[];
  readonly isSorted: boolean;
  readonly isAggregated: boolean;
  /** Places of the columns of floating-point numbers. */
  readonly doubles: ReadonlySet<number>;
}

/** Runs the query through `ask` and compares. */
export async function compare(ask: (sql: string) => DataFrame, query: SparkQuery, style: HiveStyle): Promise<Outcome> {
  let answer: Answer;
  try {
    answer = await answerOf(ask(query.sql), style);
  } catch (error) {
    return compareError(error, query);
  }
  const output = outputOf(answer.isSorted ? answer.rows : answer.rows.toSorted());
  if (query.condition !== undefined)
    return { verdict: 'missing-error', ours: `${answer.schema}\n${output.slice(0, 300)}` };
  if (answer.schema !== query.schema) {
    const rows = output === query.output ? '(the same rows)' : output.slice(0, 1000);
    return { verdict: 'schema', ours: `${answer.schema}\n${rows}` };
  }
  if (output === query.output) return { verdict: 'pass' };
  if (answer.isAggregated && equalButDigits(output, query.output, answer.doubles))
    return { verdict: 'pass', isRounded: true };
  const isOther = outputOf(answer.rows.toSorted()) !== outputOf(query.output.split('\n').toSorted());
  return { verdict: isOther ? 'rows' : 'order', ours: output.slice(0, 2000) };
}

function outputOf(rows: readonly string[]): string {
  return rows.join('\n').replace(/\s+$/, '');
}

async function answerOf(result: DataFrame, style: HiveStyle): Promise<Answer> {
  const rows: string[] = [];
  for await (const batch of result.toBatches()) rows.push(...hiveRows(batch, style));
  const { schema } = result;
  return {
    schema: `struct<${schema.fields.map(({ name, dataType }) => `${name}:${simpleName(dataType)}`).join(',')}>`,
    rows,
    isSorted: isSorted(result.queryExecution.analyzed),
    isAggregated: isAggregated(result.queryExecution.analyzed),
    doubles: new Set(schema.fields.flatMap(({ dataType }, i) => (dataType.kind === 'double' ? [i] : []))),
  };
}

/** True when the answers are the same but for the last two of the 17 digits of floating-point numbers. */
function equalButDigits(ours: string, theirs: string, doubles: ReadonlySet<number>): boolean {
  const [left, right] = [ours.split('\n'), theirs.split('\n')];
  return left.length === right.length && left.every((line, i) => equalLines(line, right[i] ?? '', doubles));
}

function equalLines(ours: string, theirs: string, doubles: ReadonlySet<number>): boolean {
  const [left, right] = [ours.split('\t'), theirs.split('\t')];
  return (
    left.length === right.length &&
    left.every((cell, i) => cell === right[i] || (doubles.has(i) && areNear(Number(cell), Number(right[i]))))
  );
}

function areNear(a: number, b: number): boolean {
  return Math.abs(a - b) <= 1e-14 * Math.max(Math.abs(a), Math.abs(b));
}

/** True when an aggregation stands anywhere in the plan. */
function isAggregated(plan: object): boolean {
  const node = plan as Readonly<Record<string, unknown>>;
  if (node['kind'] === 'aggregate' || node['kind'] === 'window') return true;
  return CHILDREN.flatMap((name) => node[name] ?? []).some(
    (child) => typeof child === 'object' && child !== null && isAggregated(child),
  );
}

function compareError(error: unknown, { condition }: SparkQuery): Outcome {
  if (!(error instanceof MillraceError) || error.condition === 'INTERNAL_ERROR') {
    const ours = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { verdict: 'crash', ours: ours.split('\n').slice(0, 8).join('\n') };
  }
  const ours = error.message.slice(0, 500);
  if (condition === undefined) return { verdict: 'error', ours };
  if (condition === '' || condition.startsWith('_LEGACY')) return { verdict: 'pass', isAnyError: true };
  return condition === error.condition ? { verdict: 'pass' } : { verdict: 'condition', ours };
}

const UNSORTED = new Set(['join', 'aggregate', 'generate', 'deduplicate']);
const CHILDREN = ['child', 'left', 'right', 'children', 'anchor', 'step'] as const;

/** SQLQueryTestSuite's rule: a Sort counts unless a join, an aggregation or the like stands above it. */
function isSorted(plan: object): boolean {
  const node = plan as Readonly<Record<string, unknown>>;
  if (UNSORTED.has(String(node['kind'])) || node['isSample'] === true) return false;
  if (node['kind'] === 'sort') return true;
  return CHILDREN.flatMap((name) => node[name] ?? []).some(
    (child) => typeof child === 'object' && child !== null && isSorted(child),
  );
}
