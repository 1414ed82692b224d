/** Where a query without a checkpoint begins: found once, and remembered over a restart that comes before the first batch. */
import type { SourceLog, SourceOffset } from './source.ts';

/** Entry of the source's own log. */
const NAME = 'initial-offset';

/** The offset that the log remembers; else the one `find` gives, which the log remembers from now on. Without a log it is found anew. */
export async function initialOffset(
  log: SourceLog | undefined,
  find: () => Promise<SourceOffset>,
): Promise<SourceOffset> {
  const logged = await log?.read(NAME);
  if (logged !== undefined) return JSON.parse(new TextDecoder().decode(logged)) as SourceOffset;
  const found = await find();
  await log?.write(NAME, new TextEncoder().encode(JSON.stringify(found)));
  return found;
}
