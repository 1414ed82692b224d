/**
 * Calls of every function with arguments at the edges: nulls, empty, negative, huge, not a number, of another type. Which calls there are
 * is said by the examples of the definitions and a fixed sequence of draws; make-edge-goldens.py asks Spark for their answers.
 */
import { allFunctions } from '../../src/functions/registry.ts';

/** Calls of one function: expressions, each with what stands behind it in a query. */
export interface EdgeQueries {
  readonly name: string;
  readonly expressions: readonly string[];
}

/** Calls that no definition has an example of. */
const OTHER_CALLS: readonly string[] = [
  'if(true, 1, 2)',
  "coalesce(NULL, 1, 'a')",
  'nvl(NULL, 1)',
  'ifnull(NULL, 1)',
  'nvl2(NULL, 1, 2)',
  'nullif(1, 2)',
  'nullifzero(1)',
  'zeroifnull(NULL)',
  'assert_true(true)',
  "decode(2, 1, 'Southlake', 2, 'San Francisco')",
  "to_char(454, '999')",
  "to_varchar(-78.12, 'S99.99')",
  'transform(array(1, 2), x -> x + 1)',
  'filter(array(1, 2), x -> x > 1)',
  'exists(array(1, NULL), x -> x > 1)',
  'forall(array(1, NULL), x -> x > 0)',
  'aggregate(array(1, 2), 0, (acc, x) -> acc + x)',
  'reduce(array(1, 2), 0, (acc, x) -> acc + x, acc -> acc * 2)',
  'zip_with(array(1, 2), array(3), (x, y) -> x + y)',
  "map_filter(map('a', 1), (k, v) -> v > 0)",
  "transform_keys(map('a', 1), (k, v) -> upper(k))",
  "transform_values(map('a', 1), (k, v) -> v + 1)",
  "map_zip_with(map('a', 1), map('a', 2), (k, x, y) -> x + y)",
  'array_sort(array(2, 1), (x, y) -> y - x)',
];

/** What is put in the place of an argument. */
const EDGES: readonly string[] = [
  'NULL',
  "''",
  "'x'",
  "'12'",
  "' 3.5 '",
  "'2024-02-29'",
  "'é😀ß'",
  "'a,b;c'",
  'CAST(NULL AS STRING)',
  '0',
  '-1',
  '3Y',
  '2147483647',
  '-9223372036854775807L',
  '1.50',
  '12345678901234567890123456789012345678',
  '1e308D',
  "double('NaN')",
  "double('-Infinity')",
  '-0.0D',
  "float('1.1')",
  'true',
  "X''",
  "X'00FF41'",
  "DATE '1969-12-31'",
  "TIMESTAMP '2024-03-10 12:30:00.123456'",
  "TIMESTAMP_NTZ '0001-01-01 00:00:00'",
  "INTERVAL '1-2' YEAR TO MONTH",
  "INTERVAL '-1 02:03:04.5' DAY TO SECOND",
  'array()',
  'array(1, NULL)',
  "array('b', NULL, 'a')",
  "map('a', 1)",
  "named_struct('a', 1)",
];

/** What is put in the place of a text, a number or an array, beside the above. */
const KIN: readonly { readonly like: RegExp; readonly edges: readonly string[] }[] = [
  {
    like: /^'/,
    edges: [
      "''",
      "'   '",
      "'é😀ß'",
      "'12'",
      "'-1'",
      "'1e3'",
      "'NaN'",
      "'true'",
      "'UTC'",
      "'yyyy-MM-dd'",
      "'%'",
      "'['",
      "'[1,2]'",
      `'{"a":null}'`,
      "'10:20'",
      "'2024-02-30'",
      "'2024-02-29 23:59:59.999999+01:00'",
      "'a b\\tc\\nd'",
      "'ABC abc 123'",
      'CAST(NULL AS STRING)',
    ],
  },
  {
    like: /^-?[0-9.]/,
    edges: [
      '0',
      '1',
      '-1',
      '-7',
      '100S',
      '2147483647',
      '-2147483648',
      '9223372036854775807L',
      '1.50',
      '-0.005',
      '0.1D',
      '-2.5D',
      '-0.0D',
      '1e308D',
      "double('NaN')",
      "double('Infinity')",
      'CAST(NULL AS INT)',
      "'3'",
      'true',
    ],
  },
  {
    like: /^(array|map|struct|named_struct)\(/,
    edges: [
      'array()',
      'array(NULL)',
      'array(1, NULL, 1)',
      "array('b', NULL, 'a')",
      "array(double('NaN'), -0.0D, 0.0D)",
      'array(array(1), array())',
      "array(named_struct('a', 1))",
      'CAST(NULL AS ARRAY<INT>)',
      'map()',
      "map('a', NULL)",
      "map(1, 'x', 2, 'y')",
      "named_struct('a', NULL)",
    ],
  },
];

/** Columns an aggregate is computed over: the rows of VALUES. */
const GROUPS: readonly string[] = [
  '(1), (2), (3), (2)',
  '(NULL), (NULL)',
  '(CAST(NULL AS INT)), (5), (NULL), (-5)',
  "(double('NaN')), (1.5D), (double('Infinity')), (-0.0D), (0.0D)",
  '(9223372036854775807L), (1L)',
  '(12345678901234567890123456789012345.678), (0.001), (NULL)',
  "('b'), (''), (NULL), ('a'), ('é😀')",
  "(X'01'), (X''), (NULL)",
  '(true), (NULL), (false)',
  "(DATE '2024-02-29'), (DATE '1969-12-31')",
  "(TIMESTAMP '2024-02-29 01:02:03.4'), (NULL)",
  "(INTERVAL '1' DAY), (INTERVAL '-2' DAY)",
  "(INTERVAL '1' MONTH), (NULL)",
  '(array(1, 2)), (array()), (NULL)',
  "(named_struct('a', 1)), (named_struct('a', 0))",
  "(map('a', 1))",
  '(1Y), (127Y)',
  "(float('0.1')), (float('0.2')), (float('NaN'))",
];

const NUM_DRAWN = 6;

/** A fixed sequence of numbers below `below`. */
function drawing(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** The texts of the arguments of a call that begins at `open`, and where it ends. */
function argumentsAt(text: string, open: number): { readonly args: readonly string[]; readonly end: number } {
  const args: string[] = [];
  let depth = 0;
  let quote = false;
  let start = open + 1;
  for (let i = open; i < text.length; i++) {
    const char = text[i] as string;
    if (char === "'") quote = !quote;
    if (quote) continue;
    if (char === '(') depth += 1;
    const ends = char === ')' && depth === 1;
    if (ends || (char === ',' && depth === 1)) {
      const arg = text.slice(start, i).trim();
      if (arg !== '' || args.length > 0) args.push(arg);
      start = i + 1;
      if (ends) return { args, end: i + 1 };
    }
    if (char === ')') depth -= 1;
  }
  return { args, end: text.length };
}

/** Variants of a call `name(…)` within an example; none when the example does not call it by name. */
function variants(name: string, example: string, seed: number): string[] {
  const open = example.search(new RegExp(`(?<![a-z_])${name.replaceAll(/\W/g, '\\$&')}\\(`, 'i'));
  if (open < 0) return [];
  const { args, end } = argumentsAt(example, open + name.length);
  const draw = drawing(seed);
  const edge = (): string => EDGES[draw(EDGES.length)] as string;
  const written = (replaced: readonly string[]): string =>
    `${example.slice(0, open)}${name}(${replaced.join(', ')})${example.slice(end)}`;
  const isFixed = (arg: string): boolean => arg.includes('->') || arg === '*';
  const made = args.flatMap((arg, i) => {
    if (isFixed(arg)) return [];
    const kin = KIN.find(({ like }) => like.test(arg))?.edges ?? EDGES;
    const drawn = Array.from({ length: 2 * NUM_DRAWN }, (_, at) =>
      at % 2 === 0 ? edge() : (kin[draw(kin.length)] as string),
    );
    return ['NULL', ...drawn].map((text) => written(args.with(i, text)));
  });
  const pairs =
    args.length < 2 ? [] : Array.from({ length: 6 }, () => args.map((arg) => (isFixed(arg) ? arg : edge())));
  return [...made, ...pairs.map(written), written(args.slice(0, -1)), written([...args, edge()])];
}

function overGroups(name: string, example: string): string[] {
  const call = example.split(' FROM VALUES ')[0] as string;
  const open = call.search(new RegExp(`\\b${name}\\(`));
  if (open < 0) return [];
  const { args, end } = argumentsAt(call, open + name.length);
  return GROUPS.map((rows) => {
    const replaced = args.map((arg) => (/^['0-9*]/.test(arg) && args.length > 1 && arg !== args[0] ? arg : 'c'));
    return `${call.slice(0, open)}${name}(${replaced.join(', ')})${call.slice(end)} FROM VALUES ${rows} AS t(c)`;
  });
}

function seedOf(name: string): number {
  return [...name].reduce((hash, char) => Math.imul(hash, 31) + (char.codePointAt(0) as number), 7);
}

/** The calls of all functions that are asked. */
export function edgeQueries(): readonly EdgeQueries[] {
  const { scalars, aggregates, generators } = allFunctions();
  const single = [
    ...[...scalars, ...generators].map(({ name, doc }) => ({ name, example: doc.example })),
    ...OTHER_CALLS.map((example) => ({ name: example.slice(0, example.indexOf('(')), example })),
  ];
  const queries = new Map<string, string[]>();
  for (const { name, example } of single)
    queries.set(name, [...(queries.get(name) ?? []), ...variants(name, example, seedOf(name))]);
  for (const { name, doc } of aggregates)
    queries.set(name, [...variants(name, doc.example, seedOf(name)), ...overGroups(name, doc.example)]);
  return [...queries].map(([name, expressions]) => ({ name, expressions: [...new Set(expressions)] }));
}
