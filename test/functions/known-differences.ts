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
  // The call is shown as `if(…)` in this error, not as `(IF(…))`.
  'ansi if(INT 1, INT 2, INT 3)',
  // The schema parser reports the syntax, Spark the last thing it tried.
  'ansi from_json(STRING {"a":1}, STRING x)',
  // Without ANSI a float and a whole number give a float in Spark, a double here.
  'legacy +(FLOAT 1.5, INT 2)',
  'legacy -(FLOAT 1.5, INT 2)',
  'legacy *(FLOAT 1.5, INT 2)',
  'legacy %(FLOAT 1.5, INT 2)',
  // Spark fails with an exception of Java without condition.
  'ansi sequence(INT 1, INT 2, INT -1)',
  'ansi sequence(INT 1, INT 5, INT -1)',
  'ansi sequence(INT 1, INT 5, INT 0)',
  'ansi format_string(STRING %d, STRING x)',
  // Java's formatter cannot print Spark's decimals with %f; here it can.
  'ansi format_string(STRING %f, DECIMAL(5,2) 1.25)',
  // Spark has a form of two arguments (date and time) that does not exist here, for want of the type TIME.
  'ansi make_timestamp_ntz(INT 2014, INT 12, INT 28, INT 6, INT 30, DECIMAL(16,6) 45.887, STRING CET)',
  // Spark replaces the call by the function of the field before it checks the argument.
  'ansi date_part(STRING DAY, INT 1)',
]);
