/** One line per query that is redrawn on a terminal, or printed every few seconds where the output is no terminal. */
import type { ProgressFields } from '../../engine/progress.ts';

const PLAIN_INTERVAL_MS = 3000;

/** The line of a query's last batch. */
export function progressLine(progress: ProgressFields, nowMs: number): string {
  const { watermark } = progress.eventTime;
  const stateRows = progress.stateOperators.reduce((sum, operator) => sum + operator.numRowsTotal, 0);
  const lagMs = Math.max(0, ...progress.sources.map(({ metrics }) => Number(metrics['millisBehindLatest'] ?? 0)));
  const watermarkAge =
    watermark === undefined || watermark.startsWith('1970')
      ? 'none'
      : `${((Date.parse(watermark) - nowMs) / 1000).toFixed(0)} s`;
  const outPerSecond =
    progress.batchDuration > 0 ? (Math.max(0, progress.sink.numOutputRows) * 1000) / progress.batchDuration : 0;
  return [
    `${(progress.name ?? progress.id).padEnd(12)} batch ${progress.batchId}`,
    `${rate(progress.inputRowsPerSecond)} rows/s in`,
    `${rate(outPerSecond)} out`,
    `lag ${(lagMs / 1000).toFixed(1)} s`,
    `watermark ${watermarkAge}`,
    `state ${stateRows} rows`,
    `${progress.batchDuration} ms`,
  ].join(' │ ');
}

function rate(perSecond: number | undefined): string {
  const value = perSecond ?? 0;
  return value >= 1000 ? `${(value / 1000).toFixed(1)}k` : value.toFixed(0);
}

export class ProgressLines {
  readonly #output: NodeJS.WriteStream;
  readonly #lines = new Map<string, string>();
  #numDrawn = 0;
  #lastPlainMs = Number.NEGATIVE_INFINITY;

  constructor(output: NodeJS.WriteStream) {
    this.#output = output;
  }

  /** Shows the progress of one query; queries keep their lines. */
  update(progress: ProgressFields): void {
    const nowMs = Date.now();
    this.#lines.set(progress.runId, progressLine(progress, nowMs));
    if (this.#output.isTTY) this.#redraw();
    else if (nowMs - this.#lastPlainMs >= PLAIN_INTERVAL_MS) {
      this.#lastPlainMs = nowMs;
      for (const line of this.#lines.values()) this.#output.write(`${line}\n`);
    }
  }

  #redraw(): void {
    const up = this.#numDrawn > 0 ? `\u001B[${this.#numDrawn}A` : '';
    const columns = this.#output.columns;
    const text = [...this.#lines.values()].map((line) => `\u001B[2K${line.slice(0, columns)}\n`).join('');
    this.#output.write(up + text);
    this.#numDrawn = this.#lines.size;
  }
}
