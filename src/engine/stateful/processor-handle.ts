/**
 * The handle of a processor: hands out states and timers, and refuses what cannot be. The same class serves the planner, which only wants
 * to know the variables a processor names (`DeclaredVariables`), and the epochs, where states work on the key that is being handled.
 */
import type {
  ListState,
  MapState,
  QueryInfo,
  StatefulProcessorHandle,
  TimeMode,
  TtlConfig,
  ValueState,
} from '../../plan/stateful-processor.ts';
import type { Vector } from '../../types/vector.ts';
import type { StateVariable, VariableDeclaration } from './state-variable.ts';
import type { Timers } from './timers.ts';
import { MillraceError } from '../../errors/millrace-error.ts';
import { valueShape } from '../../plan/value-shape.ts';
import { listState, mapState, valueState } from './variable-views.ts';

/** The life of a handle, under Spark's names: variables are named up to `CREATED`, used from `INITIALIZED`. */
export type HandleState = 'CREATED' | 'INITIALIZED' | 'DATA_PROCESSED' | 'TIMER_PROCESSED' | 'CLOSED';

/** What a handle works on in an epoch. */
export interface HandleStores {
  variable(name: string): StateVariable | undefined;
  readonly timers: Timers | undefined;
  readonly queryInfo: QueryInfo;
}

/** The texts Spark has for time modes in errors. */
const MODE_TEXTS: Record<TimeMode, string> = {
  None: 'NoTime',
  ProcessingTime: 'ProcessingTime',
  EventTime: 'EventTime',
};

export class ProcessorHandle implements StatefulProcessorHandle {
  state: HandleState = 'CREATED';
  /** The variables named so far. */
  readonly declared = new Map<string, VariableDeclaration>();
  /** Names that are given up. */
  readonly deleted = new Set<string>();
  readonly #timeMode: TimeMode;
  readonly #stores: HandleStores | undefined;
  #keys: readonly Vector[] | undefined;

  /** Without stores the handle only notes what is named. */
  constructor(timeMode: TimeMode, stores?: HandleStores) {
    this.#timeMode = timeMode;
    this.#stores = stores;
  }

  /** The key all states and timers work on from now on, as one row per column; undefined between keys. */
  setKey(keys: readonly Vector[] | undefined): void {
    this.#keys = keys;
  }

  getValueState(name: string, schema: string, ttl?: number | TtlConfig): never {
    const value = valueShape(schema);
    const declaration = { kind: 'value', name, value, mapKey: undefined, ttlMs: this.#ttl(name, ttl) } as const;
    const state: ValueState<unknown> = valueState(this.#declare(declaration, 'get_value_state'));
    return state as never;
  }

  getListState(name: string, schema: string, ttl?: number | TtlConfig): never {
    const value = valueShape(schema);
    const declaration = { kind: 'list', name, value, mapKey: undefined, ttlMs: this.#ttl(name, ttl) } as const;
    const state: ListState<unknown> = listState(this.#declare(declaration, 'get_list_state'));
    return state as never;
  }

  getMapState(name: string, keySchema: string, valueSchema: string, ttl?: number | TtlConfig): never {
    const [value, mapKey] = [valueShape(valueSchema), valueShape(keySchema, 'key')];
    const declaration = { kind: 'map', name, value, mapKey, ttlMs: this.#ttl(name, ttl) } as const;
    const state: MapState<unknown, unknown> = mapState(this.#declare(declaration, 'get_map_state'));
    return state as never;
  }

  deleteIfExists(name: string): void {
    this.#checkNaming('delete_if_exists');
    this.declared.delete(name);
    this.deleted.add(name);
  }

  registerTimer(expiryTimestampMs: number): void {
    this.#timers('register_timer').register(this.#key('timers'), timeOf(expiryTimestampMs));
  }

  deleteTimer(expiryTimestampMs: number): void {
    this.#timers('delete_timer').delete(this.#key('timers'), timeOf(expiryTimestampMs));
  }

  listTimers(): IterableIterator<number> {
    return this.#timers('list_timers').list(this.#key('timers')).values();
  }

  getQueryInfo(): QueryInfo {
    if (this.#stores === undefined) throw invalidState('get_query_info', this.state);
    return this.#stores.queryInfo;
  }

  /** Notes a variable and gives what its view needs: the stored variable and the current key, each when it is used. */
  #declare(declaration: VariableDeclaration, operation: string): () => BoundVariable {
    const { name } = declaration;
    this.#checkNaming(operation);
    checkName(name);
    if (this.declared.has(name))
      throw new MillraceError('STATEFUL_PROCESSOR_DUPLICATE_STATE_VARIABLE_DEFINED', { stateVarName: name });
    this.declared.set(name, declaration);
    this.deleted.delete(name);
    return () => {
      if (this.state === 'CLOSED') throw invalidState(`use of ${name}`, this.state);
      const keys = this.#key(name);
      const variable = this.#stores?.variable(name);
      if (variable !== undefined) return { variable, keys };
      throw new MillraceError('INTERNAL_ERROR_TWS', {
        message: `The state variable ${name} was not named when the query was planned: name the same ones each time.`,
      });
    };
  }

  #key(name: string): readonly Vector[] {
    if (this.#keys !== undefined) return this.#keys;
    throw new MillraceError('INTERNAL_ERROR_TWS', {
      message: `Implicit key not found in state store for stateName=${name}: states are used inside handlers only.`,
    });
  }

  #checkNaming(operation: string): void {
    if (this.state !== 'CREATED') throw invalidState(operation, this.state);
  }

  #timers(operationType: string): Timers {
    const timers = this.#stores?.timers;
    if (this.#timeMode === 'None')
      throw new MillraceError('STATEFUL_PROCESSOR_CANNOT_PERFORM_OPERATION_WITH_INVALID_TIME_MODE', {
        operationType,
        timeMode: MODE_TEXTS[this.#timeMode],
      });
    if (timers === undefined || this.state === 'CREATED' || this.state === 'CLOSED')
      throw invalidState(operationType, this.state);
    return timers;
  }

  #ttl(stateName: string, ttl: number | TtlConfig | undefined): number | undefined {
    const ttlMs = typeof ttl === 'object' ? ttl.ttlMs : ttl;
    if (ttlMs === undefined || ttlMs === 0) return undefined;
    if (this.#timeMode !== 'ProcessingTime')
      throw new MillraceError('STATEFUL_PROCESSOR_INCORRECT_TIME_MODE_TO_ASSIGN_TTL', {
        stateName,
        timeMode: MODE_TEXTS[this.#timeMode],
      });
    if (!(ttlMs > 0))
      throw new MillraceError('STATEFUL_PROCESSOR_TTL_DURATION_MUST_BE_POSITIVE', {
        operationType: 'update',
        stateName,
      });
    return Math.trunc(ttlMs);
  }
}

/** A variable on the key it is used for. */
export interface BoundVariable {
  readonly variable: StateVariable;
  readonly keys: readonly Vector[];
}

function invalidState(operationType: string, handleState: HandleState): MillraceError {
  return new MillraceError('STATEFUL_PROCESSOR_CANNOT_PERFORM_OPERATION_WITH_INVALID_HANDLE_STATE', {
    operationType,
    handleState,
  });
}

function checkName(colFamilyName: string): void {
  if (colFamilyName === '' || colFamilyName.trim() !== colFamilyName || colFamilyName === 'default')
    throw new MillraceError('STATE_STORE_CANNOT_USE_COLUMN_FAMILY_WITH_INVALID_NAME', {
      operationName: 'create_col_family',
      colFamilyName,
    });
  if (/^[$_]/.test(colFamilyName))
    throw new MillraceError('STATE_STORE_CANNOT_CREATE_COLUMN_FAMILY_WITH_RESERVED_CHARS', { colFamilyName });
}

function timeOf(expiryTimestampMs: number): number {
  if (Number.isFinite(expiryTimestampMs)) return Math.trunc(expiryTimestampMs);
  throw new MillraceError('INVALID_ROW_VALUE', {
    value: String(expiryTimestampMs),
    columnName: '`expiryTimestampMs`',
    type: '"BIGINT"',
  });
}
