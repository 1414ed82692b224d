/** Types of PostgreSQL by their object ids, as Spark's PostgreSQL dialect reads them; what it does not know is text. */
import {
  array,
  BINARY,
  BOOLEAN,
  DATE,
  decimal,
  DOUBLE,
  FLOAT,
  INTEGER,
  LONG,
  SHORT,
  STRING,
  TIMESTAMP,
  type DataType,
} from '../../types/data-type.ts';

const NUMERIC = 1700;
const NUMERIC_ARRAY = 1231;
/** Numerics without precision are read as Spark's default. */
const DEFAULT_DECIMAL = decimal(38, 18);
const MAX_PRECISION = 38;

const SCALARS: ReadonlyMap<number, DataType> = new Map<number, DataType>([
  [16, BOOLEAN],
  [17, BINARY],
  [20, LONG],
  [21, SHORT],
  [23, INTEGER],
  [26, LONG],
  [700, FLOAT],
  [701, DOUBLE],
  [1082, DATE],
  [1114, TIMESTAMP],
  [1184, TIMESTAMP],
]);

/** Array types by the id of the array. */
const ARRAYS: ReadonlyMap<number, DataType> = new Map<number, DataType>([
  [1000, BOOLEAN],
  [1005, SHORT],
  [1007, INTEGER],
  [1016, LONG],
  [1021, FLOAT],
  [1022, DOUBLE],
  [1009, STRING],
  [1014, STRING],
  [1015, STRING],
  [2951, STRING],
  [1182, DATE],
  [1115, TIMESTAMP],
  [1185, TIMESTAMP],
]);

/** The type of a column from its object id and modifier. */
export function postgresType(id: number, modifier: number): DataType {
  if (id === NUMERIC) return numericType(modifier);
  if (id === NUMERIC_ARRAY) return array(numericType(modifier));
  const elementType = ARRAYS.get(id);
  if (elementType !== undefined) return array(elementType);
  return SCALARS.get(id) ?? STRING;
}

/** The modifier of a numeric holds precision and scale, 4 off; -1 is none. */
function numericType(modifier: number): DataType {
  if (modifier < 4) return DEFAULT_DECIMAL;
  const precision = ((modifier - 4) >> 16) & 0xffff;
  const scale = (modifier - 4) & 0x7ff;
  return precision > MAX_PRECISION || scale > precision ? DEFAULT_DECIMAL : decimal(precision, scale);
}
