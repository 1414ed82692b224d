/** The golden queries for which Millrace differs from Spark on purpose or for now, and how. */

interface KnownDifference {
  readonly why: string;
  /** Our condition, or `rows` where Spark has an error and Millrace answers. */
  readonly ours: string;
}

export const KNOWN_DIFFERENCES: ReadonlyMap<string, KnownDifference> = new Map<string, KnownDifference>([
  [
    'SELECT CASE WHEN NULL THEN 1 ELSE 2 END, CASE NULL WHEN NULL THEN 1 ELSE 2 END',
    { why: 'a NULL literal is taken as a condition of CASE', ours: 'rows' },
  ],
  ['SELECT CAST(1, INT)', { why: 'CAST is never the name of an unknown function', ours: 'PARSE_SYNTAX_ERROR' }],
  [
    "SELECT s['x'], s[0] FROM nested",
    { why: 'the index of a struct has to be a name', ours: 'DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE' },
  ],
  [
    'SELECT g, sum(id) AS id FROM t GROUP BY g ORDER BY sum(id)',
    { why: 'an alias does not hide a column from the aggregates of ORDER BY', ours: 'rows' },
  ],
  [
    'SELECT window(ts, INTERVAL 1 HOUR) AS w, count(*) FROM t GROUP BY window(ts, INTERVAL 1 HOUR)',
    { why: 'the length of a window may be an interval literal', ours: 'rows' },
  ],
  [
    "SELECT window(ts, INTERVAL '30' MINUTE).start AS w, count(*) FROM t GROUP BY window(ts, INTERVAL '30' MINUTE)",
    { why: 'the length of a window may be an interval literal', ours: 'rows' },
  ],
  [
    'SELECT id FROM t o WHERE EXISTS (SELECT 1 FROM t i WHERE i.g = o.g AND EXISTS (SELECT 1 FROM words w WHERE w.id = i.id + o.id))',
    { why: 'a subquery sees the columns of all queries around it', ours: 'rows' },
  ],
  [
    'SELECT g, (SELECT count(*) FROM t u WHERE u.g = o.g) AS c FROM t o GROUP BY g',
    { why: 'a correlated subquery may stand beside groups it reads', ours: 'rows' },
  ],
  ["VALUES (1), ('a')", { why: 'rows of VALUES meet as those of UNION do', ours: 'CAST_INVALID_INPUT' }],
  ['VALUES (rand())', { why: 'VALUES may hold random values', ours: 'rows' }],
  [
    "SELECT sentences('Hi there! Good morning.'), sentences('a b. C d? E', 'en', 'US'), sentences(''), sentences(NULL), sentences('Hello, world. 3.5 is a number! Mr. X said \"no\".')",
    { why: 'sentences are cut by the rules of ICU, which end one before a number', ours: 'rows' },
  ],
  [
    "SELECT to_csv(named_struct('a', array(1)))",
    { why: 'nested values have no text in CSV', ours: 'DATATYPE_MISMATCH.UNSUPPORTED_INPUT_TYPE' },
  ],
  [
    'SELECT x FROM (SELECT array(1) AS a) LATERAL VIEW size(a) v AS x',
    { why: 'a function that is no generator is not looked for in LATERAL VIEW', ours: 'UNRESOLVED_ROUTINE' },
  ],
  [
    'SELECT count(*) FROM (SELECT 1 AS a) GROUP BY explode(array(1))',
    { why: 'a generator outside of a select list is refused as such', ours: 'UNSUPPORTED_GENERATOR.OUTSIDE_SELECT' },
  ],
]);
