/**
 * `npm test [-- vitest arguments]`: every test with all its set-up. The real servers are started and stopped by the global set-up of the
 * vitest projects that use them (test/servers/). The last line is `N passed, N failed`; without arguments a skipped test counts as failed.
 */
import { runVitest, summarize } from './run-vitest.ts';

const args = process.argv.slice(2);
const projects = ['fast', 'services', 'spark'].flatMap((project) => ['--project', project]);
const counts = await runVitest([...projects, ...args]);
const skipped = args.length === 0 ? counts.skipped : [];
for (const name of skipped) process.stdout.write(`skipped, and that is a failure here: ${name}\n`);
process.exitCode = summarize({ ...counts, numFailed: counts.numFailed + skipped.length });
