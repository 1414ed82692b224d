/** Digests and encodings of bytes. */
import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { ScalarFunction } from './define-function.ts';
import { BINARY, LONG, STRING } from '../types/data-type.ts';
import { implicitCast } from './type-rules.ts';
import { binary, int, text } from './parameters.ts';
import { rowFunction } from './row-function.ts';

const encoder = new TextEncoder();

function hexText(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex').toUpperCase();
}

function digest(algorithm: string, bytes: Uint8Array): string {
  return createHash(algorithm).update(bytes).digest('hex');
}

function sha2(bytes: Uint8Array, bits: number): string | null {
  const size = bits === 0 ? 256 : bits;
  return [224, 256, 384, 512].includes(size) ? digest(`sha${size}`, bytes) : null;
}

export const DIGEST_FUNCTIONS: readonly ScalarFunction[] = [
  rowFunction({
    name: 'md5',
    doc: {
      usage: 'The MD5 digest in hexadecimal digits.',
      example: "md5('Spark')",
      result: '8cde774d6f7333752ed72cacddb05126',
    },
    parameters: [binary],
    returns: STRING,
    apply: ([bytes]) => digest('md5', bytes),
  }),
  rowFunction({
    name: 'sha1',
    aliases: ['sha'],
    doc: {
      usage: 'The SHA-1 digest in hexadecimal digits.',
      example: "sha1('Spark')",
      result: '85f5955f4b27a9a4c2aab6ffe5d7189fc298b92c',
    },
    parameters: [binary],
    returns: STRING,
    apply: ([bytes]) => digest('sha1', bytes),
  }),
  rowFunction({
    name: 'sha2',
    doc: {
      usage: 'A SHA-2 digest of 224, 256, 384 or 512 bits.',
      example: "sha2('Spark', 256)",
      result: '529bc3b07127ecb7e53a4dcf1991d9152c24537d919178022b2c42657f79a26b',
    },
    parameters: [binary, int],
    returns: STRING,
    result: 'mayBeNull',
    apply: ([bytes, bits]) => sha2(bytes, bits),
  }),
  rowFunction({
    name: 'crc32',
    doc: { usage: 'The CRC-32 checksum.', example: "crc32('Spark')", result: '1557323817' },
    parameters: [binary],
    returns: LONG,
    apply: ([bytes]) => BigInt(crc32(bytes)),
  }),
  rowFunction({
    name: 'base64',
    doc: { usage: 'Bytes as base64.', example: "base64('Spark SQL')", result: 'U3BhcmsgU1FM' },
    parameters: [binary],
    returns: STRING,
    apply: ([bytes]) => Buffer.from(bytes).toString('base64'),
  }),
  rowFunction({
    name: 'unbase64',
    doc: { usage: 'The bytes of a base64 text.', example: "unbase64('U3BhcmsgU1FM')", result: 'Spark SQL' },
    parameters: [text],
    returns: BINARY,
    apply: ([value]) => new Uint8Array(Buffer.from(value.replaceAll(/[^A-Za-z0-9+/]/g, ''), 'base64')),
  }),
  rowFunction({
    name: 'hex',
    doc: { usage: 'A whole number, text or bytes in hexadecimal digits.', example: 'hex(17)', result: '11' },
    parameters: [
      {
        required: '("BIGINT" or "BINARY" or "STRING")',
        accept: (type) => (type.kind === 'string' || type.kind === 'binary' ? type : implicitCast(type, LONG)),
      },
    ],
    returns: STRING,
    apply: ([value]) => {
      if (typeof value === 'bigint') return BigInt.asUintN(64, value).toString(16).toUpperCase();
      return hexText(typeof value === 'string' ? encoder.encode(value) : (value as Uint8Array));
    },
  }),
  rowFunction({
    name: 'unhex',
    doc: {
      usage: 'The bytes of hexadecimal digits, NULL when there are others.',
      example: "unhex('537061726B')",
      result: 'Spark',
    },
    parameters: [text],
    returns: BINARY,
    result: 'mayBeNull',
    apply: ([value]) => {
      const even = value.length % 2 === 0 ? value : `0${value}`;
      return /^[0-9a-fA-F]*$/.test(even) ? new Uint8Array(Buffer.from(even, 'hex')) : null;
    },
  }),
];
