/** Words that begin the next clause and therefore are no alias unless AS stands before them. */
const CLAUSE_WORDS = new Set(
  (
    'FROM WHERE GROUP HAVING ORDER LIMIT OFFSET UNION EXCEPT INTERSECT MINUS WINDOW QUALIFY LATERAL SORT CLUSTER DISTRIBUTE ' +
    'JOIN INNER CROSS LEFT RIGHT FULL NATURAL SEMI ANTI ON USING TABLESAMPLE PIVOT UNPIVOT WATERMARK SELECT'
  ).split(' '),
);

/** True for a word, in upper case, that may be an alias without AS. */
export function isAliasWord(symbol: string): boolean {
  return !CLAUSE_WORDS.has(symbol);
}
