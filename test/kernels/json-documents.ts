/** Random JSON lines for the kernel's tests: usual records, and every way I know in which a record can be unusual. The seed decides all. */

/** What the lines hold, in this order. */
export const DOCUMENT_SCHEMA =
  't TIMESTAMP, s STRING, l BIGINT, i INT, d DOUBLE, f FLOAT, b BOOLEAN, da DATE, n STRING, x DECIMAL(12,3), _corrupt_record STRING';

/** Numbers from 0 to below 1. */
type Random = () => number;

/** The same numbers for the same seed. */
export function randomNumbers(seed: number): Random {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const integer = (random: Random, limit: number): number => Math.floor(random() * limit);
const pick = <T>(random: Random, items: readonly T[]): T => items[integer(random, items.length)] as T;

const LETTERS = [
  'a',
  'b',
  'ü',
  '漢',
  '😀',
  '\u2028',
  ' ',
  '/',
  '{',
  '}',
  '[',
  ',',
  ':',
  "'",
  '\uffff',
  '\u007f',
  'Z',
  '0',
];
const ESCAPES = ['\\"', '\\\\', '\\/', '\\b', '\\f', '\\n', '\\r', '\\t', '\\u0041', '\\u00e9', '\\u6f22', '\\u0000'];
const ODD_ESCAPES = ['\\ud83d\\ude00', '\\ud800', '\\x', '\\u12g4', '\\u', '\\', '\u0001', '\t'];
const ODD_NUMBERS = [
  '-0',
  '-0.0',
  '0',
  '01',
  '1.',
  '.5',
  '+1',
  '-',
  '1e',
  '0x1',
  'NaN',
  '-INF',
  'Infinity',
  '00',
  '1e999',
  '-1e-999',
];
const WORDS = ['true', 'false', 'null', 'nul', 'truex', 'TRUE', '"true"', '[]', '{}', '[1,2]', '{"a":1}', '""', "'q'"];
const SPACINGS = ['', '', '', '', ' ', ' ', '\t ', '  '];

/** The text between the quotes of a string. */
function text(random: Random): string {
  const kind = integer(random, 40);
  if (kind < 14) return pick(random, ['buy', 'view', 'click', 'a rather long name of an action', '']);
  if (kind < 24) return `user${integer(random, 3000)}`;
  if (kind < 30) return Array.from({ length: integer(random, 40) }, () => pick(random, LETTERS)).join('');
  if (kind < 36)
    return Array.from({ length: integer(random, 30) }, () =>
      pick(random, integer(random, 3) === 0 ? ESCAPES : LETTERS),
    ).join('');
  if (kind < 38) return pick(random, ['x', 'long ', '漢字']).repeat(integer(random, 700));
  if (kind < 39) return `${pick(random, LETTERS)}${pick(random, ODD_ESCAPES)}${pick(random, LETTERS)}`;
  return String.fromCharCode(97 + integer(random, 26)).repeat(integer(random, 20));
}

function digits(random: Random, most: number): string {
  return Array.from({ length: 1 + integer(random, most) }, () => String(integer(random, 10))).join('');
}

function number(random: Random): string {
  const sign = integer(random, 4) === 0 ? '-' : '';
  switch (integer(random, 12)) {
    case 0:
      return pick(random, ODD_NUMBERS);
    case 1:
    case 2:
      return `${sign}${1 + integer(random, 9)}${digits(random, 20)}`;
    case 3:
    case 4:
      return `${sign}${integer(random, 1000)}.${digits(random, 4)}`;
    case 5:
      return String(random() * 10 ** (integer(random, 40) - 20));
    case 6:
      return `${sign}${integer(random, 100)}.${digits(random, 18)}${pick(random, ['', 'e5', 'E-7', 'e+22', 'e23', 'e-300', 'e0007'])}`;
    case 7:
      return `${sign}${integer(random, 1000)}${pick(random, ['e3', 'E+12', 'e-4', 'e22', 'e40'])}`;
    default:
      return `${sign}${integer(random, 10 ** (1 + integer(random, 9)))}`;
  }
}

function time(random: Random): string {
  const ms = integer(random, 3) === 0 ? (random() - 0.3) * 1e13 : 1_770_000_000_000 + integer(random, 600_000);
  const iso = new Date(ms).toISOString();
  switch (integer(random, 12)) {
    case 0:
      return iso.replace(
        'Z',
        pick(random, ['', '+02:00', ' UTC', '123Z', '12Z', '1234Z', 'z', '123', '[Europe/Berlin]']),
      );
    case 1:
      return iso.replace('T', ' ');
    case 2:
      return iso.slice(0, integer(random, 24));
    case 3:
      return iso.replace(/\.\d+/, pick(random, ['', '.5', '.25', '.']));
    case 4:
      return iso.replace(/\d/, pick(random, ['9', 'x', ' ']));
    case 5:
      return pick(random, [
        '2026-02-30T00:00:00.000Z',
        '2024-02-29T23:59:59.999Z',
        '2100-02-29T00:00:00.000Z',
        '2026-01-01T24:00:00.000Z',
        '2026-01-01T10:60:00.000Z',
        '2026-01-01T10:00:60.000Z',
        '0000-01-01T00:00:00.000Z',
        '2026-13-01T00:00:00.000Z',
      ]);
    default:
      return iso;
  }
}

/** A value that mostly fits the column. */
function value(random: Random, name: string): string {
  const kind = integer(random, 60);
  if (kind === 0) return pick(random, WORDS);
  if (kind === 1) return number(random);
  if (kind === 2) return `"${text(random)}"`;
  if (kind < 6) return 'null';
  switch (name) {
    case 't':
      return `"${time(random)}"`;
    case 'da':
      return `"${time(random).slice(0, integer(random, 8) === 0 ? integer(random, 20) : 10)}"`;
    case 's':
    case 'n':
      return `"${text(random)}"`;
    case 'b':
      return pick(random, ['true', 'false']);
    case 'i':
      return String(integer(random, 2 ** 32) - 2 ** 31);
    default:
      return number(random);
  }
}

function nested(random: Random, depth: number): string {
  const kind = integer(random, depth > 3 ? 3 : 5);
  if (kind < 2) return value(random, pick(random, ['s', 'd', 'b']));
  const items = Array.from({ length: integer(random, 4) }, () => nested(random, depth + 1));
  const gap = pick(random, SPACINGS);
  if (kind < 4) return `[${gap}${items.join(`${gap},`)}${gap}]`;
  return `{${gap}${items.map((item) => `"${text(random)}"${gap}:${gap}${item}`).join(`${gap},`)}}`;
}

const NAMES = ['t', 's', 'l', 'i', 'd', 'f', 'b', 'da', 'n', 'x'];

function document(random: Random): string {
  const kind = integer(random, 50);
  if (kind === 0)
    return pick(random, ['', ' ', '{}', '{ }', '[]', 'null', '[{"l":1},{"l":2}]', '{"l":1}{"l":2}', 'x', '{"l":1},']);
  let names = [...NAMES];
  if (integer(random, 4) === 0) names = names.filter(() => integer(random, 4) > 0);
  if (integer(random, 4) === 0) names.sort(() => random() - 0.5);
  if (integer(random, 30) === 0) names.push(pick(random, NAMES));
  const colon = pick(random, SPACINGS);
  const comma = pick(random, SPACINGS);
  const fields = names.map((name) => `"${name}"${colon}:${colon}${value(random, name)}`);
  if (integer(random, 5) === 0)
    fields.splice(
      integer(random, fields.length),
      0,
      `"${pick(random, ['extra', 'tt', 'S', '', 'ü', 'a"b'])}"${colon}:${nested(random, 0)}`,
    );
  if (integer(random, 100) === 0) fields.push(`"\\u0073":"escaped name"`);
  if (integer(random, 200) === 0) fields.push(`"${'k'.repeat(200)}":1`);
  return `{${comma}${fields.join(`${comma},${comma}`)}${pick(random, SPACINGS)}}${pick(random, SPACINGS)}`;
}

/** Lines of `numDocuments` documents, some of them damaged; the last line may lack its end. */
export function randomLines(seed: number, numDocuments: number): Uint8Array {
  const random = randomNumbers(seed);
  const parts: string[] = [];
  for (let i = 0; i < numDocuments; i++) {
    let line = document(random);
    if (integer(random, 25) === 0) {
      const at = integer(random, line.length + 1);
      line =
        line.slice(0, at) +
        pick(random, ['', '"', '\\', '}', '{', ',', ':', ' ', '\r', '\u0001', '0', 'é']) +
        line.slice(at + 1);
    }
    if (integer(random, 100) === 0) line = line.slice(0, integer(random, line.length));
    parts.push(line + pick(random, ['\n', '\n', '\n', '\n', '\n', '\r\n', '\n\n', ' \n']));
  }
  let all = parts.join('');
  if (integer(random, 3) === 0) all = all.slice(0, all.length - integer(random, 40));
  const bytes = new TextEncoder().encode(all);
  // Now and then a byte that is no UTF-8.
  if (integer(random, 10) === 0) bytes[integer(random, bytes.length)] = 0x80 + integer(random, 128);
  return bytes;
}
