/** The benchmarks' input: JSON lines of about 97 bytes, in order of time over 16 hours; the same bytes for the same parameters. */
import { closeSync, existsSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import path from 'node:path';

const ACTIONS = ['view', 'click', 'search', 'cart', 'buy', 'login', 'logout', 'share', 'like', 'comment'];
const START_MS = Date.UTC(2026, 0, 1);
const SPAN_MS = 16 * 3_600_000;
const ROWS_PER_WRITE = 10_000;

/** The columns of the files. */
export const LOG_SCHEMA = 'time TIMESTAMP, action STRING, user STRING, bytes BIGINT, ok BOOLEAN';

export interface LogParameters {
  readonly numRows: number;
  readonly numUsers?: number;
  readonly numFiles?: number;
}

/** The folder with the files, made below .cache/bench unless it is there. */
export function logFiles({ numRows, numUsers = 100_000, numFiles = 10 }: LogParameters): string {
  const folder = path.resolve('.cache', 'bench', `logs-${numRows}-${numUsers}-${numFiles}`);
  if (existsSync(folder)) return folder;
  process.stderr.write(`making ${numRows} rows in ${folder}\n`);
  const temporary = `${folder}.tmp`;
  rmSync(temporary, { recursive: true, force: true });
  mkdirSync(temporary, { recursive: true });
  const random = generator(42);
  const perFile = Math.ceil(numRows / numFiles);
  for (let file = 0; file < numFiles; file++) {
    const descriptor = openSync(path.join(temporary, `part-${String(file).padStart(3, '0')}.json`), 'w');
    const end = Math.min(numRows, (file + 1) * perFile);
    for (let row = file * perFile; row < end; row += ROWS_PER_WRITE) {
      const lines: string[] = [];
      for (let i = row; i < Math.min(end, row + ROWS_PER_WRITE); i++) lines.push(line(i / numRows, numUsers, random));
      writeSync(descriptor, lines.join(''));
    }
    closeSync(descriptor);
  }
  renameSync(temporary, folder);
  return folder;
}

function line(position: number, numUsers: number, random: () => number): string {
  const time = new Date(START_MS + Math.floor(position * SPAN_MS) + Math.floor(random() * 60_000)).toISOString();
  const action = ACTIONS[Math.floor(random() * ACTIONS.length)] as string;
  const user = `user${Math.floor(random() * numUsers)}`;
  const bytes = Math.floor(random() * 100_000);
  return `{"time":"${time}","action":"${action}","user":"${user}","bytes":${bytes},"ok":${random() < 0.9}}\n`;
}

/** A small linear congruential generator: the same numbers on every machine. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
