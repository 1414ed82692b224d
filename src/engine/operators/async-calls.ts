/**
 * Calls of the user's asynchronous functions: a column of results per call, in the order of the rows. The calls of a batch run side by side,
 * as many as the function allows; batches follow one another. Stateless; on the coordinator, where the functions are.
 */
import type { Subscriber } from 'rxjs';
import type { Alias, Attribute, Expression, NamedExpression, ScalarCall } from '../../expressions/expression.ts';
import type { AsyncCalls, AsyncEvaluator } from '../../functions/define-function.ts';
import type { ColumnBatch } from '../../types/column-batch.ts';
import type { Value, Vector } from '../../types/vector.ts';
import type { Epoch, Operator, Transform } from './operator.ts';
import { Observable } from 'rxjs';
import { assert, present } from '../../errors/assert.ts';
import { compileExpression, type Evaluator } from '../../expressions/compile.ts';
import { mapChildren, nextAttributeId, someNode, toAttribute } from '../../expressions/expression.ts';
import { expressionSql } from '../../expressions/sql-text.ts';
import { conjunction, conjunctsOf } from '../../plan/conjuncts.ts';
import { vectorOf } from '../../types/vector-builder.ts';
import { valueAt } from '../../types/vector.ts';
import { filter } from './filter.ts';
import { schemaOf } from './operator.ts';
import { project } from './project.ts';
import { USER_FUNCTION } from './typed-rows.ts';

/** True when an expression has a call that is waited for. */
export function isAsync(expression: Expression): boolean {
  return someNode(expression, isAsyncCall);
}

function isAsyncCall(node: Expression): node is ScalarCall {
  return node.kind === 'call' && node.evaluator.kind === 'async';
}

/** A select list with such calls. */
export function asyncProject(input: Operator, expressions: readonly NamedExpression[]): Operator {
  const waiting = new WaitingCalls(input);
  const replaced = expressions.map((one) => (one.kind === 'alias' ? { ...one, child: waiting.take(one.child) } : one));
  return project(waiting.input, replaced);
}

/** A condition with such calls; what can be asked without waiting is asked first. */
export function asyncFilter(input: Operator, condition: Expression): Operator {
  const conjuncts = conjunctsOf(condition);
  const plain = conjuncts.filter((one) => !isAsync(one));
  const waiting = new WaitingCalls(plain.length === 0 ? input : filter(input, conjunction(plain)));
  const rest = conjunction(conjuncts.filter(isAsync).map((one) => waiting.take(one)));
  return project(filter(waiting.input, rest), input.output);
}

/** Takes the calls out of expressions: those whose arguments wait for others come after them. */
class WaitingCalls {
  input: Operator;

  constructor(input: Operator) {
    this.input = input;
  }

  /** The expression with columns of results in place of the calls. */
  take(expression: Expression): Expression {
    const replaced = mapChildren(expression, (child) => this.take(child));
    if (!isAsyncCall(replaced)) return replaced;
    const call: Alias = {
      kind: 'alias',
      child: replaced,
      name: replaced.functionName,
      id: nextAttributeId(),
      dataType: replaced.dataType,
      nullable: true,
    };
    this.input = asyncCall(this.input, call, replaced);
    return toAttribute(call);
  }
}

function asyncCall(input: Operator, alias: Alias, call: ScalarCall): Transform {
  const { evaluator } = call;
  assert(evaluator.kind === 'async', 'only calls that are waited for come here');
  const output: readonly Attribute[] = [...input.output, toAttribute(alias)];
  const schema = schemaOf(output);
  const args = call.arguments.map((argument) => compileExpression(argument, input.output));
  return {
    kind: 'transform',
    distribution: USER_FUNCTION,
    name: 'AsyncCall',
    inputs: [input],
    output,
    detail: `${expressionSql(call)}, at most ${evaluator.concurrency} at a time`,
    process: (epoch) => (source) =>
      new Observable((subscriber) => {
        const stop = new AbortController();
        const { stopped } = epoch;
        const end = (): void => subscriber.error(stopped?.reason);
        if (stopped?.aborted === true) end();
        stopped?.addEventListener('abort', end, { once: true });
        subscriber.add(() => stopped?.removeEventListener('abort', end));
        const inTurn = new BatchesInTurn(subscriber, epoch, async (batch) => {
          const column = await results({ args, evaluator, type: call.dataType }, batch, epoch, stop.signal);
          return { schema, numRows: batch.numRows, columns: [...batch.columns, column] };
        });
        subscriber.add(() => stop.abort());
        subscriber.add(
          source.subscribe({
            next: (batch) => inTurn.add(batch),
            error: (error: unknown) => subscriber.error(error),
            complete: () => inTurn.end(),
          }),
        );
      }),
  };
}

/** Works off batches one after the other and puts them out in that order. */
class BatchesInTurn {
  readonly #subscriber: Subscriber<ColumnBatch>;
  readonly #epoch: Epoch;
  readonly #work: (batch: ColumnBatch) => Promise<ColumnBatch>;
  #last: Promise<void> = Promise.resolve();

  constructor(subscriber: Subscriber<ColumnBatch>, epoch: Epoch, work: (batch: ColumnBatch) => Promise<ColumnBatch>) {
    this.#subscriber = subscriber;
    this.#epoch = epoch;
    this.#work = work;
  }

  add(batch: ColumnBatch): void {
    this.#epoch.holding?.produced();
    this.#then(async () => {
      const made = await this.#work(batch);
      this.#epoch.holding?.consumed();
      this.#subscriber.next(made);
    });
  }

  end(): void {
    this.#then(() => this.#subscriber.complete());
  }

  #then(step: () => void | Promise<void>): void {
    this.#last = this.#last.then(() => (this.#subscriber.closed ? undefined : step()));
    this.#last.catch((error: unknown) => this.#subscriber.error(error));
  }
}

interface WaitingCall {
  readonly args: readonly Evaluator[];
  readonly evaluator: AsyncEvaluator;
  readonly type: Alias['dataType'];
}

/** The results for the rows of a batch; the first failure ends the other calls. */
async function results(call: WaitingCall, batch: ColumnBatch, epoch: Epoch, stopped: AbortSignal): Promise<Vector> {
  const columns = call.args.map((evaluate) => evaluate(batch, epoch.context));
  const values = Array.from<Value | null>({ length: batch.numRows }).fill(null);
  const failed = new AbortController();
  const sleep = present(epoch.sleep, 'queries have a clock');
  const calls: AsyncCalls = { signal: AbortSignal.any([stopped, failed.signal]), sleep };
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < batch.numRows && !calls.signal.aborted) {
      const row = next++;
      values[row] = await call.evaluator.apply(
        columns.map((column) => valueAt(column, row)),
        calls,
      );
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.min(call.evaluator.concurrency, batch.numRows) }, work));
  } finally {
    failed.abort();
  }
  return vectorOf(call.type, values);
}
