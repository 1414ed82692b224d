/**
 * All stores of one transformWithState: one per state variable and one for timers. Knows what the processor named when the query was
 * planned, and gives each epoch its variables and timers.
 */
import type { StatefulTransform } from '../../plan/grouped-function.ts';
import type { StructType } from '../../types/data-type.ts';
import type { OperatorState, OperatorStateOptions } from '../operators/operator-state.ts';
import type { Epoch } from '../operators/operator.ts';
import type { VariableCounts, VariableDeclaration } from './state-variable.ts';
import { present } from '../../errors/assert.ts';
import { MillraceError } from '../../errors/millrace-error.ts';
import { ProcessorHandle } from './processor-handle.ts';
import { RowsByKey } from './rows-by-key.ts';
import { StateVariable, expiryTimes, variableSchema } from './state-variable.ts';
import { Timers, timerSchema, timerTimes } from './timers.ts';
import { reasonOf } from './user-rows.ts';

/** What a processor names before its first row. */
export interface DeclaredVariables {
  readonly variables: readonly VariableDeclaration[];
  /** Names of state that the processor gives up. */
  readonly deleted: readonly string[];
}

/** Makes a processor once, only to see which states it names. */
export function declaredVariables({ create, timeMode }: StatefulTransform): DeclaredVariables {
  const handle = new ProcessorHandle(timeMode);
  const processor = userCode('init', () => create(handle));
  userCode('init', () => processor.init(handle));
  userCode('close', () => processor.close());
  return { variables: [...handle.declared.values()], deleted: [...handle.deleted] };
}

export type StoreMaker = (options: Omit<OperatorStateOptions, 'operatorId' | 'isPersistent'>) => OperatorState;

const OPERATOR_NAME = 'transformWithStateExec';

export class ProcessorStores {
  readonly declared: DeclaredVariables;
  readonly #keys: StructType;
  readonly #states = new Map<string, OperatorState>();
  readonly #timers: OperatorState;
  /** The indexes of stores with several rows per key, and the load they were made after. */
  readonly #rows = new Map<OperatorState, { readonly numLoads: number; readonly rows: RowsByKey }>();

  /** `makeStore` makes the stores of one operator; the timers' comes first, so that an operator without variables has one too. */
  constructor(keys: StructType, transform: StatefulTransform, makeStore: StoreMaker) {
    const { timeMode } = transform;
    this.#keys = keys;
    this.declared = declaredVariables(transform);
    this.#timers = makeStore({
      operatorName: OPERATOR_NAME,
      storeName: '$timers',
      schema: timerSchema(keys),
      evictionTimes: timerTimes,
      noDataBatches: timeMode === 'ProcessingTime' ? 'clock' : 'watermark',
      isTimeless: timeMode === 'None',
    });
    for (const variable of this.declared.variables) {
      const state = makeStore({
        operatorName: OPERATOR_NAME,
        storeName: storeNameOf(variable.name),
        schema: variableSchema(keys, variable),
        evictionTimes: variable.ttlMs === undefined ? undefined : expiryTimes,
        noDataBatches: 'never',
        variable: { name: variable.name, kind: variable.kind },
      });
      this.#states.set(variable.name, state);
    }
  }

  /** The names of stores that the processor gives up. */
  get deletedStores(): string[] {
    return this.declared.deleted.map(storeNameOf);
  }

  /** The store that reports for the operator. */
  get reporting(): OperatorState {
    return this.#timers;
  }

  variables(epoch: Epoch, counts: VariableCounts): Map<string, StateVariable> {
    return new Map(
      this.declared.variables.map((declaration) => {
        const state = present(this.#states.get(declaration.name), 'a variable has a store');
        const rows = declaration.kind === 'value' ? undefined : this.#rowsOf(state, epoch);
        return [declaration.name, new StateVariable(declaration, state, rows, epoch, counts)];
      }),
    );
  }

  timers(epoch: Epoch): Timers {
    return new Timers(this.#timers, this.#rowsOf(this.#timers, epoch), epoch);
  }

  /** Rows as Spark counts them: one per value, list and map entry; timers do not count. */
  numRowsTotal(epoch: Epoch): number {
    return this.declared.variables.reduce((total, { name, kind }) => {
      const state = present(this.#states.get(name), 'a variable has a store');
      return total + (kind === 'list' ? this.#rowsOf(state, epoch).numKeys : state.table(epoch).size);
    }, 0);
  }

  #rowsOf(state: OperatorState, epoch: Epoch): RowsByKey {
    const known = this.#rows.get(state);
    if (state.isPersistent && known?.numLoads === state.numLoads) return known.rows;
    const rows = RowsByKey.of(state.table(epoch), this.#keys);
    this.#rows.set(state, { numLoads: state.numLoads, rows });
    return rows;
  }
}

/** The name of a variable's store; it is part of file names. */
function storeNameOf(variableName: string): string {
  return encodeURIComponent(variableName);
}

/** Runs a function of a processor; what it throws becomes TRANSFORM_WITH_STATE_USER_FUNCTION_ERROR. */
export function userCode<T>(functionName: string, run: () => T, where = ''): T {
  try {
    return run();
  } catch (cause) {
    throw userError(functionName, cause, where);
  }
}

/** The typed error of what a function of a processor threw; errors of Millrace's own pass as they are. */
export function userError(functionName: string, cause: unknown, where: string): unknown {
  if (cause instanceof MillraceError) return cause;
  const reason = `${reasonOf(cause)}${where}`;
  return new MillraceError('TRANSFORM_WITH_STATE_USER_FUNCTION_ERROR', { function: functionName, reason }, { cause });
}
