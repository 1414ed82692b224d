/** Makes the benchmark's input: JSON lines of about 97 bytes in 10 files, the same for the same number of rows. */
import { closeSync, existsSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import path from 'node:path';

const NUM_FILES = 10;
const ACTIONS = ['view', 'click', 'search', 'cart', 'buy', 'login', 'logout', 'share', 'like', 'comment'];
const START_MS = Date.UTC(2026, 0, 1);
const SPAN_MS = 16 * 3_600_000;

/** Writes the files unless they are there. */
export function makeLogFiles(folder: string, numRows: number): void {
  if (existsSync(folder)) return;
  const temporary = `${folder}.tmp`;
  rmSync(temporary, { recursive: true, force: true });
  mkdirSync(temporary, { recursive: true });
  const random = generator(42);
  const perFile = Math.ceil(numRows / NUM_FILES);
  for (let file = 0; file < NUM_FILES; file++) {
    const descriptor = openSync(path.join(temporary, `part-${file}.json`), 'w');
    const end = Math.min(numRows, (file + 1) * perFile);
    for (let row = file * perFile; row < end; row += 10_000) {
      const lines: string[] = [];
      for (let i = row; i < Math.min(end, row + 10_000); i++) lines.push(line(i / numRows, random));
      writeSync(descriptor, lines.join(''));
    }
    closeSync(descriptor);
  }
  renameSync(temporary, folder);
}

function line(position: number, random: () => number): string {
  const time = new Date(START_MS + Math.floor(position * SPAN_MS) + Math.floor(random() * 60_000)).toISOString();
  const action = ACTIONS[Math.floor(random() * ACTIONS.length)] as string;
  const user = `user${Math.floor(random() * 100_000)}`;
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
