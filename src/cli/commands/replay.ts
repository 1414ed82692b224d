/**
 * `millrace replay`: runs a query over a recording with the recorded batches and times, prints its rows and a hash of them. Several runs
 * must give one hash; where they do not, the query depends on something that is not in its input.
 */
import { createHash } from 'node:crypto';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { DataFrame } from '../../api/data-frame.ts';
import type { MillraceSession } from '../../api/session.ts';
import { Trigger } from '../../api/trigger.ts';
import { MillraceError } from '../../errors/millrace-error.ts';
import type { OutputMode } from '../../sinks/sink.ts';
import { createReplaySession, replayStream } from '../../testing/replay.ts';

export interface ReplayCommandOptions {
  readonly program?: string;
  readonly sql?: string;
  readonly mode: string;
  readonly times: string;
  readonly master: string;
  readonly quiet?: boolean;
}

/** A program's default export: from the recorded stream to the result. */
type Transform = (stream: DataFrame, session: MillraceSession) => DataFrame;

export async function runReplay(recording: string, options: ReplayCommandOptions): Promise<void> {
  const transform = await transformOf(options);
  const hashes = new Set<string>();
  for (let run = 0; run < Number(options.times); run++) {
    const lines = await replayOnce(recording, transform, options);
    if (run === 0 && options.quiet !== true) process.stdout.write(lines.map((line) => `${line}\n`).join(''));
    const hash = createHash('sha256').update(lines.join('\n')).digest('hex');
    if (!hashes.has(hash)) process.stderr.write(`run ${run + 1}: ${lines.length} rows, sha256 ${hash}\n`);
    hashes.add(hash);
  }
  process.stderr.write(`${options.times} runs, ${hashes.size} ${hashes.size === 1 ? 'hash' : 'different hashes'}\n`);
  if (hashes.size > 1) process.exitCode = 1;
}

/** The rows of one run as JSON lines, those of a batch in order of their text: a batch is a set. */
async function replayOnce(recording: string, transform: Transform, options: ReplayCommandOptions): Promise<string[]> {
  const session = createReplaySession({ 'spark.master': options.master });
  try {
    const stream = replayStream(session, recording);
    stream.createOrReplaceTempView('recording');
    const lines: string[] = [];
    const query = await transform(stream, session)
      .writeStream.outputMode(options.mode as OutputMode)
      .trigger(Trigger.AvailableNow())
      .foreachBatch(async (batch, batchId) => {
        const rows = await batch.toJSON().collect();
        lines.push(...rows.map((row) => `{"batch":${batchId},"row":${row}}`).toSorted());
      })
      .start();
    await query.awaitTermination();
    return lines;
  } finally {
    await session.stop();
  }
}

async function transformOf({ program, sql }: ReplayCommandOptions): Promise<Transform> {
  if (sql !== undefined) return (_, session) => session.sql(sql);
  if (program === undefined) return (stream) => stream;
  const module = (await import(pathToFileURL(path.resolve(program)).href)) as { readonly default?: unknown };
  if (typeof module.default === 'function') return module.default as Transform;
  throw new MillraceError('INVALID_OPTION', {
    option: 'program',
    format: 'millrace replay',
    value: program,
    expected: 'a module whose default export is a function (stream, session) => DataFrame',
  });
}
