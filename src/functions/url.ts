/** Parts, encoding and decoding of URLs. */
import type { ScalarFunction } from './define-function.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { STRING } from '../types/data-type.ts';
import { optional, strictText, text } from './parameters.ts';
import { rowFunction } from './row-function.ts';

/** The parts of a URI by RFC 3986; undefined when the text is none. */
function partsOf(url: string): { readonly [part: string]: string | undefined } | undefined {
  if (/[\s<>"{}|\\^`]|%(?![0-9A-Fa-f]{2})/.test(url)) return undefined;
  const match = /^(?:([^:/?#]+):)?(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/s.exec(url);
  if (match === null) return undefined;
  const [, scheme, authority, path = '', query, fragment] = match;
  if (scheme !== undefined && !/^[A-Za-z][A-Za-z0-9+.-]*$/.test(scheme)) return undefined;
  // A URI such as mailto:a@b has neither authority nor path.
  const isOpaque = scheme !== undefined && authority === undefined && !path.startsWith('/');
  const userInfo = authority?.includes('@') === true ? authority.slice(0, authority.lastIndexOf('@')) : undefined;
  const host = authority?.slice(authority.lastIndexOf('@') + 1).replace(/:\d*$/, '');
  const ownPath = isOpaque ? undefined : path;
  return {
    HOST: host === '' || host === undefined || !/^(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+)$/.test(host) ? undefined : host,
    PATH: ownPath,
    QUERY: isOpaque ? undefined : query,
    REF: fragment,
    PROTOCOL: scheme,
    FILE: ownPath === undefined ? undefined : query === undefined ? ownPath : `${ownPath}?${query}`,
    AUTHORITY: authority === '' ? undefined : authority,
    USERINFO: userInfo,
  };
}

function parseUrl(url: string, part: string, key: string | undefined): string | null {
  const parts = partsOf(url);
  if (parts === undefined) throw new MillraceError('INVALID_URL', { url });
  if (!Object.hasOwn(parts, part)) return null;
  const value = parts[part];
  if (key === undefined) return value ?? null;
  if (part !== 'QUERY' || value === undefined) return null;
  const found = value.split('&').find((pair) => pair.startsWith(`${key}=`));
  return found?.slice(key.length + 1) ?? null;
}

function encode(value: string): string {
  return encodeURIComponent(Buffer.from(value).toString())
    .replaceAll('%20', '+')
    .replaceAll(/[!'()~]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

function decode(value: string): string | undefined {
  const spaced = value.replaceAll('+', ' ');
  if (/%(?![0-9A-Fa-f]{2})/.test(spaced)) return undefined;
  const bytes: number[] = [];
  const encoded = Buffer.from(spaced, 'utf8');
  for (let i = 0; i < encoded.length; i++) {
    const byte = encoded[i] as number;
    if (byte !== 37) bytes.push(byte);
    else {
      bytes.push(Number.parseInt(encoded.toString('latin1', i + 1, i + 3), 16));
      i += 2;
    }
  }
  return new TextDecoder().decode(Uint8Array.from(bytes));
}

export const URL_FUNCTIONS: readonly ScalarFunction[] = [
  rowFunction({
    name: 'parse_url',
    doc: {
      usage: 'A part of a URL: HOST, PATH, QUERY, REF, PROTOCOL, FILE, AUTHORITY, USERINFO, or one key of the query.',
      example: "parse_url('http://a.org/path?q=1', 'QUERY', 'q')",
      result: '1',
    },
    parameters: [strictText, strictText, optional(strictText)],
    returns: STRING,
    result: 'mayBeNull',
    apply: ([url, part, key], _context, { ansi }) => {
      try {
        return parseUrl(url, part, key);
      } catch (error) {
        if (ansi) throw error;
        return null;
      }
    },
  }),
  rowFunction({
    name: 'try_parse_url',
    doc: {
      usage: 'As parse_url, NULL when the text is not a URL.',
      example: "try_parse_url('http://a.org/path', 'HOST')",
      result: 'a.org',
    },
    parameters: [strictText, strictText, optional(strictText)],
    returns: STRING,
    result: 'mayBeNull',
    apply: ([url, part, key]) => (partsOf(url) === undefined ? null : parseUrl(url, part, key)),
  }),
  rowFunction({
    name: 'url_encode',
    doc: { usage: 'The text as it is written in a URL.', example: "url_encode('a b')", result: 'a+b' },
    parameters: [text],
    returns: STRING,
    apply: ([value]) => encode(value),
  }),
  rowFunction({
    name: 'url_decode',
    doc: { usage: 'The text of a part of a URL.', example: "url_decode('a+b')", result: 'a b' },
    parameters: [text],
    returns: STRING,
    apply: ([value]) => {
      const decoded = decode(value);
      if (decoded === undefined) throw new MillraceError('CANNOT_DECODE_URL', { url: value });
      return decoded;
    },
  }),
  rowFunction({
    name: 'try_url_decode',
    doc: { usage: 'As url_decode, NULL when the text is malformed.', example: "try_url_decode('a+b')", result: 'a b' },
    parameters: [text],
    returns: STRING,
    result: 'mayBeNull',
    apply: ([value]) => decode(value) ?? null,
  }),
];
