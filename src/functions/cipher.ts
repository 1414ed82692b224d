/** AES encryption and keyed digests. */
import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import type { ScalarFunction } from './define-function.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { BINARY } from '../types/data-type.ts';
import { binary, optional, text } from './parameters.ts';
import { rowFunction } from './row-function.ts';

const TAG_BYTES = 16;
/** Bytes of the initialization vector by mode. */
const MODES: ReadonlyMap<string, number> = new Map([
  ['GCM', 12],
  ['CBC', 16],
  ['ECB', 0],
]);

interface Cipher {
  readonly name: 'aes_encrypt' | 'aes_decrypt';
  readonly key: Uint8Array;
  readonly mode: string;
  readonly ivBytes: number;
}

/** Checks key, mode and padding. */
function cipherOf(name: Cipher['name'], key: Uint8Array, mode = 'GCM', padding = 'DEFAULT'): Cipher {
  if (![16, 24, 32].includes(key.length))
    throw new MillraceError('INVALID_PARAMETER_VALUE.AES_KEY_LENGTH', {
      parameter: '`key`',
      functionName: '`aes_encrypt`/`aes_decrypt`',
      actualLength: String(key.length),
    });
  const upper = mode.toUpperCase();
  const ivBytes = MODES.get(upper);
  const paddings = upper === 'GCM' ? ['NONE', 'DEFAULT'] : ['PKCS', 'DEFAULT'];
  if (ivBytes === undefined || !paddings.includes(padding.toUpperCase()))
    throw new MillraceError('UNSUPPORTED_FEATURE.AES_MODE', {
      mode,
      padding,
      functionName: '`aes_encrypt`/`aes_decrypt`',
    });
  return { name, key, mode: upper, ivBytes };
}

function checkIv({ mode, ivBytes }: Cipher, iv: Uint8Array | undefined, aad: Uint8Array | undefined): void {
  const functionName = '`aes_encrypt`/`aes_decrypt`';
  if (iv !== undefined && mode === 'ECB')
    throw new MillraceError('UNSUPPORTED_FEATURE.AES_MODE_IV', { mode, functionName });
  if (aad !== undefined && mode !== 'GCM')
    throw new MillraceError('UNSUPPORTED_FEATURE.AES_MODE_AAD', { mode, functionName });
  if (iv !== undefined && iv.length !== ivBytes)
    throw new MillraceError('INVALID_PARAMETER_VALUE.AES_IV_LENGTH', {
      mode,
      parameter: '`iv`',
      functionName,
      actualLength: String(iv.length),
    });
}

function encrypt(input: Uint8Array, cipher: Cipher, iv: Uint8Array, aad: Uint8Array | undefined): Uint8Array {
  const bits = cipher.key.length * 8;
  if (cipher.mode === 'GCM') {
    const gcm = createCipheriv(`aes-${bits as 128}-gcm`, cipher.key, iv);
    if (aad !== undefined) gcm.setAAD(aad);
    return Buffer.concat([iv, gcm.update(input), gcm.final(), gcm.getAuthTag()]);
  }
  const other = createCipheriv(
    `aes-${bits}-${cipher.mode.toLowerCase()}`,
    cipher.key,
    cipher.mode === 'ECB' ? null : iv,
  );
  return Buffer.concat([iv, other.update(input), other.final()]);
}

function decrypt(input: Uint8Array, cipher: Cipher, aad: Uint8Array | undefined): Uint8Array {
  const bits = cipher.key.length * 8;
  const iv = input.subarray(0, cipher.ivBytes);
  const rest = input.subarray(cipher.ivBytes);
  if (cipher.mode === 'GCM') {
    const gcm = createDecipheriv(`aes-${bits as 128}-gcm`, cipher.key, iv);
    if (aad !== undefined) gcm.setAAD(aad);
    gcm.setAuthTag(rest.subarray(rest.length - TAG_BYTES));
    return Buffer.concat([gcm.update(rest.subarray(0, rest.length - TAG_BYTES)), gcm.final()]);
  }
  const other = createDecipheriv(
    `aes-${bits}-${cipher.mode.toLowerCase()}`,
    cipher.key,
    cipher.mode === 'ECB' ? null : iv,
  );
  return Buffer.concat([other.update(rest), other.final()]);
}

/** The outcome of a cipher; its own errors become Spark's. */
function run(action: () => Uint8Array): Uint8Array {
  try {
    return action();
  } catch (error) {
    throw new MillraceError(
      'INVALID_PARAMETER_VALUE.AES_CRYPTO_ERROR',
      {
        parameter: '`expr`, `key`',
        functionName: '`aes_encrypt`/`aes_decrypt`',
        detailMessage: error instanceof Error ? error.message : String(error),
      },
      { cause: error },
    );
  }
}

function decryption(name: string, isTry: boolean): ScalarFunction {
  return rowFunction({
    name,
    doc: {
      usage: `Bytes that aes_encrypt made${isTry ? ', NULL when key or bytes are wrong' : ''}.`,
      example: `CAST(${name}(unhex('83F16B2AA704794132802D248E6BFD4E380078182D1544813898AC97E709B28A94'), '0000111122223333') AS STRING)`,
      result: 'Spark',
    },
    parameters: [binary, binary, optional(text), optional(text), optional(binary)],
    returns: BINARY,
    ...(isTry ? { result: 'mayBeNull' as const } : {}),
    apply: ([input, key, mode, padding, aad]) => {
      try {
        const cipher = cipherOf('aes_decrypt', key, mode, padding);
        const extra = aad === undefined || aad.length === 0 ? undefined : aad;
        checkIv(cipher, undefined, extra);
        return run(() => decrypt(input, cipher, extra));
      } catch (error) {
        if (isTry && error instanceof MillraceError && error.condition === 'INVALID_PARAMETER_VALUE.AES_CRYPTO_ERROR')
          return null;
        throw error;
      }
    },
  });
}

const HMAC_ALGORITHMS: ReadonlyMap<string, string> = new Map(
  ['MD5', 'SHA-1', 'SHA-224', 'SHA-256', 'SHA-384', 'SHA-512'].map((name) => [
    name,
    name.replace('-', '').toLowerCase(),
  ]),
);

export const CIPHER_FUNCTIONS: readonly ScalarFunction[] = [
  rowFunction({
    name: 'aes_encrypt',
    doc: {
      usage: 'Bytes encrypted by AES in GCM, CBC or ECB mode, after their initialization vector.',
      example: "base64(aes_encrypt('Spark SQL', '1234567890abcdef', 'ECB', 'PKCS'))",
      result: '3lmwu+Mw0H3fi5NDvcu9lg==',
    },
    deterministic: false,
    parameters: [binary, binary, optional(text), optional(text), optional(binary), optional(binary)],
    returns: BINARY,
    apply: ([input, key, mode, padding, iv, aad]) => {
      const cipher = cipherOf('aes_encrypt', key, mode, padding);
      const given = iv === undefined || iv.length === 0 ? undefined : iv;
      const extra = aad === undefined || aad.length === 0 ? undefined : aad;
      checkIv(cipher, given, extra);
      return run(() => encrypt(input, cipher, given ?? randomBytes(cipher.ivBytes), extra));
    },
  }),
  decryption('aes_decrypt', false),
  decryption('try_aes_decrypt', true),
  rowFunction({
    name: 'hmac',
    doc: {
      usage: 'The digest of bytes with a key, by SHA-256 unless another algorithm is named.',
      example: "substring(hex(hmac('key', 'message')), 1, 16)",
      result: '6E9EF29B75FFFC5B',
    },
    parameters: [binary, binary, optional(text)],
    returns: BINARY,
    apply: ([key, message, algorithm]) => {
      const name = HMAC_ALGORITHMS.get((algorithm ?? 'SHA-256').toUpperCase().replace(/^SHA(?=\d)/, 'SHA-'));
      if (name === undefined)
        throw new MillraceError('INVALID_PARAMETER_VALUE.HMAC_ALGORITHM', {
          parameter: '`algorithm`',
          functionName: '`hmac`',
          algorithm: algorithm ?? '',
        });
      return new Uint8Array(createHmac(name, key).update(message).digest());
    },
  }),
];
