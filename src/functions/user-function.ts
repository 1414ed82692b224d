/**
 * Functions of the user: of one row, of many rows, and those that make rows. They get and give values as users see them; here they become
 * the same definitions built-in functions have. They are called in the process that made them and have to be synchronous.
 */
import type { DataType, StructType } from '../types/data-type.ts';
import type { GrowableColumn } from '../types/growable-column.ts';
import type { Value, Vector } from '../types/vector.ts';
import type { AsyncOptions } from './async-function.ts';
import type { AggregateFunction, AggregateSignature, Argument, ScalarFunction } from './define-function.ts';
import type { GeneratorFunction } from './define-generator.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { simpleName } from '../types/data-type.ts';
import { fromExternal } from '../types/external-value.ts';
import { toExternal } from '../types/row-codec.ts';
import { vectorOf } from '../types/vector-builder.ts';
import { valueAt } from '../types/vector.ts';
import { asyncEvaluator } from './async-function.ts';
import { defineAggregate, defineScalar } from './define-function.ts';
import { generateByRow } from './generated-rows.ts';

/** A function of one row. */
export interface UserScalar {
  readonly kind: 'scalar';
  readonly name: string;
  readonly call: (...args: readonly unknown[]) => unknown;
  readonly returnType: DataType;
  /** False for functions that give another value each time they are called. */
  readonly isDeterministic: boolean;
  /** How it is called when it gives promises; absent for one that gives values. */
  readonly asynchronous?: AsyncOptions | undefined;
}

/** A function of many rows; `B` is what it keeps per group, `R` its result. */
export interface AggregateParts<B, R> {
  /** What a group starts with. */
  readonly init: () => B;
  /** The buffer with one row more. */
  readonly update: (buffer: B, ...args: readonly unknown[]) => B;
  /** Two partial buffers as one. */
  readonly merge: (left: B, right: B) => B;
  readonly finish: (buffer: B) => R;
}

/** A function of many rows with its types. */
export interface UserAggregate extends AggregateParts<unknown, unknown> {
  readonly kind: 'aggregate';
  readonly name: string;
  /** The type of the buffers, which state and checkpoints hold. */
  readonly bufferType: DataType;
  readonly returnType: DataType;
}

/** A function that makes rows, as arrays in column order or objects by column. */
export interface UserTable {
  readonly kind: 'table';
  readonly name: string;
  readonly call: (...args: readonly unknown[]) => Iterable<unknown>;
  readonly returnType: StructType;
}

export type UserFunction = UserScalar | UserAggregate | UserTable;

function failure(name: string, args: readonly Argument[], result: DataType, cause: unknown): MillraceError {
  const reason = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
  return new MillraceError(
    'FAILED_EXECUTE_UDF',
    {
      functionName: `\`${name}\``,
      signature: args.map((arg) => simpleName(arg.dataType)).join(', '),
      result: simpleName(result),
      reason,
    },
    { cause },
  );
}

/** Calls the user's code; what it throws becomes FAILED_EXECUTE_UDF with the types of the call. */
function guarded<R>(name: string, args: readonly Argument[], result: DataType, run: () => R): R {
  let made: R;
  try {
    made = run();
  } catch (error) {
    throw failure(name, args, result, error);
  }
  if (made instanceof Promise) {
    made.catch(() => undefined);
    throw failure(
      name,
      args,
      result,
      'it returned a promise; a function that does is made with options, as udf(fn, type, {})',
    );
  }
  return made;
}

/** What the user's code gives, as a value of a type. */
function converted(
  name: string,
  args: readonly Argument[],
  result: DataType,
  type: DataType,
  run: () => unknown,
): Value | null {
  const made = guarded(name, args, result, run);
  return guarded(name, args, result, () => fromExternal(made, type, name));
}

/** The values of a row as the user sees them. */
function external(values: readonly (Value | null)[], args: readonly Argument[]): unknown[] {
  return args.map((arg, i) => toExternal(values[i] ?? null, arg.dataType));
}

/** The definition of a function of one row. */
export function userScalar({ name, call, returnType, isDeterministic, asynchronous }: UserScalar): ScalarFunction {
  return defineScalar({
    name,
    doc: { usage: '', example: '', result: '' },
    // An asynchronous call is made once per row and never copied by the optimizer.
    ...(isDeterministic && asynchronous === undefined ? {} : { deterministic: false as const }),
    resolve: (args) => ({
      argumentTypes: args.map((arg) => arg.dataType),
      returnType,
      nullable: true,
      evaluator:
        asynchronous === undefined
          ? {
              kind: 'row',
              nulls: 'pass',
              apply: (values) => converted(name, args, returnType, returnType, () => call(...external(values, args))),
            }
          : asyncEvaluator(
              asynchronous,
              async (values, waiting) => fromExternal(await call(...external(values, args), waiting), returnType, name),
              (cause) => failure(name, args, returnType, cause),
            ),
    }),
  });
}

/** The definition of a function of many rows; the buffers are kept as values of their type. */
export function userAggregate(definition: UserAggregate): AggregateFunction {
  const { name, bufferType, returnType } = definition;
  return defineAggregate({
    name,
    doc: { usage: '', example: '', result: '' },
    resolve: (args): AggregateSignature => {
      const run = (type: DataType, action: () => unknown): Value | null =>
        converted(name, args, returnType, type, action);
      const keep = (buffer: GrowableColumn | undefined, slot: number, next: (known: unknown) => unknown): void => {
        const known = toExternal(buffer?.get(slot) ?? null, bufferType);
        buffer?.set(
          slot,
          run(bufferType, () => next(known)),
        );
      };
      const each = (slots: Int32Array, numRows: number, action: (slot: number, row: number) => void): void => {
        for (let row = 0; row < numRows; row++) action(slots[row] as number, row);
      };
      return {
        argumentTypes: args.map((arg) => arg.dataType),
        returnType,
        nullable: true,
        bufferTypes: [bufferType],
        initialize: ([buffer], slot) =>
          buffer?.set(
            slot,
            run(bufferType, () => definition.init()),
          ),
        update: ([buffer], slots, columns, numRows) =>
          each(slots, numRows, (slot, row) => {
            const values = external(
              columns.map((column) => valueAt(column, row)),
              args,
            );
            keep(buffer, slot, (known) => definition.update(known, ...values));
          }),
        merge: ([buffer], slots, [partials], numRows) =>
          each(slots, numRows, (slot, row) => {
            const partial = toExternal(partials === undefined ? null : valueAt(partials, row), bufferType);
            keep(buffer, slot, (known) => definition.merge(known, partial));
          }),
        result: ([buffer], slots, count): Vector =>
          vectorOf(
            returnType,
            Array.from({ length: count }, (_, i) => {
              const kept = toExternal(buffer?.get(slots[i] as number) ?? null, bufferType);
              return run(returnType, () => definition.finish(kept));
            }),
          ),
      };
    },
  });
}

/** The definition of a function that makes rows. */
export function userGenerator({ name, call, returnType }: UserTable): GeneratorFunction {
  return {
    name,
    doc: { usage: '', example: '', result: '' },
    isOuter: false,
    resolve: (args) => ({
      argumentTypes: args.map((arg) => arg.dataType),
      output: returnType.fields,
      generate: generateByRow(returnType.fields, (values, add) => {
        const rows = guarded(name, args, returnType, () => [...call(...external(values, args))]);
        for (const row of rows)
          add(
            ...(guarded(name, args, returnType, () =>
              fromExternal(row, returnType, name),
            ) as readonly (Value | null)[]),
          );
      }),
    }),
  };
}
