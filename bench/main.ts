/**
 * `npm run bench [-- --vs spark,duckdb,flink --rows 5000000 --rounds 3 --only seed,latency]`: the same work on the same input, ours and the
 * peers' in turns, answers compared; medians and ratios as tables, and as JSON in `--out`. `--smoke`: small sizes, no
 * peers, a minute at most. Peers install themselves into .cache/ on first use.
 */
import path from 'node:path';
import { parseArgs } from 'node:util';
import { bundle } from '../scripts/bundle.ts';
import type { CaseReport } from './harness/report.ts';
import { reportOf, tableOf, writeReport } from './harness/report.ts';
import { runCase, stopServers } from './harness/run-case.ts';
import type { Work } from './harness/work.ts';
import { millrace } from './peers/millrace.ts';
import { peersNamed } from './peers/peers.ts';
import { files } from './works/files.ts';
import { highCardinality } from './works/high-cardinality.ts';
import { kafka } from './works/kafka.ts';
import { latency } from './works/latency.ts';
import { scaling } from './works/scaling.ts';
import { seed } from './works/seed.ts';
import { state } from './works/state.ts';

const WORKS: readonly Work[] = [seed, highCardinality, files, latency, state, scaling, kafka];
const SMOKE_ROWS = 100_000;

const { values } = parseArgs({
  options: {
    vs: { type: 'string' },
    rows: { type: 'string' },
    rounds: { type: 'string' },
    only: { type: 'string', default: '' },
    case: { type: 'string', default: '' },
    smoke: { type: 'boolean', default: false },
    out: { type: 'string', default: '.cache/bench/result.json' },
  },
});
const isSmoke = values.smoke;
const numRows = Number(values.rows ?? (isSmoke ? SMOKE_ROWS : 5_000_000));
const numRounds = Number(values.rounds ?? (isSmoke ? 1 : 3));
const peers = peersNamed(values.vs ?? (isSmoke ? 'none' : 'spark'));
const only = values.only.split(',').filter((name) => name !== '');
const unknown = only.filter((name) => WORKS.every((work) => work.name !== name));
if (unknown.length > 0)
  throw new Error(`no work ${unknown.join(', ')}; there are ${WORKS.map((work) => work.name).join(', ')}`);

// Our programs import the package by its name: what is measured is what users get.
await bundle(path.resolve('dist'));
for (const peer of peers) peer.install();
const reports: CaseReport[] = [];
try {
  for (const work of WORKS.filter(({ name }) => only.length === 0 || only.includes(name))) {
    process.stderr.write(`${work.title}\n`);
    const ofWork: CaseReport[] = [];
    for (const one of work.cases({ numRows, isSmoke })) {
      if (!one.label.includes(values.case)) continue;
      ofWork.push({ work: work.name, label: one.label, results: await runCase(one, [millrace, ...peers], numRounds) });
    }
    process.stdout.write(`${tableOf(work.title, ofWork)}\n`);
    reports.push(...ofWork);
  }
} finally {
  await stopServers();
}
const report = reportOf(reports, numRounds);
writeReport(report, values.out);
process.stdout.write(`${JSON.stringify(report.machine)}\n${values.out}\n`);
const wrong = reports.filter(({ results }) => results.some(({ isAnswerRight }) => !isAnswerRight));
for (const { work, label } of wrong) process.stderr.write(`the answers of ${work}, ${label} differ\n`);
if (wrong.length > 0) process.exitCode = 1;
