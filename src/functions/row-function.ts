/**
 * The short way to define a scalar function: a list of parameters, a return type and a function of one row. Argument counts, implicit
 * casts and their errors follow from the parameters. Functions with types of their own rules use defineScalar.
 */
import type { DataType } from '../types/data-type.ts';
import type { Value } from '../types/vector.ts';
import type { Argument, EvaluationContext, FunctionDoc, ResolveContext, ScalarFunction } from './define-function.ts';
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
}

/** A scalar function computed row by row. */
export function rowFunction<const P extends readonly Parameter<unknown>[]>(
  definition: RowDefinition<P>,
): ScalarFunction {
  const { name, aliases, doc, deterministic, parameters, rest, returns, nulls, apply } = definition;
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
      evaluator: {
        kind: 'row',
        nulls: nulls ?? 'propagate',
        apply: (values, evaluation) => apply(values as unknown as Values<P>, evaluation, call),
      },
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
