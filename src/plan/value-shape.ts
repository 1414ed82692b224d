/** How a schema text given to a function of the user's is meant: one bare value, `BIGINT`, or columns, `n BIGINT, due TIMESTAMP`. */
import type { StructType } from '../types/data-type.ts';
import type { ValueShape } from './user-function.ts';
import { field, struct } from '../types/data-type.ts';
import { parseSchema, parseType } from '../types/schema.ts';

const SINGLE_TYPE = /^\s*(?:\w+\s*(?:\([\d\s,]*\))?|(?:array|map|struct)\s*<[\s\S]*>)\s*$/i;

/** The shape a text or schema means; `name` is that of the column of a bare value. */
export function valueShape(schema: string | StructType, name = 'value'): ValueShape {
  if (typeof schema !== 'string') return { schema, form: 'columns' };
  if (!SINGLE_TYPE.test(schema)) return { schema: parseSchema(schema), form: 'columns' };
  return { schema: struct([field(name, parseType(schema))]), form: 'single' };
}
