/**
 * One random case of "a stream gives what a batch job gives": a program, rows with nulls, NaN and ties, cut into batches, with restarts in
 * between. A number makes the whole case, so a failure is repeated by its seed.
 */
import type { DataFrame, MillraceSession, Row } from '../../src/index.ts';
import type { StreamingProgram } from './streaming-programs.ts';
import { MillraceSession as Session } from '../../src/index.ts';
import { createEnvironment, systemParts } from '../../src/api/default-environment.ts';
import { MemoryCheckpoint, MemoryCheckpointContent } from '../../src/checkpoint/memory-checkpoint.ts';
import { MAX_DELAY_SECONDS, STREAMING_PROGRAMS } from './streaming-programs.ts';

const SCHEMA = 'time TIMESTAMP, k STRING, v BIGINT, d DOUBLE, r ARRAY<INT>';
type Values = readonly unknown[];

/** Random numbers of a seed: 32 bits of state, enough to tell cases apart. */
export class Draw {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** Below 1. */
  next(): number {
    this.#state = (this.#state + 0x6d_2b_79_f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  of<Value>(values: readonly Value[]): Value {
    return values[this.below(values.length)] as Value;
  }
}

/** A session whose checkpoints last as long as it does. */
export function sessionInMemory(): MillraceSession {
  const contents = new Map<string | undefined, MemoryCheckpointContent>();
  const environment = createEnvironment({ ...systemParts(), printError: () => undefined });
  const openCheckpoint = (location: string | undefined): Promise<MemoryCheckpoint> => {
    const content = contents.get(location) ?? new MemoryCheckpointContent();
    contents.set(location, content);
    return Promise.resolve(new MemoryCheckpoint(content));
  };
  return Session.builder()
    .environment({ ...environment, openCheckpoint })
    .config('millrace.workers', 'never')
    .create();
}

function drawRow(draw: Draw, second: number): Values {
  const ms = Math.max(0, second - draw.below(MAX_DELAY_SECONDS)) * 1000 + draw.of([0, 0, 0, 1, 999]);
  const time = draw.below(20) === 0 ? null : new Date(Date.UTC(2026, 0, 1, 10) + ms).toISOString();
  const k = draw.of(['a', 'b', 'ab', '', null]);
  const v = draw.of([1n, 2n, 3n, 9_007_199_254_740_993n, null]);
  const d = draw.of([0, -0, Number.NaN, 1.5, null]);
  const r = draw.of([[1, 2], [], [null], null]);
  return [time, k, v, d, r];
}

/** Two inputs, batch by batch; time goes on from batch to batch. */
function drawBatches(draw: Draw): (readonly Values[])[][] {
  const numBatches = 1 + draw.below(6);
  let second = MAX_DELAY_SECONDS;
  return Array.from({ length: numBatches }, () => {
    second += draw.below(25);
    const rows = (): Values[] => Array.from({ length: draw.below(6) }, () => drawRow(draw, second));
    return [rows(), rows()];
  });
}

/** What differs, in words; undefined when the stream gives what the batch job gives after every batch. */
export async function differenceOf(session: MillraceSession, seed: number): Promise<string | undefined> {
  const draw = new Draw(seed);
  const program = draw.of(STREAMING_PROGRAMS);
  const batches = drawBatches(draw);
  const inputs = [session.memoryStream(SCHEMA), session.memoryStream(SCHEMA)] as const;
  const [rows, other] = inputs.map((input) => input.toDF() as unknown as DataFrame) as [DataFrame, DataFrame];
  const frame = program.build(rows, other);
  const emitted = new Emitted(program);
  const start = () =>
    frame.writeStream
      .outputMode(program.mode)
      .option('checkpointLocation', `memory:${seed}`)
      .foreachBatch(async (batch) => emitted.add(await batch.collect()))
      .start();
  let query = await start();
  const seen: [Values[], Values[]] = [[], []];
  try {
    for (const [i, batch] of batches.entries()) {
      for (const side of [0, 1] as const) {
        const added = batch[side] ?? [];
        seen[side].push(...added);
        if (added.length > 0) inputs[side].addData(...added);
      }
      // oxlint-disable-next-line no-await-in-loop
      await query.processAllAvailable();
      // Before its first row a stream has run no batch; a batch job has an answer over nothing.
      if (seen[0].length > 0) {
        // oxlint-disable-next-line no-await-in-loop
        const answer = await batchAnswer(session, program, seen);
        const expected = closedTexts(answer, program, watermarkOf(seen[0], program));
        const found = emitted.texts();
        if (found.join('\n') !== expected.join('\n')) return described(program, { seed, batch: i, found, expected });
      }
      if (draw.below(3) > 0) continue;
      // oxlint-disable-next-line no-await-in-loop
      await query.stop();
      // oxlint-disable-next-line no-await-in-loop
      query = await start();
    }
    return undefined;
  } finally {
    await query.stop();
  }
}

async function batchAnswer(
  session: MillraceSession,
  program: StreamingProgram,
  seen: readonly [Values[], Values[]],
): Promise<Row[]> {
  const [rows, other] = seen.map((values) => session.createDataFrame(values as never, SCHEMA) as unknown as DataFrame);
  return (await program.build(rows as DataFrame, other as DataFrame).collect()) as Row[];
}

/** Null times count as 1970; nothing that is not late moves the watermark back. */
function watermarkOf(rows: readonly Values[], { closes }: StreamingProgram): number {
  if (closes === undefined) return 0;
  const times = rows.map(([time]) => (typeof time === 'string' ? Date.parse(time) : 0));
  return Math.max(closes.delayMs, ...times) - closes.delayMs;
}

/** The answer, of programs that put out windows only those the watermark has passed. */
function closedTexts(rows: readonly Row[], { closes }: StreamingProgram, watermarkMs: number): string[] {
  const closed = closes === undefined ? rows : rows.filter((row) => closes.endOf(row) <= watermarkMs);
  return closed.map(textOf).toSorted();
}

/** The rows that came out so far, put together as the output mode says. */
class Emitted {
  readonly #program: StreamingProgram;
  #rows: Row[] = [];
  readonly #byKey = new Map<string, Row>();

  constructor(program: StreamingProgram) {
    this.#program = program;
  }

  add(rows: readonly Row[]): void {
    const { mode, keys = [] } = this.#program;
    if (mode === 'append') this.#rows.push(...rows);
    if (mode === 'complete' && rows.length > 0) this.#rows = [...rows];
    if (mode === 'update')
      for (const row of rows) this.#byKey.set(textOf(Object.fromEntries(keys.map((key) => [key, row[key]]))), row);
  }

  texts(): string[] {
    return [...(this.#program.mode === 'update' ? this.#byKey.values() : this.#rows)].map(textOf).toSorted();
  }
}

function textOf(row: Row): string {
  return JSON.stringify(row, (_name, value: unknown) => {
    if (typeof value === 'bigint') return `${value}n`;
    if (typeof value === 'number' && Number.isNaN(value)) return 'NaN';
    return value;
  });
}

interface Differing {
  readonly seed: number;
  readonly batch: number;
  readonly found: readonly string[];
  readonly expected: readonly string[];
}

function described(program: StreamingProgram, { seed, batch, found, expected }: Differing): string {
  const missing = expected.filter((text) => !found.includes(text));
  const extra = found.filter((text) => !expected.includes(text));
  return [
    `seed ${seed}: ${program.name}, after batch ${batch}: ${found.length} rows instead of ${expected.length}`,
    ...missing.map((text) => `  missing ${text}`),
    ...extra.map((text) => `  too many ${text}`),
  ].join('\n');
}
