/**
 * The operators between the decoder and the sink, without both: batches as the decoder makes them go through the physical plan of the
 * benchmark's works, state in memory. Prints million rows per second of processor time, the median of some repeats. Run with
 * `node bench/micro/operators.ts [seed|users|filter …]`.
 */
import { lastValueFrom, from, toArray } from 'rxjs';
import type { DataFrame } from '../../src/api/data-frame.ts';
import type { Epoch } from '../../src/engine/operators/operator.ts';
import type { StateStore } from '../../src/state/state-store.ts';
import type { ColumnBatch } from '../../src/types/column-batch.ts';
import type { Vector } from '../../src/types/vector.ts';
import { EpochMetrics } from '../../src/engine/metrics.ts';
import { connect } from '../../src/engine/pipeline.ts';
import { MillraceSession, functions as F } from '../../src/index.ts';
import { StateTable } from '../../src/state/state-table.ts';
import { columnBatch } from '../../src/types/column-batch.ts';
import { BOOLEAN, LONG, STRING, TIMESTAMP, struct } from '../../src/types/data-type.ts';
import { StringDictionary } from '../../src/types/string-dictionary.ts';

const ROWS = 65_536;
const START_MICROS = BigInt(Date.UTC(2026, 0, 1)) * 1000n;
const SPAN_MS = 16 * 3_600_000;
const ACTIONS = ['view', 'click', 'search', 'cart', 'buy', 'login', 'logout', 'share', 'like', 'comment'];
const ALL_COLUMNS = ['time', 'action', 'user', 'bytes', 'ok'] as const;

interface Work {
  readonly name: string;
  readonly query: (logs: DataFrame) => DataFrame;
  readonly outputMode: 'complete' | 'append';
  readonly numBatches: number;
  readonly numEpochs: number;
}

const WORKS: readonly Work[] = [
  {
    name: 'seed',
    query: (logs) => logs.groupBy(F.col('action'), F.window(F.col('time'), '1 hour')).count(),
    outputMode: 'complete',
    numBatches: 64,
    numEpochs: 1,
  },
  {
    name: 'users',
    query: (logs) =>
      logs
        .withWatermark('time', '1 minute')
        .groupBy(F.window(F.col('time'), '1 minute'), F.col('user'))
        .agg(F.count('*').alias('n'), F.sum('bytes').alias('total'), F.max('bytes').alias('largest')),
    outputMode: 'append',
    numBatches: 64,
    numEpochs: 4,
  },
  {
    name: 'filter',
    query: (logs) =>
      logs
        .where(`ok AND action IN ('buy', 'cart', 'click', 'view', 'search') AND bytes >= 10000`)
        .selectExpr(
          'time',
          'action',
          'user',
          'bytes * 2 + 1 AS doubled',
          `CASE WHEN bytes > 50000 THEN 'large' WHEN bytes > 20000 THEN 'medium' ELSE 'small' END AS size`,
        ),
    outputMode: 'append',
    numBatches: 64,
    numEpochs: 1,
  },
];

function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

function makeBatches(columns: readonly string[], count: number): ColumnBatch[] {
  const random = seeded(42);
  const actions = new StringDictionary();
  for (const action of ACTIONS) actions.intern(action);
  const users = new StringDictionary();
  for (let i = 0; i < 100_000; i++) users.intern(`user${i}`);
  return Array.from({ length: count }, (_, index) => {
    const times = new BigInt64Array(ROWS);
    const actionIds = new Int32Array(ROWS);
    const userIds = new Int32Array(ROWS);
    const bytes = new BigInt64Array(ROWS);
    const ok = new Uint8Array(ROWS);
    for (let i = 0; i < ROWS; i++) {
      const position = (index * ROWS + i) / (count * ROWS);
      times[i] = START_MICROS + BigInt(Math.floor(position * SPAN_MS) + Math.floor(random() * 60_000)) * 1000n;
      actionIds[i] = Math.floor(random() * ACTIONS.length);
      userIds[i] = Math.floor(random() * 100_000);
      bytes[i] = BigInt(Math.floor(random() * 100_000));
      ok[i] = random() < 0.9 ? 1 : 0;
    }
    const common = { length: ROWS, validity: undefined };
    const vectors: Record<(typeof ALL_COLUMNS)[number], Vector> = {
      time: { layout: 'long', type: TIMESTAMP, ...common, values: times },
      action: { layout: 'string', type: STRING, ...common, ids: actionIds, dictionary: actions },
      user: { layout: 'string', type: STRING, ...common, ids: userIds, dictionary: users },
      bytes: { layout: 'long', type: LONG, ...common, values: bytes },
      ok: { layout: 'boolean', type: BOOLEAN, ...common, values: ok },
    };
    const names = ALL_COLUMNS.filter((name) => columns.includes(name));
    return columnBatch(
      struct(names.map((name) => ({ name, dataType: vectors[name].type, nullable: true }))),
      names.map((name) => vectors[name]),
      ROWS,
    );
  });
}

/** A store that keeps its table and writes nothing. */
function volatileStore(schema: StateTable['schema']): StateStore {
  const table = new StateTable(schema);
  const metrics = { numRowsTotal: 0, numRowsUpdated: 0, numRowsRemoved: 0, memoryUsedBytes: 0, commitTimeMs: 0 };
  return {
    table,
    metrics,
    load: async () => table.clear(),
    commit: async (version) => {
      table.settleChanges();
      return { version, numRowsTotal: table.size, files: [] };
    },
    abort: async () => table.clear(),
  };
}

async function run(
  work: Work,
  query: DataFrame,
  batchesOf: (columns: readonly string[]) => ColumnBatch[],
): Promise<string> {
  const execution = query.queryExecution;
  const { root, states } = execution.planPhysical(work.outputMode);
  for (const state of states) {
    state.attach(volatileStore(state.schema));
    await state.load(undefined);
  }
  let numRows = 0;
  let watermarkMs = 0;
  let started = process.cpuUsage();
  let spent = 0;
  for (let batchId = 0; batchId <= work.numEpochs; batchId++) {
    const metrics = new EpochMetrics();
    const previous = watermarkMs;
    const epoch: Epoch = {
      batchId,
      outputMode: work.outputMode,
      context: execution.evaluationContext(0, 1),
      lateWatermarkMs: previous,
      evictionWatermarkMs: watermarkMs,
      input: (_, columns) => {
        const all = batchesOf(columns);
        const share = all.length / work.numEpochs;
        const part = batchId === work.numEpochs ? [] : all.slice(batchId * share, (batchId + 1) * share);
        started = process.cpuUsage();
        return from(part);
      },
      metrics,
    };
    const out = await lastValueFrom(connect(root, epoch).pipe(toArray()));
    for (const batch of out) numRows += batch.numRows;
    for (const state of states) await state.commit(batchId + 1);
    const used = process.cpuUsage(started);
    spent += used.user + used.system;
    for (const maxMs of metrics.maxEventTimes().values()) watermarkMs = Math.max(watermarkMs, maxMs - 60_000);
  }
  const rate = (work.numBatches * ROWS) / spent;
  return JSON.stringify({ rate, numRows });
}

const wanted = process.argv.slice(2).filter((name) => !name.startsWith('-'));
const session = MillraceSession.builder().appName('operators').getOrCreate();
const ddl: string = 'time TIMESTAMP, action STRING, user STRING, bytes BIGINT, ok BOOLEAN';
const logs: DataFrame = session.readStream.schema(ddl).json('/nowhere');
for (const work of WORKS.filter(({ name }) => wanted.length === 0 || wanted.includes(name))) {
  const known = new Map<string, ColumnBatch[]>();
  const batchesOf = (columns: readonly string[]): ColumnBatch[] => {
    const key = columns.join();
    const batches = known.get(key) ?? makeBatches(columns, work.numBatches);
    known.set(key, batches);
    return batches;
  };
  const rates: number[] = [];
  let numRows = 0;
  const repeats = Number(process.env['REPEATS'] ?? 5);
  for (let repeat = 0; repeat < repeats; repeat++) {
    const result = JSON.parse(await run(work, work.query(logs), batchesOf)) as { rate: number; numRows: number };
    rates.push(result.rate);
    ({ numRows } = result);
  }
  const first = (rates[0] as number).toFixed(1);
  const median = (rates.toSorted((x, y) => x - y)[Math.floor(rates.length / 2)] as number).toFixed(1);
  console.log(`${work.name.padEnd(8)} first ${first} M rows/s, median ${median} M rows/s, ${numRows} rows out`);
}
