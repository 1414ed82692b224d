/**
 * `npm run test:property [-- cases [first seed]]`: random streams against batch jobs over the same rows until so many cases are done (ten
 * thousand) or one differs; its seed is printed. What the last run printed is in docs/coming-from-spark.md.
 */
import { differenceOf, sessionInMemory } from '../test/oracle/streaming-case.ts';

const CASES_PER_SESSION = 200;
const numCases = Number(process.argv[2] ?? 10_000);
const firstSeed = Number(process.argv[3] ?? 1);
let session = sessionInMemory();
let difference: string | undefined;
let seed = firstSeed;
for (; seed < firstSeed + numCases && difference === undefined; seed++) {
  difference = await differenceOf(session, seed);
  if ((seed - firstSeed + 1) % CASES_PER_SESSION !== 0) continue;
  await session.stop();
  session = sessionInMemory();
  if ((seed - firstSeed + 1) % 1000 === 0) process.stderr.write(`${seed - firstSeed + 1} cases\n`);
}
await session.stop();
if (difference !== undefined) {
  process.stdout.write(`${difference}\n`);
  process.exitCode = 1;
}
process.stdout.write(
  `${seed - firstSeed} cases, seeds from ${firstSeed}, ${difference === undefined ? 'no difference' : 'a difference'}\n`,
);
