/** The examples of function definitions as queries, for the test that runs them. */
import { allFunctions } from '../../src/functions/registry.ts';

export interface ExampleQuery {
  readonly name: string;
  readonly sql: string;
  /** What the definition says it prints. */
  readonly result: string;
}

/** The example of each scalar and aggregate function as a query of one row and one text. */
export function exampleQueries(): readonly ExampleQuery[] {
  const { scalars, aggregates } = allFunctions();
  return [...scalars, ...aggregates].map(({ name, doc }) => {
    const from = doc.example.indexOf(' FROM VALUES ');
    const expression = from < 0 ? doc.example : doc.example.slice(0, from);
    const rest = from < 0 ? '' : doc.example.slice(from);
    return { name, sql: `SELECT CAST(${expression} AS STRING)${rest}`, result: doc.result };
  });
}
