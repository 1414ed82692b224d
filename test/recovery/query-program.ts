/**
 * The recovery query as a process of its own, to be killed: `node query-program.ts <RecoveryRun as JSON>`. Says `ready` when it is loaded,
 * `batch N` when a batch is finished, `error CONDITION` when it fails. SIGTERM stops it as a service is stopped: the batch in flight is
 * finished, exit code 0.
 */
import { flushCompileCache } from 'node:module';
import type { RecoveryRun } from './recovery-query.ts';
import { MillraceError, MillraceSession } from '../../src/index.ts';
import { startRecoveryQuery } from './recovery-query.ts';

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function main(run: RecoveryRun): Promise<void> {
  const session = MillraceSession.builder().create();
  const stop = new Promise<void>((resolve) => {
    process.once('SIGTERM', () => resolve());
  });
  // A killed process would not leave its compiled modules to the next.
  flushCompileCache();
  say('ready');
  const query = await startRecoveryQuery(session, run);
  query.progress$.subscribe(({ batchId }) => say(`batch ${batchId}`));
  await Promise.race([query.awaitTermination(), stop]);
  await session.stop();
  await query.awaitTermination();
}

try {
  await main(JSON.parse(process.argv[2] ?? '') as RecoveryRun);
  process.exit(0);
} catch (error) {
  say(`error ${error instanceof MillraceError ? error.condition : String(error)}`);
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exit(1);
}
