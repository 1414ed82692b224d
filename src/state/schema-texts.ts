/**
 * State schemas as text, in the form entries and the plan of a checkpoint carry them, and the check whether two fit. What differs is shown
 * side by side; no bytes are read here.
 */
import type { DataType } from '../types/data-type.ts';
import type { StateSchema } from './state-table.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { field, sqlName, struct } from '../types/data-type.ts';
import { parseType } from '../types/schema.ts';

export interface SchemaTexts {
  readonly keys: string;
  readonly values: string;
}

/** Names and types, without nullability: a column that can no longer be null reads the same state. */
export function schemaTexts(schema: StateSchema): SchemaTexts {
  return { keys: sqlName(allNullable(schema.keys)), values: sqlName(allNullable(schema.values)) };
}

function allNullable(type: DataType): DataType {
  if (type.kind === 'struct') return struct(type.fields.map((f) => field(f.name, allNullable(f.dataType))));
  if (type.kind === 'array') return { ...type, elementType: allNullable(type.elementType) };
  if (type.kind === 'map')
    return { ...type, keyType: allNullable(type.keyType), valueType: allNullable(type.valueType) };
  return type;
}

/** The types alone. As in Spark, state fits whatever its fields are called: a count that becomes a sum goes on with the counts so far. */
function hasSameTypes(stored: string, own: string): boolean {
  return stored === own || sqlName(unnamed(parseType(stored))) === sqlName(unnamed(parseType(own)));
}

function unnamed(type: DataType): DataType {
  if (type.kind === 'struct') return struct(type.fields.map((f, i) => field(`_${i}`, unnamed(f.dataType))));
  if (type.kind === 'array') return { ...type, elementType: unnamed(type.elementType) };
  if (type.kind === 'map') return { ...type, keyType: unnamed(type.keyType), valueType: unnamed(type.valueType) };
  return type;
}

/** Fails with STATE_STORE_KEY_SCHEMA_NOT_COMPATIBLE or STATE_STORE_VALUE_SCHEMA_NOT_COMPATIBLE when stored state does not fit. */
export function checkSchemaTexts(stored: SchemaTexts, own: SchemaTexts, hint?: string): void {
  if (!hasSameTypes(stored.keys, own.keys))
    throw new MillraceError(
      'STATE_STORE_KEY_SCHEMA_NOT_COMPATIBLE',
      { storedKeySchema: stored.keys, newKeySchema: own.keys },
      hint === undefined ? {} : { hint },
    );
  if (!hasSameTypes(stored.values, own.values))
    throw new MillraceError(
      'STATE_STORE_VALUE_SCHEMA_NOT_COMPATIBLE',
      { storedValueSchema: stored.values, newValueSchema: own.values },
      hint === undefined ? {} : { hint },
    );
}
