/** Compares the CSV kernel with the CSV decoder without it, on random lines: usual ones, and every way I know in which one can be unusual. */
import type { ColumnBatch } from '../../src/types/column-batch.ts';
import { CsvDecoder } from '../../src/formats/csv/csv-decoder.ts';
import { csvReadOptions } from '../../src/formats/csv/csv-options.ts';
import { threadKernels } from '../../src/kernels/kernel-instance.ts';
import { parseSchema } from '../../src/types/schema.ts';
import { goldenRows } from '../formats/golden-values.ts';
import { randomNumbers } from './json-documents.ts';

type Random = () => number;

const schema = parseSchema(
  't TIMESTAMP, s STRING, l BIGINT, i INT, sh SMALLINT, d DOUBLE, f FLOAT, b BOOLEAN, da DATE, x DECIMAL(12,3), _corrupt_record STRING',
);
const names = schema.fields.map(({ name }) => name);
const KERNELS = threadKernels('wasm');

const integer = (random: Random, limit: number): number => Math.floor(random() * limit);
const pick = <T>(random: Random, items: readonly T[]): T => items[integer(random, items.length)] as T;

const TEXTS = [
  'buy',
  'view',
  '',
  ' ',
  'a b',
  ' lead',
  'trail ',
  'ü漢😀',
  'x'.repeat(40),
  'NaN',
  'null',
  '\\N',
  "it's",
  '\u0000',
];
const ODD = [
  '"a"',
  '"a,b"',
  '"a;b"',
  '""',
  '"a""b"',
  '"a\\"b"',
  '"open',
  'mid"dle',
  '"x" ',
  '"x"y',
  '"12"',
  '"true"',
  "'q'",
  '"a\tb"',
];
const NUMBERS = [
  '0',
  '-1',
  '+5',
  '007',
  '12345',
  '1.5',
  '-0',
  '-0.0',
  '1e5',
  '1E-3',
  '.5',
  '5.',
  '1f',
  '9999999999',
  '12x',
  '3.14159',
];
const LARGE = [
  '9223372036854775807',
  '9223372036854775808',
  '-9223372036854775808',
  '1e400',
  '32768',
  '-129',
  'Inf',
  '-Inf',
  'Infinity',
];

function time(random: Random): string {
  const iso = new Date(1_770_000_000_000 + integer(random, 6_000_000)).toISOString();
  switch (integer(random, 9)) {
    case 0:
      return iso.replace('Z', pick(random, ['', '+02:00', ' UTC', '123Z', 'z', 'x']));
    case 1:
      return iso.slice(0, integer(random, 24));
    case 2:
      return iso.replace('T', ' ').replace('Z', '');
    case 3:
      return iso.replace(/\.\d+/, pick(random, ['', '.5', '.', '.1234567']));
    case 4:
      return iso.replace(/\d/, pick(random, ['9', 'x', ' ']));
    default:
      return iso;
  }
}

function valueOf(random: Random, name: string): string {
  const kind = integer(random, 40);
  if (kind === 0) return pick(random, ODD);
  if (kind === 1) return pick(random, TEXTS);
  if (kind === 2) return '';
  const quoted = (text: string): string => (kind === 3 ? `"${text}"` : text);
  switch (name) {
    case 't':
      return quoted(time(random));
    case 's':
      return quoted(kind < 30 ? `user${integer(random, 500)}` : pick(random, TEXTS));
    case 'b':
      return quoted(pick(random, ['true', 'false', 'true', 'false', 'TRUE', 'False', 'tru', 'truex']));
    case 'da':
      return quoted(
        pick(random, ['2026-01-01', '2024-02-29', '2026-02-30', '2026-1-1', '2026-01-01x', '2026-01-01T00:00:00']),
      );
    case 'd':
    case 'f':
    case 'x':
      return quoted(
        kind < 30 ? `${integer(random, 1000)}.${integer(random, 1000)}` : pick(random, [...NUMBERS, ...LARGE]),
      );
    default:
      return quoted(kind < 34 ? String(integer(random, 100_000) - 3000) : pick(random, [...NUMBERS, ...LARGE]));
  }
}

function line(random: Random, separator: string): string {
  const values = names.slice(0, -1).map((name) => valueOf(random, name));
  const kind = integer(random, 60);
  if (kind === 0) values.pop();
  if (kind === 1) values.push(pick(random, TEXTS));
  if (kind === 2) return pick(random, ['', ' ', '\t', '   ', separator, '"', '#x']);
  return values.join(separator);
}

/** The options of a seed: mostly Spark's own, sometimes others. */
function optionsOf(random: Random): Map<string, string> {
  const options = new Map<string, string>();
  if (random() < 0.3) options.set('sep', pick(random, [';', '\\t', '|', ',']));
  if (random() < 0.1) options.set('quote', pick(random, ["'", '', '#']));
  if (random() < 0.1) options.set('escape', pick(random, ['"', '', '#']));
  if (random() < 0.2) options.set('header', 'true');
  if (random() < 0.3) options.set('mode', pick(random, ['PERMISSIVE', 'DROPMALFORMED']));
  const rare = [
    ['nullvalue', 'null'],
    ['emptyvalue', 'E'],
    ['nanvalue', '12'],
    ['comment', '#'],
    ['ignoreleadingwhitespace', 'true'],
    ['maxcharspercolumn', '30'],
    ['unescapedquotehandling', 'STOP_AT_CLOSING_QUOTE'],
    ['timestampformat', 'yyyy-MM-dd HH:mm:ss'],
  ] as const;
  const [name, value] = pick(random, rare);
  if (random() < 0.15) options.set(name, value);
  return options;
}

/** Decodes the random lines of a seed in random blocks with and without the kernel. */
export function compareCsvSeed(seed: number, numLines: number): { numRows: number; difference: string | undefined } {
  const random = randomNumbers(seed ^ 0x2c1b3c6d);
  const options = optionsOf(random);
  const separator = (options.get('sep') ?? ',').replace('\\t', '\t');
  const lineEnd = pick(random, ['\n', '\n', '\n', '\r\n', '\r']);
  const lines = Array.from({ length: numLines }, () => line(random, separator) + (random() < 0.02 ? '\r' : ''));
  const text = lines.join(lineEnd) + (random() < 0.5 ? lineEnd : '');
  const bytes = new TextEncoder().encode((random() < 0.1 ? '\ufeff' : '') + text);
  // Now and then a byte that is no UTF-8.
  if (random() < 0.2) bytes[integer(random, bytes.length)] = 0xff;
  const timeZone = pick(random, ['UTC', 'UTC', 'Europe/Berlin', 'America/St_Johns']);
  const columns = random() < 0.5 ? names : names.filter(() => random() < 0.6);
  const cuts = [0, ...Array.from({ length: integer(random, 5) }, () => integer(random, bytes.length)), bytes.length];
  cuts.sort((a, b) => a - b);
  const decode = (kernels: typeof KERNELS): unknown[][] => {
    const decoder = new CsvDecoder({ schema, columns, options, timeZone }, csvReadOptions(options, timeZone), kernels);
    const batches: ColumnBatch[] = [];
    for (let i = 1; i < cuts.length; i++) batches.push(...decoder.push(bytes.subarray(cuts[i - 1], cuts[i])));
    return goldenRows([...batches, ...decoder.finish()]);
  };
  const rows = decode(KERNELS);
  const expected = decode(undefined);
  const place = expected.findIndex((row, i) => JSON.stringify(row) !== JSON.stringify(rows[i]));
  if (place < 0 && rows.length === expected.length) return { numRows: rows.length, difference: undefined };
  const found = JSON.stringify(rows[place]);
  return {
    numRows: rows.length,
    difference: `CSV seed ${seed}, ${JSON.stringify([...options])}, row ${place} of ${rows.length}/${expected.length}: ${found} is not ${JSON.stringify(expected[place])}`,
  };
}
