/** The answers of works 1 to 3 computed with plain loops over JSON.parse, for inputs that are small. The slow twin of every engine. */
import { mkdtempSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

interface LogRow {
  readonly time: string;
  readonly action: string;
  readonly user: string;
  readonly bytes: number;
  readonly ok: boolean;
}

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
const DELAY_MS = 10 * MINUTE_MS;
const START_SECONDS = 1_767_225_600;

/** The windows of work 1 as Spark prints them in JSON. */
export function seedAnswer(folder: string): string[] {
  const counts = new Map<string, number>();
  for (const { time, action } of rowsOf(folder)) {
    const startMs = Math.floor(Date.parse(time) / HOUR_MS) * HOUR_MS;
    const window = { start: new Date(startMs).toISOString(), end: new Date(startMs + HOUR_MS).toISOString() };
    const group = JSON.stringify({ action, window }).slice(0, -1);
    counts.set(group, (counts.get(group) ?? 0) + 1);
  }
  return [...counts].map(([group, count]) => `${group},"count":${count}}`).toSorted();
}

/** The checksums of work 2 over the windows that the watermark has passed in the end. */
export function highCardinalityAnswer(folder: string): string[] {
  const windows = new Map<string, { user: number; startMs: number; events: number; total: number; biggest: number }>();
  let latestMs = 0;
  for (const { time, user, bytes } of rowsOf(folder)) {
    const ms = Date.parse(time);
    latestMs = Math.max(latestMs, ms);
    const startMs = Math.floor(ms / MINUTE_MS) * MINUTE_MS;
    const window = windows.get(`${user} ${startMs}`) ?? {
      user: Number(user.slice(4)),
      startMs,
      events: 0,
      total: 0,
      biggest: 0,
    };
    window.events += 1;
    window.total += bytes;
    window.biggest = Math.max(window.biggest, bytes);
    windows.set(`${user} ${startMs}`, window);
  }
  const sums = [0n, 0n, 0n, 0n, 0n, 0n];
  for (const { user, startMs, events, total, biggest } of windows.values()) {
    if (startMs + MINUTE_MS > latestMs - DELAY_MS) continue;
    const terms = [1, events, total, biggest, user * total, (startMs / 1000 - START_SECONDS) * events];
    terms.forEach((term, i) => (sums[i] = (sums[i] ?? 0n) + BigInt(term)));
  }
  return sums.map(String);
}

/** A folder with the lines work 3 writes. */
export function filesAnswer(folder: string, format: 'json' | 'csv'): string {
  const lines = rowsOf(folder)
    .filter(({ ok, action }) => ok && action !== 'view')
    .map(({ user, action, bytes, time }) => {
      const row = { user, action: action.toUpperCase(), size: bytes * 2 + 1, time };
      return format === 'json' ? JSON.stringify(row) : Object.values(row).join(',');
    });
  const output = mkdtempSync(path.join(tmpdir(), 'millrace-bench-expected-'));
  writeFileSync(path.join(output, `lines.${format}`), lines.map((line) => `${line}\n`).join(''));
  return output;
}

function rowsOf(folder: string): LogRow[] {
  return readdirSync(folder).flatMap((file) =>
    readFileSync(path.join(folder, file), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as LogRow),
  );
}
