/** Cases that differ from Spark on purpose or for now, each with the reason. */
export const KNOWN_DIFFERENCES: ReadonlySet<string> = new Set<string>([
  // One cast to the result type instead of two: the error names the last type.
  'ansi /(STRING x, INT 1)',
  // Spark's SQL parser rewrites `!=`; here it is an operator of its own with the same column name.
  'ansi !=(INT 1, INT 2)',
  'ansi !=(STRING a, STRING a)',
  'ansi !=(INT 1, INT NULL)',
  // Spark stops at the first equal value while folding constants.
  'ansi in(INT 1, STRING 1, STRING x)',
  // `between` is the AND it stands for, also in the column name.
  'ansi between(INT 2, INT 1, INT 3)',
  'ansi between(INT 0, INT 1, INT 3)',
  'ansi between(STRING b, STRING a, STRING c)',
  // The call is shown as `if(…)` in this error, not as `(IF(…))`.
  'ansi if(INT 1, INT 2, INT 3)',
  // The schema parser reports the syntax, Spark the last thing it tried.
  'ansi from_json(STRING {"a":1}, STRING x)',
  // Without ANSI a float and a whole number give a float in Spark, a double here.
  'legacy +(FLOAT 1.5, INT 2)',
  'legacy -(FLOAT 1.5, INT 2)',
  'legacy *(FLOAT 1.5, INT 2)',
  'legacy %(FLOAT 1.5, INT 2)',
]);
