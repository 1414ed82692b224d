/**
 * `npm run torture:kinesis [-- --records 1000000 --seed 7 --kills 9]`: the Kinesis torture test at full size; writes its result to
 * docs/kinesis-torture.md and ends with 1 when a record was lost, came twice or out of order.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { runKinesisTorture, type TorturePlan, type TortureResult } from '../test/recovery/kinesis-torture.ts';

const { values } = parseArgs({
  options: {
    records: { type: 'string', default: '1000000' },
    kills: { type: 'string', default: '9' },
    seed: { type: 'string', default: '1' },
  },
});
const plan: TorturePlan = {
  numRecords: Number(values.records),
  numSplits: 10,
  numMerges: 10,
  numKills: Number(values.kills),
  numShards: 4,
  faults: { throttleRate: 0.3, errorRate: 0.05, lostAnswerRate: 0.01, expireIteratorsEvery: 100 },
  seed: Number(values.seed),
};
const folder = mkdtempSync(path.join(tmpdir(), 'millrace-torture-'));
try {
  const result = await runKinesisTorture(plan, folder);
  const text = page(plan, result);
  writeFileSync('docs/kinesis-torture.md', text);
  process.stdout.write(text);
  const { lostInFiles, twiceInFiles, lostInDatabase, twiceInDatabase, outOfOrder } = result;
  const isClean = lostInFiles + twiceInFiles + lostInDatabase + twiceInDatabase + outOfOrder === 0;
  process.exitCode = isClean ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function page({ numRecords, numSplits, numMerges, faults, seed }: TorturePlan, result: TortureResult): string {
  const percent = (share = 0): string => `${share * 100} %`;
  return `# Kinesis torture test

\`npm run torture:kinesis\` puts records into the embedded Kinesis while it is split and merged, half of the time while nobody reads, and kills
the reader (one process, two queries: JSON files and SQLite) with SIGKILL at random moments. ${percent(faults.throttleRate)} of its calls are
throttled, ${percent(faults.errorRate)} fail with status 500, ${percent(faults.lostAnswerRate)} lose their answer, every ${faults.expireIteratorsEvery}th read has an expired iterator. A small version is part of
\`npm test\`.

Last result, written by the command (seed ${seed}):

| | |
|---|---|
| Records | ${numRecords.toLocaleString('en')} |
| Splits and merges | ${numSplits} + ${numMerges}, ${result.numReshardsStopped} of them while stopped; ${result.numShardsEver} shards in the end |
| Kills | ${result.numKills} |
| Records in the database before the last run | ${result.numBeforeEnd.toLocaleString('en')} |
| Calls of GetRecords | ${result.numGetRecords.toLocaleString('en')} |
| Lost in files, in the database | ${result.lostInFiles}, ${result.lostInDatabase} |
| Twice in files, in the database | ${result.twiceInFiles}, ${result.twiceInDatabase} |
| Out of the order of their key | ${result.outOfOrder} |
| Seconds | ${result.seconds} |
`;
}
