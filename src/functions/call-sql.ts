/** How a call is written in column names and error texts: operators infix, the rest as `name(a, b)`, with Spark's default arguments. */
const INFIX = new Set([
  '+',
  '-',
  '*',
  '/',
  '%',
  '=',
  '<=>',
  '<',
  '<=',
  '>',
  '>=',
  '&',
  '|',
  '^',
  '<<',
  '>>',
  '>>>',
  'div',
  'and',
  'or',
]);

/** Functions Spark writes in upper case. */
const UPPER_CASE = new Set(
  'sqrt exp expm1 log10 log2 log1p cbrt sin cos tan asin acos atan atan2 sinh cosh tanh degrees radians power hypot pi e rlike log acosh asinh atanh cot csc sec signum regexp regexp_like'.split(
    ' ',
  ),
);

const PATTERN = 'yyyy-MM-dd HH:mm:ss';

/** Functions whose second argument, whether NULLs are left out, is not shown. */
const IGNORES_NULLS = new Set(['first', 'first_value', 'last', 'last_value', 'any_value']);

/** The comparison Spark shows for array_sort without one. */
const DEFAULT_ORDER = `lambdafunction(${[
  '(IF(((namedlambdavariable() IS NULL) AND (namedlambdavariable() IS NULL)), 0, ',
  '(IF((namedlambdavariable() IS NULL), 1, (IF((namedlambdavariable() IS NULL), -1, ',
  '(IF((namedlambdavariable() < namedlambdavariable()), -1, ',
  '(IF((namedlambdavariable() > namedlambdavariable()), 1, 0)))))))))), ',
  'namedlambdavariable(), namedlambdavariable())',
].join('')}`;

/** Functions whose seed is not shown, or shown by another name. */
const SHOWN_AS: Readonly<Record<string, string>> = {
  random: 'rand',
  array_agg: 'collect_list',
  spark_partition_id: 'SPARK_PARTITION_ID',
  curdate: 'current_date',
  current_database: 'current_schema',
};

/** The arguments of functions whose missing ones Spark shows, by their defaults. */
const ALL_DEFAULTS: Readonly<Record<string, readonly string[]>> = {
  make_interval: ['0', '0', '0', '0', '0', '0', '0.000000'],
  try_make_interval: ['0', '0', '0', '0', '0', '0', '0.000000'],
  make_dt_interval: ['0', '0', '0', '0.000000'],
  make_ym_interval: ['0', '0'],
  sentences: ['', '', ''],
  overlay: ['', '', '', '-1'],
  aes_encrypt: ['', '', 'GCM', 'DEFAULT', '', ''],
  aes_decrypt: ['', '', 'GCM', 'DEFAULT', ''],
  try_aes_decrypt: ['', '', 'GCM', 'DEFAULT', ''],
  hmac: ['', '', 'SHA-256'],
  approx_top_k: ['', '5', '10000'],
  approx_top_k_accumulate: ['', '10000'],
  approx_top_k_combine: ['', '-1'],
  approx_top_k_estimate: ['', '5'],
  hll_sketch_agg: ['', '12'],
  theta_sketch_agg: ['', '12'],
  theta_union: ['', '', '12'],
  theta_union_agg: ['', '12'],
  tuple_sketch_agg_double: ['', '', '12', 'sum'],
  tuple_sketch_summary_double: ['', 'sum'],
  tuple_union_double: ['', '', '12', 'sum'],
  tuple_union_theta_double: ['', '', '12', 'sum'],
  tuple_union_agg_double: ['', '12', 'sum'],
  tuple_intersection_double: ['', '', 'sum'],
  tuple_intersection_theta_double: ['', '', 'sum'],
  tuple_intersection_agg_double: ['', 'sum'],
  tuple_sketch_agg_integer: ['', '', '12', 'sum'],
  tuple_sketch_summary_integer: ['', 'sum'],
  tuple_union_integer: ['', '', '12', 'sum'],
  tuple_union_theta_integer: ['', '', '12', 'sum'],
  tuple_union_agg_integer: ['', '12', 'sum'],
  tuple_intersection_integer: ['', '', 'sum'],
  tuple_intersection_theta_integer: ['', '', 'sum'],
  tuple_intersection_agg_integer: ['', 'sum'],
  hll_union: ['', '', 'false'],
  hll_union_agg: ['', 'false'],
  time_bucket: ['', '', "TIMESTAMP '1970-01-01 00:00:00'"],
};

/** What Spark adds when the last argument is left out, by name and number of given arguments. */
const DEFAULT_ARGUMENTS: Readonly<Record<string, string>> = {
  'substring 2': '2147483647',
  'substr 2': '2147483647',
  'replace 2': '',
  'sort_array 1': 'true',
  'split 2': '-1',
  'lpad 2': ' ',
  'rpad 2': ' ',
  'locate 2': '1',
  'position 2': '1',
  'regexp_replace 3': '1',
  'regexp_extract 2': '1',
  'regexp_extract_all 2': '1',
  'regexp_instr 2': '0',
  'percentile 2': '1',
  'percentile_approx 2': '10000',
  'approx_percentile 2': '10000',
  'listagg 1': 'NULL',
  'string_agg 1': 'NULL',
  'months_between 2': 'true',
  'mask 1': 'X, x, n, NULL',
  'mask 2': 'x, n, NULL',
  'mask 3': 'n, NULL',
  'mask 4': 'NULL',
  'str_to_map 1': ',, :',
  'str_to_map 2': ':',
  'vector_norm 1': '2.0',
  'vector_normalize 1': '2.0',
  'current_time 0': '6',
  'round 1': '0',
  'bround 1': '0',
  'unix_timestamp 1': PATTERN,
  'to_unix_timestamp 1': PATTERN,
  'from_unixtime 1': PATTERN,
};

const TRIM_SIDES: Readonly<Record<string, string>> = { trim: 'BOTH', ltrim: 'LEADING', rtrim: 'TRAILING' };

/** The text of a call over the texts of its arguments, as Spark names such columns. */
export function callSql(name: string, args: readonly string[]): string {
  const [first = '', second = ''] = args;
  if (name === '+ INTERVAL' || name === '- INTERVAL') return `${first} ${name.charAt(0)} ${second}`;
  if (name === 'days + INTERVAL') return `date_add(${first}, extractansiintervaldays(${second}))`;
  if (name === 'days - INTERVAL') return `date_add(${first}, (- extractansiintervaldays(${second})))`;
  if (args.length === 2 && INFIX.has(name)) return `(${first} ${name === 'div' ? name : name.toUpperCase()} ${second})`;
  const side = TRIM_SIDES[name];
  if (side !== undefined && args.length === 2) return `TRIM(${side} ${first} FROM ${second})`;
  return operatorSql(name, args) ?? functionSql(name, args);
}

function operatorSql(name: string, args: readonly string[]): string | undefined {
  const [first = '', second = ''] = args;
  switch (name) {
    case 'not':
      return `(NOT ${first})`;
    case '!=':
      return `(NOT (${first} = ${second}))`;
    case 'mode':
      if (args.length === 2 && second === 'false') return `mode(${first})`;
      return args.length === 2 ? `mode() WITHIN GROUP (ORDER BY ${first} DESC)` : undefined;
    case 'datepart':
    case 'extract':
      return `${name}(${first} FROM ${second})`;
    case '(-)':
      return `(- ${first})`;
    case 'positive':
      return `(+ ${first})`;
    case '~':
      return `~${first}`;
    case 'isnull':
      return `(${first} IS NULL)`;
    case 'isnotnull':
      return `(${first} IS NOT NULL)`;
    case '[]':
      return `${first}[${second}]`;
    case '.':
      return `${first}.${second}`;
    case 'in':
      return `(${first} IN (${args.slice(1).join(', ')}))`;
    case 'like':
      return args.length === 3 ? `${first} LIKE ${second} ESCAPE '${args[2] ?? ''}'` : `${first} LIKE ${second}`;
    default:
      return undefined;
  }
}

function functionSql(name: string, args: readonly string[]): string {
  if (name === 'count' && args.length === 0) return 'count(1)';
  // Whether nulls are ignored is not shown.
  if (name === 'log' && args.length === 1) return `LOG(E(), ${args.join('')})`;
  // Schema and options are not shown.
  if (name === 'ilike' && args.length === 3) return functionSql(name, args.slice(0, 2));
  if (name === 'instr' && args.length === 3) return functionSql(name, [...args, '1']);
  if (name === 'convert_timezone' && args.length === 2) return functionSql(name, ['current_timezone()', ...args]);
  if (name === 'unix_timestamp' && args.length === 0) return functionSql(name, ['current_timestamp()']);
  if (name === 'from_csv' || name === 'to_csv' || name === 'to_json' || name.startsWith('schema_of_'))
    return `${name}(${args[0] ?? ''})`;
  if (name === 'shuffle' || name === 'approx_count_distinct') return `${name}(${args[0] ?? ''})`;
  if (name === 'uuid') return 'uuid()';
  if (name === 'raise_error') return `raise_error(USER_RAISED_EXCEPTION, map(errorMessage, ${args[0] ?? ''}))`;
  if (/^(?:try_)?make_timestamp_ltz$/.test(name) && args.length < 4) return functionSql('make_timestamp', args);
  if (name === 'try_to_time') return `try_to_time(${functionSql('to_time', args)})`;
  if (name.startsWith('try_make_timestamp') && name !== 'try_make_timestamp_ltz' && args.length === 7)
    return functionSql(name, args.slice(0, 6));
  if (IGNORES_NULLS.has(name)) return `${name}(${args[0] ?? ''})`;
  if (name === 'array_sort' && args.length === 1) return `array_sort(${args[0] ?? ''}, ${DEFAULT_ORDER})`;
  if (name === 'from_json') return `from_json(${args[0] ?? ''})`;
  if (name === 'dateadd') return `date_add(${args.join(', ')})`;
  // With places, ceil and floor keep the name as written.
  const isUpper = UPPER_CASE.has(name) || ((name === 'ceil' || name === 'floor') && args.length === 1);
  const added = DEFAULT_ARGUMENTS[`${name} ${args.length}`];
  const defaults = ALL_DEFAULTS[name]?.slice(args.length) ?? [];
  const all = added === undefined ? [...args, ...defaults] : [...args, added];
  const shown = SHOWN_AS[name] ?? (isUpper ? name.toUpperCase() : name);
  return `${shown}(${all.join(', ')})`;
}
