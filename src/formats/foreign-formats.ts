/** Formats Spark knows and Millrace does not: named in its refusal with what to do instead, so that nobody looks for a misspelling. */
import { MillraceError } from '../errors/millrace-error.ts';

/** Why, or what to use instead, by format. */
const FOREIGN: ReadonlyMap<string, string> = new Map([
  [
    'orc',
    'No maintained ORC library exists for Node.js; have it converted to parquet, which all readers of ORC write.',
  ],
  ['xml', 'Convert it to json, or read lines with text and take them apart with a function of your own.'],
  ['delta', 'Write parquet; a table of Delta Lake can be made from it.'],
  ['iceberg', 'Write parquet; a table of Iceberg can be made from it.'],
]);

/** Throws UNSUPPORTED_FEATURE for a format of Spark that is not there; returns for all other names. */
export function refuseForeignFormat(name: string): void {
  const hint = FOREIGN.get(name.toLowerCase());
  if (hint !== undefined)
    throw new MillraceError('UNSUPPORTED_FEATURE', { feature: `The format ${name.toLowerCase()}` }, { hint });
}
