/**
 * The Kinesis torture test: records are put while a stream is split and merged, half of the time while nobody reads; the reader is killed
 * with SIGKILL at random moments; a share of its calls is throttled, fails or loses its answer, and iterators expire. At the end every
 * record must be once in the files and once in the database, there in the order of its key.
 */
import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  DescribeStreamCommand,
  KinesisClient,
  MergeShardsCommand,
  PutRecordsCommand,
  type Shard,
  SplitShardCommand,
} from '@aws-sdk/client-kinesis';
import { MillraceSession } from '../../src/index.ts';
import { type EmbeddedKinesis, startEmbeddedKinesis } from '../../src/emulator/kinesis/embedded-kinesis.ts';
import { drawFault, type KinesisFaults } from '../../src/emulator/kinesis/faults.ts';
import { seededRandom } from './input-files.ts';
import { endOf, killAfter, startProgram } from './program-process.ts';
import type { TortureProgram } from './kinesis-torture-program.ts';

export interface TorturePlan {
  readonly numRecords: number;
  readonly numSplits: number;
  readonly numMerges: number;
  readonly numKills: number;
  readonly numShards: number;
  /** Of the reader's calls. */
  readonly faults: KinesisFaults;
  readonly seed: number;
}

export interface TortureResult {
  readonly seconds: number;
  readonly numKills: number;
  readonly numReshardsStopped: number;
  readonly numReshardsRunning: number;
  readonly numShardsEver: number;
  /** Records in the database before the last run, which is not killed. */
  readonly numBeforeEnd: number;
  readonly numGetRecords: number;
  /** Records missing, twice or out of the order of their key; all must be 0. */
  readonly lostInFiles: number;
  readonly twiceInFiles: number;
  readonly lostInDatabase: number;
  readonly twiceInDatabase: number;
  readonly outOfOrder: number;
}

const STREAM = 'torture';
const NUM_KEYS = 100;
const PUT_RECORDS = 500;
const MAX_RUN_MS = 2500;
const READS = new Set(['GetRecords', 'GetShardIterator', 'ListShards', 'DescribeStreamSummary']);
const PROGRAM = fileURLToPath(new URL('kinesis-torture-program.ts', import.meta.url));

/** Runs the plan in an empty folder. */
export async function runKinesisTorture(plan: TorturePlan, folder: string): Promise<TortureResult> {
  const startMs = performance.now();
  const random = seededRandom(plan.seed);
  const kinesis = startEmbeddedKinesis({
    hasLimits: false,
    random,
    streams: [{ name: STREAM, numShards: plan.numShards }],
  });
  const torture = new Torture(plan, kinesis, random);
  try {
    const { endpoint } = await kinesis.serve();
    kinesis.faults = {
      rule: (call) => (READS.has(call.action) ? drawFault(plan.faults, call, random) : undefined),
    };
    const program = {
      endpoint,
      streamName: STREAM,
      folder,
      maxRecordsPerTrigger: Math.max(500, Math.ceil(plan.numRecords / 60)),
    };
    for (let run = 0; run <= plan.numKills; run++) {
      await torture.reshard(run * 2);
      const child = startProgram(PROGRAM, { ...program, untilEnd: false });
      await Promise.race([child.ready, child.ended]);
      const half = plan.numRecords / (plan.numKills + 1) / 2;
      await torture.putUntil(Math.round(half * (2 * run + 1)));
      await torture.reshard(run * 2 + 1);
      await torture.putUntil(Math.round(half * (2 * run + 2)));
      await killAfter(child, random() * MAX_RUN_MS);
    }
    const numBeforeEnd = readDatabase(path.join(folder, 'records.db')).length;
    await endOf(startProgram(PROGRAM, { ...program, untilEnd: true } satisfies TortureProgram));
    const files = await readFiles(path.join(folder, 'files'));
    const database = readDatabase(path.join(folder, 'records.db'));
    return {
      seconds: Math.round((performance.now() - startMs) / 1000),
      numKills: plan.numKills + 1,
      numReshardsStopped: torture.numStopped,
      numReshardsRunning: torture.numRunning,
      numShardsEver: (await torture.shards()).length,
      numBeforeEnd,
      numGetRecords: kinesis.numCalls('GetRecords'),
      lostInFiles: plan.numRecords - new Set(files).size,
      twiceInFiles: files.length - new Set(files).size,
      lostInDatabase: plan.numRecords - new Set(database).size,
      twiceInDatabase: database.length - new Set(database).size,
      outOfOrder: countOutOfOrder(database),
    };
  } finally {
    await kinesis.close();
  }
}

/** The writing side: records, splits and merges by plan. */
class Torture {
  readonly #plan: TorturePlan;
  readonly #client: KinesisClient;
  readonly #random: () => number;
  readonly #reshards: ('split' | 'merge')[];
  #numPut = 0;
  #numDone = 0;
  numStopped = 0;
  numRunning = 0;

  constructor(plan: TorturePlan, kinesis: EmbeddedKinesis, random: () => number) {
    this.#plan = plan;
    this.#random = random;
    const credentials = { accessKeyId: 'torture', secretAccessKey: 'torture' };
    this.#client = new KinesisClient({ region: 'us-east-1', credentials, requestHandler: kinesis.requestHandler });
    const { numSplits, numMerges } = plan;
    this.#reshards = Array.from({ length: numSplits + numMerges }, (_, i) =>
      i < 2 * Math.min(numSplits, numMerges)
        ? i % 2 === 0
          ? 'split'
          : 'merge'
        : numSplits > numMerges
          ? 'split'
          : 'merge',
    );
  }

  async shards(): Promise<Shard[]> {
    // Not ListShards: that is the reader's, and fails on demand.
    const { StreamDescription } = await this.#client.send(
      new DescribeStreamCommand({ StreamName: STREAM, Limit: 10_000 }),
    );
    return StreamDescription?.Shards ?? [];
  }

  async putUntil(total: number): Promise<void> {
    while (this.#numPut < total) {
      const from = this.#numPut;
      const Records = Array.from({ length: Math.min(PUT_RECORDS, total - from) }, (_, i) => ({
        PartitionKey: `k${(from + i) % NUM_KEYS}`,
        Data: Buffer.from(`k${(from + i) % NUM_KEYS}:${from + i}`),
      }));
      await this.#client.send(new PutRecordsCommand({ StreamName: STREAM, Records }));
      this.#numPut += Records.length;
      // The reader in the other process gets a turn.
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** The reshards of one half step; even steps are while nobody reads. */
  async reshard(step: number): Promise<void> {
    const numSteps = 2 * (this.#plan.numKills + 1);
    const until = Math.round((this.#reshards.length * (step + 1)) / numSteps);
    while (this.#numDone < until) {
      if (this.#reshards[this.#numDone++] === 'split') await this.#split();
      else await this.#merge();
      if (step % 2 === 0) this.numStopped++;
      else this.numRunning++;
    }
  }

  async #open(): Promise<Shard[]> {
    const open = (await this.shards()).filter((shard) => shard.SequenceNumberRange?.EndingSequenceNumber === undefined);
    return open.toSorted((a, b) => (startOf(a) < startOf(b) ? -1 : 1));
  }

  async #split(): Promise<void> {
    const open = await this.#open();
    const shard = open[Math.floor(this.#random() * open.length)];
    const end = BigInt(shard?.HashKeyRange?.EndingHashKey ?? 0);
    const NewStartingHashKey = String((startOf(shard) + end + 1n) / 2n);
    const ShardToSplit = shard?.ShardId;
    await this.#client.send(new SplitShardCommand({ StreamName: STREAM, ShardToSplit, NewStartingHashKey }));
  }

  async #merge(): Promise<void> {
    const open = await this.#open();
    const index = Math.floor(this.#random() * (open.length - 1));
    const [ShardToMerge, AdjacentShardToMerge] = [open[index]?.ShardId, open[index + 1]?.ShardId];
    await this.#client.send(new MergeShardsCommand({ StreamName: STREAM, ShardToMerge, AdjacentShardToMerge }));
  }
}

/** The values of the committed files. */
async function readFiles(folder: string): Promise<string[]> {
  const session = MillraceSession.builder().create();
  const rows = await session.read.schema('value STRING').json(folder).collect();
  await session.stop();
  return rows.map((row) => String(row.value));
}

/** The values of the table in the order they were written. */
function readDatabase(file: string): string[] {
  if (!existsSync(file)) return [];
  const database = new DatabaseSync(file);
  const isThere = database.prepare("SELECT 1 FROM sqlite_master WHERE name = 'records'").get() !== undefined;
  const rows = isThere ? database.prepare('SELECT value FROM records ORDER BY rowid').all() : [];
  database.close();
  return rows.map((row) => String(row['value']));
}

function countOutOfOrder(values: readonly string[]): number {
  const newest = new Map<string, number>();
  let count = 0;
  for (const value of values) {
    const [key = '', number = ''] = value.split(':');
    if (Number(number) <= (newest.get(key) ?? -1)) count++;
    newest.set(key, Number(number));
  }
  return count;
}

function startOf(shard: Shard | undefined): bigint {
  return BigInt(shard?.HashKeyRange?.StartingHashKey ?? 0);
}
