/**
 * `npm run fuzz [-- documents [first seed]]`: random JSON documents, and a fifth as many lines of CSV, through the kernels and their oracles
 * until so many are done (a million) or one differs. What the last run printed is in docs/kernels.md.
 */
import { compareCsvSeed } from '../test/kernels/csv-oracle.ts';
import { compareSeed } from '../test/kernels/json-oracle.ts';

const DOCUMENTS_PER_SEED = 500;
const numDocuments = Number(process.argv[2] ?? 1_000_000);
const firstSeed = Number(process.argv[3] ?? 1);
let numDone = 0;
let numRows = 0;
let numParsed = 0;
let numCsvRows = 0;
for (let seed = firstSeed; numDone < numDocuments; seed++) {
  const comparison = compareSeed(seed, DOCUMENTS_PER_SEED);
  const csv = compareCsvSeed(seed, DOCUMENTS_PER_SEED / 5);
  numCsvRows += csv.numRows;
  const difference = comparison.difference ?? csv.difference;
  if (difference !== undefined) {
    process.stdout.write(`${difference}\n`);
    process.exitCode = 1;
    break;
  }
  numDone += DOCUMENTS_PER_SEED;
  numRows += comparison.numRows;
  numParsed += comparison.numParsed;
  if (numDone % 100_000 === 0) process.stderr.write(`${numDone} documents\n`);
}
process.stdout.write(
  `${numDone} documents, ${numRows} rows equal to the record parser's, ${numParsed} documents equal to JSON.parse's, ${numCsvRows} CSV rows equal, ` +
    `seeds from ${firstSeed}, ${process.exitCode === 1 ? 'a difference' : 'no difference'}\n`,
);
