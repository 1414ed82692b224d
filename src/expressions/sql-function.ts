/**
 * Functions written in SQL: `CREATE FUNCTION f(a INT) RETURNS INT RETURN a + 1`. A call is replaced by the body, in which names stand for the
 * arguments of the call; nothing is called when the query runs.
 */
import type { DataType, StructType } from '../types/data-type.ts';
import type { PlanReference, UnresolvedExpression } from './unresolved.ts';

export interface SqlFunctionParameter {
  readonly name: string;
  readonly dataType: DataType;
  /** For calls that leave the argument out. */
  readonly otherwise?: UnresolvedExpression;
}

interface SqlFunctionParts {
  /** As column names show it: `spark_catalog.default.f`, or `f` for a temporary one. */
  readonly name: string;
  readonly parameters: readonly SqlFunctionParameter[];
}

/** A function of one row. */
export interface SqlScalarFunction extends SqlFunctionParts {
  readonly kind: 'sqlScalar';
  /** Undefined: the type of the body. */
  readonly returnType: DataType | undefined;
  readonly body: UnresolvedExpression;
}

/** A function that makes rows. */
export interface SqlTableFunction extends SqlFunctionParts {
  readonly kind: 'sqlTable';
  /** Undefined: the columns of the body. */
  readonly columns: StructType | undefined;
  readonly body: PlanReference;
}

export type SqlFunction = SqlScalarFunction | SqlTableFunction;
