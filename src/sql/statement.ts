/** Statements of SQL, parsed. The session runs them: sql/ itself changes nothing. */
import type { Expression } from '../expressions/expression.ts';
import type { SqlScalarFunction, SqlTableFunction } from '../expressions/sql-function.ts';
import type { UnresolvedExpression } from '../expressions/unresolved.ts';
import type { UnresolvedPlan } from '../plan/unresolved-plan.ts';
import type { StructType } from '../types/data-type.ts';

/** What CREATE TABLE says of a table. */
export interface TableDefinition {
  readonly nameParts: readonly string[];
  /** Undefined: those of the query, or of what is at the location. */
  readonly columns: StructType | undefined;
  /** The format behind USING. */
  readonly format: string | undefined;
  /** By lower-case name. */
  readonly options: ReadonlyMap<string, string>;
  readonly location: string | undefined;
  readonly partitionColumns: readonly string[];
}

/** A function written in SQL, without the name that calls show. */
export type FunctionDefinition = Omit<SqlScalarFunction, 'name'> | Omit<SqlTableFunction, 'name'>;

/** A column of a PARTITION clause; without a value the query gives it. */
export interface PartitionSpec {
  readonly name: string;
  readonly value: UnresolvedExpression | undefined;
}

export type Statement =
  | { readonly kind: 'query'; readonly plan: UnresolvedPlan }
  | {
      readonly kind: 'createView';
      readonly nameParts: readonly string[];
      readonly scope: 'temporary' | 'global' | 'persistent';
      readonly plan: UnresolvedPlan;
      /** The text of the query, for a view that outlives the session. */
      readonly text: string;
      readonly columnNames: readonly string[] | undefined;
      readonly isReplace: boolean;
      readonly ifNotExists: boolean;
    }
  /** `CREATE TEMPORARY VIEW name USING format OPTIONS (…)` */
  | { readonly kind: 'createViewUsing'; readonly definition: TableDefinition; readonly isReplace: boolean }
  | { readonly kind: 'dropView'; readonly nameParts: readonly string[]; readonly ifExists: boolean }
  | {
      readonly kind: 'createTable';
      readonly definition: TableDefinition;
      /** AS …: the rows it begins with, or for a streaming table those that are to come. */
      readonly query: UnresolvedPlan | undefined;
      readonly isStreaming: boolean;
      readonly isReplace: boolean;
      readonly ifNotExists: boolean;
    }
  | { readonly kind: 'dropTable'; readonly nameParts: readonly string[]; readonly ifExists: boolean }
  | {
      readonly kind: 'insert';
      readonly nameParts: readonly string[];
      readonly plan: UnresolvedPlan;
      readonly isOverwrite: boolean;
      /** Undefined: all columns in their order. */
      readonly columnNames: readonly string[] | undefined;
      readonly byName: boolean;
      readonly partition: readonly PartitionSpec[];
    }
  | { readonly kind: 'truncate'; readonly nameParts: readonly string[]; readonly partition: readonly PartitionSpec[] }
  | {
      readonly kind: 'createFunction';
      readonly nameParts: readonly string[];
      readonly definition: FunctionDefinition;
      /** The statement, for a function that outlives the session. */
      readonly text: string;
      readonly isReplace: boolean;
      readonly isTemporary: boolean;
      readonly ifNotExists: boolean;
    }
  | {
      readonly kind: 'dropFunction';
      readonly nameParts: readonly string[];
      readonly isTemporary: boolean;
      readonly ifExists: boolean;
    }
  | { readonly kind: 'createDatabase'; readonly name: string; readonly ifNotExists: boolean }
  | {
      readonly kind: 'dropDatabase';
      readonly name: string;
      readonly ifExists: boolean;
      readonly isCascade: boolean;
    }
  | { readonly kind: 'use'; readonly name: string }
  /** DESCRIBE of a relation or query. */
  | { readonly kind: 'describe'; readonly plan: UnresolvedPlan }
  | { readonly kind: 'describeFunction'; readonly name: string; readonly isExtended: boolean }
  | { readonly kind: 'describeDatabase'; readonly name: string }
  /** Views and tables whose names match the pattern, in which `*` is any text. */
  | {
      readonly kind: 'showTables';
      readonly pattern: string | undefined;
      readonly what: 'tables' | 'views';
      readonly database: string | undefined;
    }
  | { readonly kind: 'showDatabases'; readonly pattern: string | undefined }
  | { readonly kind: 'showColumns'; readonly nameParts: readonly string[]; readonly plan: UnresolvedPlan }
  | { readonly kind: 'showFunctions'; readonly pattern: string | undefined; readonly what: 'all' | 'user' | 'system' }
  | { readonly kind: 'showCreateTable'; readonly nameParts: readonly string[] }
  | {
      readonly kind: 'showPartitions';
      readonly nameParts: readonly string[];
      readonly partition: readonly PartitionSpec[];
    }
  | { readonly kind: 'explain'; readonly plan: UnresolvedPlan; readonly mode: 'simple' | 'extended' | 'formatted' }
  /** SET without a value shows one; without a key all. */
  | { readonly kind: 'set'; readonly key: string | undefined; readonly value: string | undefined }
  | { readonly kind: 'reset'; readonly key: string | undefined }
  /** CACHE, UNCACHE, REFRESH and their kin, which change no result. */
  | { readonly kind: 'nothing' }
  | {
      readonly kind: 'declareVariables';
      readonly names: readonly string[];
      readonly value: Expression;
      readonly isReplace: boolean;
    }
  | { readonly kind: 'setVariables'; readonly values: ReadonlyMap<string, Expression | 'default'> }
  /** `SET VAR (a, b) = (query)`, `SET VAR a = (query)`: the values are those of its only row. */
  | {
      readonly kind: 'setVariablesByQuery';
      readonly names: readonly string[];
      readonly plan: UnresolvedPlan;
      /** The names stand in parentheses. */
      readonly isRow: boolean;
    }
  | { readonly kind: 'dropVariable'; readonly name: string; readonly ifExists: boolean }
  /** EXECUTE IMMEDIATE: a text to parse and run. */
  | {
      readonly kind: 'execute';
      readonly text: string;
      readonly arguments: readonly (readonly [name: string | undefined, value: Expression])[];
    };
