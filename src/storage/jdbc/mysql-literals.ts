/**
 * Values as literals of MySQL's SQL, for INSERTs of many rows: the server reads them faster than bound parameters, and so does the client write
 * them. They are right for connections in utf8mb4 whose sql_mode has no NO_BACKSLASH_ESCAPES, as mysql.ts makes them.
 */
import type { SqlColumn, SqlValue } from './dialect.ts';
import { Buffer } from 'node:buffer';

// oxlint-disable-next-line no-control-regex
const SPECIAL = /[\0\x1A'\\]/;
// oxlint-disable-next-line no-control-regex
const ALL_SPECIAL = /[\0\x1A'\\]/g;
const ESCAPED: Readonly<Record<string, string>> = { '\0': '\\0', '\x1a': '\\Z', "'": "\\'", '\\': '\\\\' };

/** How values of a column are written; they have passed the checks of the column's type. */
export function literalOf(column: SqlColumn | undefined): (value: SqlValue) => string {
  const isFloating = column?.type.kind === 'double' || column?.type.kind === 'float';
  return (value) => {
    switch (typeof value) {
      case 'string':
        return `'${SPECIAL.test(value) ? value.replaceAll(ALL_SPECIAL, (found) => ESCAPED[found] ?? found) : value}'`;
      case 'number':
        return isFloating ? floatingLiteral(value) : String(value);
      case 'bigint':
        return value.toString();
      case 'boolean':
        return value ? '1' : '0';
      default:
        return value === null ? 'NULL' : bytesLiteral(value);
    }
  };
}

/** With an exponent it is a DOUBLE, without one a DECIMAL that would have to be turned into one. The server knows no negative zero. */
function floatingLiteral(value: number): string {
  const text = String(value);
  return text.includes('e') ? text : `${text}e0`;
}

function bytesLiteral(value: Uint8Array): string {
  return `x'${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('hex')}'`;
}
