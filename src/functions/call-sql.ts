/** How a call is written in column names and error texts: operators infix, the rest as `name(a, b)`. */
const INFIX = new Set(['+', '-', '*', '/', '%', '=', '<=>', '<', '<=', '>', '>=', '&', '|', '^', 'div', 'and', 'or']);

/** The text of a call over the texts of its arguments, as Spark names such columns. */
export function callSql(name: string, args: readonly string[]): string {
  const [first = '', second = ''] = args;
  if (INFIX.has(name) && args.length === 2)
    return `(${first} ${name.toUpperCase()} ${second})`.replace(' DIV ', ' div ');
  switch (name) {
    case 'not':
      return `(NOT ${first})`;
    case '!=':
      return `(NOT (${first} = ${second}))`;
    case 'negative':
      return `(- ${first})`;
    case '~':
      return `~${first}`;
    case 'isnull':
      return `(${first} IS NULL)`;
    case 'isnotnull':
      return `(${first} IS NOT NULL)`;
    case 'in':
      return `(${first} IN (${args.slice(1).join(', ')}))`;
    case 'like':
      return args.length === 3 ? `${first} LIKE ${second} ESCAPE '${args[2] ?? ''}'` : `${first} LIKE ${second}`;
    case 'rlike':
      return `RLIKE(${first}, ${second})`;
    case 'count':
      return `count(${args.length === 0 ? '1' : args.join(', ')})`;
    default:
      return `${name}(${args.join(', ')})`;
  }
}
