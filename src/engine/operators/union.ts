/** Puts the rows of several inputs into one stream, input after input, under the union's own column names. Stateless. */
import type { Attribute } from '../../expressions/expression.ts';
import type { Operator, Transform } from './operator.ts';
import { batchOperator } from '../rx.ts';
import { ANYWHERE, schemaOf } from './operator.ts';

export function union(inputs: readonly Operator[], output: readonly Attribute[]): Transform {
  const schema = schemaOf(output);
  return {
    kind: 'transform',
    distribution: ANYWHERE,
    name: 'Union',
    inputs,
    output,
    detail: `${inputs.length} inputs`,
    process: () => batchOperator(({ numRows, columns }) => [{ schema, numRows, columns }]),
  };
}
