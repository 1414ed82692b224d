/**
 * The short way to define a scalar function: a list of parameters, a return type and a function of one row. Argument counts, implicit
 * casts and their errors follow from the parameters. Functions with types of their own rules use defineScalar.
 */
import type { DataType } from '../types/data-type.ts';
import type { Value, Vector } from '../types/vector.ts';
import type {
  Argument,
  EvaluationContext,
  FunctionDoc,
  ResolveContext,
  ScalarFunction,
  SliceOfText,
} from './define-function.ts';
import { present } from '../errors/assert.ts';
import { checkArgumentCount, unexpectedType } from './argument-check.ts';
import { defineScalar } from './define-function.ts';

/** What a function takes at one place; `V` is what its values are. */
export interface Parameter<V> {
  /** The required type as error messages write it, with quotes. */
  readonly required: string;
  /** The type an argument becomes; undefined when it does not fit. */
  readonly accept: (type: DataType) => DataType | undefined;
  readonly isOptional?: true;
  /** Never set; keeps `V`. */
  readonly value?: V;
}

type Values<P extends readonly Parameter<unknown>[]> = {
  readonly [K in keyof P]: P[K] extends Parameter<infer V> ? V : never;
};

/** What is known of a call when its rows are computed. */
export interface CallTypes {
  readonly types: readonly DataType[];
  readonly returnType: DataType;
  readonly ansi: boolean;
}

interface RowDefinition<P extends readonly Parameter<unknown>[]> {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly doc: FunctionDoc;
  readonly deterministic?: false;
  readonly parameters: P;
  /** Taken by all further arguments. */
  readonly rest?: Parameter<unknown>;
  /** The type of the result, or how it follows from the (cast) argument types. */
  readonly returns: DataType | ((types: readonly DataType[]) => DataType);
  /** `mayBeNull`: null also for arguments that are not; default: null when an argument is. */
  readonly result?: 'mayBeNull' | 'neverNull';
  /** `pass`: called with nulls too. */
  readonly nulls?: 'pass';
  /** Checks arguments (literals) once, before there are rows. */
  readonly check?: (args: readonly Argument[]) => void;
  readonly apply: (values: Values<P>, context: EvaluationContext, call: CallTypes) => Value | null;
  /** As `apply`, for a text in the first argument. */
  readonly slice?: SliceOfText;
  /** As `apply`, for a function of one argument, over a whole column; gives values for rows that are null, too. */
  readonly column?: (argument: Vector, numRows: number) => BigInt64Array;
}

/** A scalar function computed row by row. */
export function rowFunction<const P extends readonly Parameter<unknown>[]>(
  definition: RowDefinition<P>,
): ScalarFunction {
  const { name, aliases, doc, deterministic, parameters, rest, returns, nulls, apply, slice, column } = definition;
  const minimum = parameters.filter((parameter) => parameter.isOptional !== true).length;
  const resolve = (args: readonly Argument[], context: ResolveContext): ReturnType<ScalarFunction['resolve']> => {
    checkArgumentCount(name, args, minimum, rest === undefined ? parameters.length : Infinity);
    const argumentTypes = args.map((arg, i) => {
      const parameter = parameters[i] ?? rest;
      const type = parameter?.accept(arg.dataType);
      if (parameter === undefined || type === undefined) throw unexpectedType(name, args, i, parameter?.required ?? '');
      return type;
    });
    definition.check?.(args);
    const returnType = typeof returns === 'function' ? returns(argumentTypes) : returns;
    const call: CallTypes = { types: argumentTypes, returnType, ansi: context.ansi };
    const nullable =
      definition.result === 'mayBeNull' ||
      (definition.result !== 'neverNull' && args.some((arg) => arg.nullable || arg.dataType.kind === 'void'));
    return {
      argumentTypes,
      returnType,
      nullable,
      evaluator:
        column === undefined
          ? {
              kind: 'row',
              nulls: nulls ?? 'propagate',
              apply: (values, evaluation) => apply(values as unknown as Values<P>, evaluation, call),
              ...(slice === undefined ? {} : { slice }),
            }
          : { kind: 'columns', apply: ([only], numRows) => longColumn(only, returnType, numRows, column) },
    };
  };
  return defineScalar({
    name,
    ...(aliases === undefined ? {} : { aliases }),
    doc,
    ...(deterministic === undefined ? {} : { deterministic }),
    resolve,
  });
}

/** The column of longs of a function of one column. */
function longColumn(
  argument: Vector | undefined,
  type: DataType,
  numRows: number,
  valuesOf: (argument: Vector, numRows: number) => BigInt64Array,
): Vector {
  const { validity } = present(argument, 'an argument');
  const values = valuesOf(present(argument, 'an argument'), numRows);
  return { layout: 'long', type, length: numRows, validity: validity?.subarray(0, numRows), values };
}
