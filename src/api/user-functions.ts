/**
 * Functions of the user as columns (`F.udf`, `F.udaf`) and under a name for SQL (`session.udf.register`). They run in the process of the
 * session, those of one row asynchronously if they give promises; a query with one runs without worker threads.
 */
import type { SqlFunction } from '../expressions/sql-function.ts';
import type { AsyncOptions } from '../functions/async-function.ts';
import type { DataType, StructType } from '../types/data-type.ts';
import type { AggregateParts, UserAggregate, UserFunction, UserScalar, UserTable } from '../functions/user-function.ts';
import type { ColumnOrName } from './column.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { parseSchema, parseType } from '../types/schema.ts';
import { Column, toExpression } from './column.ts';
import { named } from './named-column.ts';

/** A type as DDL or as an object. */
export type TypeLike = string | DataType;

/** A user function that is called with columns; a text is a column's name. */
export type UserFunctionCall = ((...columns: readonly ColumnOrName[]) => Column) & {
  /** What is called, for `session.udf.register`. */
  readonly definition: UserFunction;
  /** The same function, called anew for every row even where the arguments are the same. */
  asNondeterministic(): UserFunctionCall;
};

/** How a function of many rows keeps and gives its values. */
export interface AggregateTypes {
  /** The type of what is kept per group; a struct as `sum DOUBLE, n BIGINT`. */
  readonly bufferType: TypeLike;
  readonly returnType: TypeLike;
}

function typeOf(type: TypeLike): DataType {
  if (typeof type !== 'string') return type;
  try {
    return parseType(type);
  } catch {
    return parseSchema(type);
  }
}

function callable(definition: UserFunction): UserFunctionCall {
  const call = (...columns: readonly ColumnOrName[]): Column =>
    new Column({
      kind: 'unresolvedFunction',
      functionName: definition.name,
      arguments: columns.map((column) => toExpression(named(column))),
      isDistinct: false,
      definition,
    });
  return Object.assign(call, {
    definition,
    asNondeterministic: () =>
      definition.kind === 'scalar' ? callable({ ...definition, isDeterministic: false }) : callable(definition),
  });
}

/**
 * A function of one row as a function of columns. It gets and gives values as rows hold them, null included. An async function, or any
 * with options, may give promises and gets `{ signal }` as last argument; its calls run side by side, the rows keep their order.
 *
 * @example
 * const plusOne = F.udf((x: number | null) => (x === null ? null : x + 1), 'INT');
 * df.select(plusOne('a'));
 */
export function udf<Args extends readonly never[]>(
  fn: (...args: Args) => unknown,
  returnType: TypeLike = 'STRING',
  options?: AsyncOptions,
): UserFunctionCall {
  return callable(scalarOf('<lambda>', fn as unknown as UserScalar['call'], returnType, options));
}

/** A function of many rows as a function of columns; see `AggregateParts`. */
export function udaf<B, R>(parts: AggregateParts<B, R>, types: AggregateTypes): UserFunctionCall {
  return callable(aggregateOf('<aggregate>', parts as AggregateParts<unknown, unknown>, types));
}

function scalarOf(name: string, call: UserScalar['call'], returnType: TypeLike, options?: AsyncOptions): UserScalar {
  const asynchronous = options ?? (isAsyncFunction(call) ? {} : undefined);
  checkOptions(name, asynchronous);
  return { kind: 'scalar', name, call, returnType: typeOf(returnType), isDeterministic: true, asynchronous };
}

function isAsyncFunction(call: UserScalar['call']): boolean {
  return Object.prototype.toString.call(call) === '[object AsyncFunction]';
}

function checkOptions(name: string, options: AsyncOptions | undefined): void {
  const limits = { concurrency: 1, timeoutMs: 1, retries: 0, retryDelayMs: 0 };
  for (const [option, value] of Object.entries(options ?? {})) {
    const least = Object.entries(limits).find(([known]) => known === option)?.[1];
    if (value === undefined || (least !== undefined && Number.isInteger(value) && value >= least)) continue;
    throw new MillraceError('INVALID_UDF_OPTION', { funcName: `\`${name}\``, option, value: String(value) });
  }
}

function aggregateOf(name: string, parts: AggregateParts<unknown, unknown>, types: AggregateTypes): UserAggregate {
  return {
    kind: 'aggregate',
    name,
    init: parts.init,
    update: parts.update,
    merge: parts.merge,
    finish: parts.finish,
    bufferType: typeOf(types.bufferType),
    returnType: typeOf(types.returnType),
  };
}

/** `session.udf`: the functions of a session by name, usable in SQL text from then on. */
export class UserFunctionRegistry {
  readonly #functions = new Map<string, UserFunction | SqlFunction>();

  /** The functions by lower-case name; internal. */
  get functions(): ReadonlyMap<string, UserFunction | SqlFunction> {
    return this.#functions;
  }

  /** What CREATE TEMPORARY FUNCTION does; internal. */
  put(name: string, definition: SqlFunction): void {
    this.#functions.set(name.toLowerCase(), definition);
  }

  /** What DROP TEMPORARY FUNCTION does; internal. */
  remove(name: string): void {
    this.#functions.delete(name.toLowerCase());
  }

  /** Names a function made by F.udf or F.udaf. */
  register(name: string, fn: UserFunctionCall): UserFunctionCall;
  /** Names a function of one row. */
  register<Args extends readonly never[]>(
    name: string,
    fn: (...args: Args) => unknown,
    returnType?: TypeLike,
    options?: AsyncOptions,
  ): UserFunctionCall;
  /** Names a function of many rows. */
  register<B, R>(name: string, parts: AggregateParts<B, R>, types: AggregateTypes): UserFunctionCall;
  register(name: string, fn: object, types?: TypeLike | AggregateTypes, options?: AsyncOptions): UserFunctionCall {
    if ('definition' in fn) return this.#add({ ...(fn as UserFunctionCall).definition, name });
    if (typeof fn === 'function') {
      const returnType = typeof types === 'object' && 'bufferType' in types ? types.returnType : (types ?? 'STRING');
      return this.#add(scalarOf(name, fn as unknown as UserScalar['call'], returnType, options));
    }
    if (typeof types !== 'object' || !('bufferType' in types))
      throw new MillraceError('INVALID_UDF_IMPLEMENTATION', { funcName: `\`${name}\`` });
    return this.#add(aggregateOf(name, fn as unknown as AggregateParts<unknown, unknown>, types));
  }

  /** Names a function that makes rows: an iterable of arrays or objects, with the columns of `returnType`. */
  registerTable<Args extends readonly never[]>(
    name: string,
    fn: (...args: Args) => Iterable<unknown>,
    returnType: string | StructType,
  ): UserFunctionCall {
    const schema = typeof returnType === 'string' ? parseSchema(returnType) : returnType;
    return this.#add({ kind: 'table', name, call: fn as unknown as UserTable['call'], returnType: schema });
  }

  #add(definition: UserFunction): UserFunctionCall {
    this.#functions.set(definition.name.toLowerCase(), definition);
    return callable(definition);
  }
}
