/**
 * State that is larger than its memory: a count by a long key over many keys in a process with a small memory budget, with a durable disk
 * checkpoint. Each phase is a process of its own: fill; batches of random keys after a restart; the same on two worker threads;
 * all in memory, for comparison. Prints rows per second, the time to start, and the most memory the process had.
 *
 *   node bench/micro/state-spill.ts [number of keys] [budget in MB, 0 is none] [rows per batch] [random batches]
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MillraceSession, Trigger } from '../../src/index.ts';

const [keysText = '20000000', budgetMB = '192', rowsText = '1000000', batchesText = '5', phase, folder = ''] =
  process.argv.slice(2);
const numKeys = Number(keysText);
const numFills = Math.ceil(numKeys / Number(rowsText));
const numRandom = Number(batchesText);

if (phase === undefined) runAll();
else await runPhase(phase);

function runAll(): void {
  const folderOfRun = mkdtempSync(join(tmpdir(), 'millrace-bench-'));
  const run = (name: string, budget = budgetMB): void => {
    const args = [import.meta.filename, keysText, budget, rowsText, batchesText, name, folderOfRun];
    process.stdout.write(execFileSync(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] }));
  };
  try {
    run('fill');
    run('restart');
    run('two threads');
    run('in memory', '0');
  } finally {
    rmSync(folderOfRun, { recursive: true });
  }
}

async function runPhase(name: string): Promise<void> {
  const session = MillraceSession.builder()
    .appName('state-spill')
    .master(name === 'two threads' ? 'local[2]' : 'local[1]')
    .config('millrace.state.maxMemoryMB', budgetMB)
    .config('millrace.workers', 'always')
    .getOrCreate();
  const rows = session.readStream.format('rate-micro-batch').option('rowsPerBatch', rowsText).load();
  const counts = rows
    .selectExpr(name === 'fill' ? 'value AS id' : `(value * 2654435761) % ${numKeys} AS id`)
    .groupBy('id')
    .count();
  const started = performance.now();
  const query = await counts.writeStream
    .format('noop')
    .outputMode('update')
    .option('checkpointLocation', join(folder, 'checkpoint'))
    .trigger(Trigger.ProcessingTime(0))
    .start();
  const startedMs = performance.now() - started;
  const numBatches = name === 'fill' ? numFills : numRandom;
  const times: number[] = [];
  let spilledBytes = 0;
  let numRowsTotal = 0;
  await new Promise<void>((resolve, reject) => {
    query.progress$.subscribe({
      next: ({ batchDuration, stateOperators: [state] }) => {
        times.push(batchDuration);
        spilledBytes = Math.max(spilledBytes, state?.customMetrics['spilledBytes'] ?? 0);
        numRowsTotal = state?.numRowsTotal ?? 0;
        if (times.length >= numBatches) resolve();
      },
      error: reject,
    });
  });
  await query.stop();
  await session.stop();
  const totalMs = times.reduce((sum, one) => sum + one, 0);
  const rate = (times.length * Number(rowsText)) / totalMs / 1000;
  const cpu = process.cpuUsage();
  const cpuSeconds = (cpu.user + cpu.system) / 1e6;
  const peakMB = Math.round(process.resourceUsage().maxRSS / 1024);
  console.log(
    `${name}: started in ${(startedMs / 1000).toFixed(2)} s, ${times.length} batches of ${rowsText} rows with ${rate.toFixed(2)} M rows/s (${cpuSeconds.toFixed(1)} s of processor time in all), ${numRowsTotal} keys, ${Math.round(spilledBytes / 2 ** 20)} MB spilled, the process took at most ${peakMB} MB`,
  );
}
