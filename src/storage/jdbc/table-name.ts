/** Names of tables as users write them. */
import { invalidOption } from '../../types/options.ts';

/** The parts of a table name: `public.counts`, `"My Schema"."My.Table"`. Unquoted parts are taken as they are, up to the next dot. */
export function parseTableName(text: string): string[] {
  const parts: string[] = [];
  const pattern = /(?:"((?:[^"]|"")*)"|`((?:[^`]|``)*)`|([^.]*))(\.|$)/y;
  while (pattern.lastIndex < text.length || parts.length === 0 || text.endsWith('.')) {
    const match = pattern.exec(text);
    const part = match?.[1]?.replaceAll('""', '"') ?? match?.[2]?.replaceAll('``', '`') ?? match?.[3];
    if (match === null || part === undefined || part === '' || parts.length === 3)
      throw invalidOption('jdbc', 'dbtable', text, 'a table name, with its schema if needed');
    parts.push(part);
    if (match[4] === '') break;
  }
  return parts;
}
