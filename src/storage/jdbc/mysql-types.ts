/** Types of MySQL and MariaDB by the numbers of their protocol, as Spark's MySQL dialect reads them. */
import {
  BINARY,
  BOOLEAN,
  BYTE,
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

/** What the protocol says of a column. */
export interface MysqlField {
  readonly columnType?: number;
  readonly columnLength?: number;
  readonly decimals?: number;
  readonly flags?: number | readonly string[];
  readonly characterSet?: number;
}

const UNSIGNED_FLAG = 32;
const BINARY_CHARACTER_SET = 63;
const MAX_PRECISION = 38;
/** `decimals` of floats without a number of digits. */
const NOT_FIXED = 31;

/** The type of a column of a result. */
export function mysqlType(field: MysqlField): DataType {
  const { columnType, columnLength = 0, characterSet } = field;
  const isUnsigned = typeof field.flags === 'number' && (field.flags & UNSIGNED_FLAG) !== 0;
  switch (columnType) {
    case 1:
      return columnLength === 1 ? BOOLEAN : isUnsigned ? SHORT : BYTE;
    case 2:
      return isUnsigned ? INTEGER : SHORT;
    case 3:
      return isUnsigned ? LONG : INTEGER;
    case 9:
    case 13:
      return INTEGER;
    case 8:
      return isUnsigned ? decimal(20, 0) : LONG;
    case 4:
      return FLOAT;
    case 5:
      return DOUBLE;
    case 0:
    case 246:
      return decimalType(field, isUnsigned);
    case 16:
      return columnLength === 1 ? BOOLEAN : BINARY;
    case 10:
    case 14:
      return DATE;
    case 7:
    case 12:
      return TIMESTAMP;
    case 249:
    case 250:
    case 251:
    case 252:
    case 253:
    case 254:
    case 15:
      return characterSet === BINARY_CHARACTER_SET ? BINARY : STRING;
    default:
      return STRING;
  }
}

/** The length counts the sign and the point. */
function decimalType({ columnLength = 0, decimals = 0 }: MysqlField, isUnsigned: boolean): DataType {
  const scale = decimals === NOT_FIXED ? 0 : decimals;
  const precision = columnLength - (isUnsigned ? 0 : 1) - (scale > 0 ? 1 : 0);
  return precision < 1 || precision > MAX_PRECISION
    ? decimal(MAX_PRECISION, Math.min(scale, 18))
    : decimal(precision, scale);
}
