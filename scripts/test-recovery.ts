/** `npm run test:recovery [-- vitest arguments]`: the long recovery campaign, the files `*.campaign.test.ts`, with its real servers. */
import { runVitest, summarize } from './run-vitest.ts';

process.exitCode = summarize(await runVitest(['--project', 'campaign', ...process.argv.slice(2)]));
