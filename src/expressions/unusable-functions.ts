/** Names that Spark knows and refuses where nothing is switched on or loaded for them; they fail as there. */
import { MillraceError } from '../errors/millrace-error.ts';

const OF_TIMES = new Set(
  'current_time localtime make_time time_diff time_from_micros time_from_millis time_from_seconds time_to_micros time_to_millis time_to_seconds time_trunc to_time try_to_time'.split(
    ' ',
  ),
);
const OF_AVRO = new Set(['from_avro', 'to_avro', 'schema_of_avro']);

/** What a call of a function fails with that exists in name only; undefined for other names. */
export function unusableFunction(name: string): MillraceError | undefined {
  const key = name.toLowerCase();
  if (OF_TIMES.has(key)) return new MillraceError('UNSUPPORTED_TIME_TYPE', {});
  if (!OF_AVRO.has(key)) return undefined;
  return new MillraceError('AVRO_NOT_LOADED_SQL_FUNCTIONS_UNUSABLE', { functionName: key.toUpperCase() });
}
