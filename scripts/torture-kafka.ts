/**
 * `npm run torture:kafka [-- --records 300000 --kills 20 --broker-kills 8 --seed 7]`: the Kafka torture test at full size; writes its result
 * to docs/kafka-torture.md and ends with 1 when a record was lost, came twice or out of order.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { type KafkaTorturePlan, type KafkaTortureResult, runKafkaTorture } from '../test/recovery/kafka-torture.ts';

const { values } = parseArgs({
  options: {
    records: { type: 'string', default: '300000' },
    kills: { type: 'string', default: '20' },
    'broker-kills': { type: 'string', default: '8' },
    seed: { type: 'string', default: '1' },
  },
});
const plan: KafkaTorturePlan = {
  numRecords: Number(values.records),
  numPartitions: 4,
  numKills: Number(values.kills),
  numBrokerKills: Number(values['broker-kills']),
  seed: Number(values.seed),
};
const folder = mkdtempSync(path.join(tmpdir(), 'millrace-torture-'));
try {
  const result = await runKafkaTorture(plan, folder);
  const text = page(plan, result);
  writeFileSync('docs/kafka-torture.md', text);
  process.stdout.write(text);
  process.exitCode = result.lost + result.twice + result.outOfOrder === 0 ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function page({ numPartitions, numKills, numBrokerKills, seed }: KafkaTorturePlan, result: KafkaTortureResult): string {
  const number = (value: number): string => value.toLocaleString('en');
  return `# Kafka torture test

\`npm run torture:kafka\` copies a topic of an Apache Kafka 4.1 broker to another in transactions, and kills the query's process and the broker
with SIGKILL at random moments. Then the consumer of kafkajs reads what is committed. A small version is part of \`npm test\`.

Last result, written by the command (seed ${seed}):

| | |
|---|---|
| Records | ${number(result.numRead)} in ${numPartitions} partitions |
| Kills of the process, of the broker | ${numKills}, ${numBrokerKills} |
| Offsets of the result before the last run | ${number(result.numOffsetsBeforeEnd)} |
| Offsets of the result that no reader of committed records sees | ${number(result.numUnseenOffsets)} |
| Lost | ${result.lost} |
| Twice | ${result.twice} |
| Out of the order of their partition | ${result.outOfOrder} |
| Seconds | ${result.seconds} |
`;
}
