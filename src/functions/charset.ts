/** Text to bytes and back in a named character set, and functions that check UTF-8. */
import type { Argument, ScalarFunction } from './define-function.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { BINARY, BOOLEAN, STRING } from '../types/data-type.ts';
import { quotedCall } from './argument-check.ts';
import { binary, optional, text, textOrBinary } from './parameters.ts';
import { rowFunction } from './row-function.ts';

const CHARSETS = ['ISO-8859-1', 'US-ASCII', 'UTF-16', 'UTF-16BE', 'UTF-16LE', 'UTF-32', 'UTF-8'];

function charsetOf(name: string, charset: string): string {
  const upper = charset.toUpperCase();
  if (CHARSETS.includes(upper)) return upper;
  throw new MillraceError('INVALID_PARAMETER_VALUE.CHARSET', {
    parameter: '`charset`',
    functionName: `\`${name}\``,
    charset,
    charsets: CHARSETS.join(', ').toLowerCase(),
  });
}

function malformed(name: string, charset: string): MillraceError {
  return new MillraceError('MALFORMED_CHARACTER_CODING', { function: `\`${name}\``, charset });
}

function swapped(bytes: Buffer): Uint8Array {
  return new Uint8Array(Buffer.from(bytes).swap16());
}

function encoded(value: string, charset: string): Uint8Array {
  switch (charset) {
    case 'UTF-8':
      return new TextEncoder().encode(value);
    case 'UTF-16LE':
      return new Uint8Array(Buffer.from(value, 'utf16le'));
    case 'UTF-16BE':
      return swapped(Buffer.from(value, 'utf16le'));
    case 'UTF-16':
      return value === '' ? new Uint8Array() : swapped(Buffer.from(`\ufeff${value}`, 'utf16le'));
    case 'UTF-32': {
      const points = Array.from(value, (character) => character.codePointAt(0) ?? 0);
      const view = new DataView(new ArrayBuffer(points.length * 4));
      points.forEach((point, i) => view.setUint32(i * 4, point));
      return new Uint8Array(view.buffer);
    }
    default: {
      const limit = charset === 'US-ASCII' ? 0x7f : 0xff;
      for (const character of value) if ((character.codePointAt(0) ?? 0) > limit) throw malformed('encode', charset);
      return new Uint8Array(Buffer.from(value, 'latin1'));
    }
  }
}

function decoded(bytes: Uint8Array, charset: string): string {
  const label = { 'UTF-8': 'utf-8', 'UTF-16LE': 'utf-16le', 'UTF-16BE': 'utf-16be' }[charset];
  try {
    if (label !== undefined) return new TextDecoder(label, { fatal: true, ignoreBOM: true }).decode(bytes);
    if (charset === 'UTF-16') {
      const isLittle = bytes[0] === 0xff && bytes[1] === 0xfe;
      return new TextDecoder(isLittle ? 'utf-16le' : 'utf-16be', { fatal: true }).decode(bytes);
    }
    if (charset === 'UTF-32') return decodedPoints(bytes);
  } catch {
    throw malformed('decode', charset);
  }
  if (charset === 'US-ASCII' && bytes.some((byte) => byte > 0x7f)) throw malformed('decode', charset);
  return Buffer.from(bytes).toString('latin1');
}

function decodedPoints(bytes: Uint8Array): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let result = '';
  for (let at = 0; at < bytes.length; at += 4) result += String.fromCodePoint(view.getUint32(at));
  return result;
}

/** Bytes of a text in hex, base64 or UTF-8. */
function bytesOf(value: string, format: string): Uint8Array | undefined {
  switch (format.toLowerCase()) {
    case 'hex':
      return /^[0-9A-Fa-f]*$/.test(value)
        ? new Uint8Array(Buffer.from(value.length % 2 === 1 ? `0${value}` : value, 'hex'))
        : undefined;
    case 'base64': {
      const plain = value.replaceAll(/\s/g, '');
      return /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(plain)
        ? new Uint8Array(Buffer.from(plain, 'base64'))
        : undefined;
    }
    case 'utf-8':
    case 'utf8':
      return new TextEncoder().encode(value);
    default:
      return undefined;
  }
}

/** Refuses a format that is none, as analysis does. */
function checkFormat(args: readonly Argument[]): void {
  const format = args[1]?.literal;
  if (typeof format !== 'string' || ['hex', 'utf-8', 'utf8', 'base64'].includes(format.toLowerCase())) return;
  throw new MillraceError('DATATYPE_MISMATCH.INVALID_ARG_VALUE', {
    sqlExpr: quotedCall('to_binary', args),
    inputName: 'fmt',
    requireType: 'case-insensitive "STRING"',
    validValues: "'hex', 'utf-8', 'utf8', or 'base64'",
    inputValue: `'${format}'`,
  });
}

export const CHARSET_FUNCTIONS: readonly ScalarFunction[] = [
  rowFunction({
    name: 'encode',
    doc: { usage: 'The bytes of a text in a character set.', example: "hex(encode('abc', 'UTF-8'))", result: '616263' },
    parameters: [text, text],
    returns: BINARY,
    apply: ([value, charset]) => encoded(value, charsetOf('encode', charset)),
  }),
  rowFunction({
    name: 'decode',
    doc: { usage: 'The text of bytes in a character set.', example: "decode(X'616263', 'UTF-8')", result: 'abc' },
    parameters: [binary, text],
    returns: STRING,
    apply: ([bytes, charset]) => decoded(bytes, charsetOf('decode', charset)),
  }),
  rowFunction({
    name: 'to_binary',
    doc: {
      usage: "The bytes of a text written as 'hex' (the default), 'base64' or 'utf-8'.",
      example: "hex(to_binary('616263'))",
      result: '616263',
    },
    parameters: [text, optional(text)],
    returns: BINARY,
    result: 'mayBeNull',
    check: checkFormat,
    apply: ([value, format]) => {
      const bytes = bytesOf(value, format ?? 'hex');
      if (bytes !== undefined) return bytes;
      throw new MillraceError('CONVERSION_INVALID_INPUT', {
        str: `'${value}'`,
        fmt: `'${(format ?? 'hex').toUpperCase()}'`,
        targetType: '"BINARY"',
        suggestion: '`try_to_binary`',
      });
    },
  }),
  rowFunction({
    name: 'try_to_binary',
    doc: { usage: 'As to_binary, NULL when the text is malformed.', example: "hex(try_to_binary('61'))", result: '61' },
    parameters: [text, optional(text)],
    returns: BINARY,
    result: 'mayBeNull',
    apply: ([value, format]) => bytesOf(value, format ?? 'hex') ?? null,
  }),
  rowFunction({
    name: 'is_valid_utf8',
    doc: {
      usage: 'True when the bytes of the text are valid UTF-8.',
      example: "is_valid_utf8('Spark')",
      result: 'true',
    },
    parameters: [textOrBinary],
    returns: BOOLEAN,
    apply: ([value]) => typeof value === 'string' || isUtf8(value),
  }),
  rowFunction({
    name: 'make_valid_utf8',
    doc: { usage: 'The text with invalid bytes replaced.', example: "make_valid_utf8('Spark')", result: 'Spark' },
    parameters: [textOrBinary],
    returns: STRING,
    apply: ([value]) => (typeof value === 'string' ? value : new TextDecoder().decode(value)),
  }),
];

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}
