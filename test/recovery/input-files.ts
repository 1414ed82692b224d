/**
 * Input of the recovery tests: action events in JSON files, one file per batch, out of order, some late but in time, some too late. The
 * same seed gives the same files. Names and modification times ascend, so that every run takes the files in one order.
 */
import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Event } from '../oracle/reference.ts';

const KEYS = ['click', 'view', 'buy', 'naïve "quote"'];
const START_MS = Date.UTC(2026, 0, 1, 10, 0, 0);
/** Event time a file covers. */
const FILE_MS = 8000;
const FIRST_MODIFIED_MS = Date.UTC(2026, 0, 2);

/** A generator of numbers in [0, 1) that depends on the seed only. */
export function seededRandom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The events of each file. */
export function makeEvents(numFiles: number, rowsPerFile: number, seed: number): Event[][] {
  const random = seededRandom(seed);
  return Array.from({ length: numFiles }, (_, file) =>
    Array.from({ length: rowsPerFile }, () => {
      const chance = random();
      // One row in ten is a little late, one in ten hopelessly so.
      const delayMs = chance < 0.1 ? 6000 + random() * 6000 : chance < 0.2 ? 25_000 + random() * 10_000 : 0;
      const timeMs = Math.floor(START_MS + file * FILE_MS + random() * FILE_MS - delayMs);
      const key = KEYS[Math.floor(random() ** 2 * KEYS.length)] ?? '';
      return { timeMs, key, value: Math.floor(random() * 1000) - 500 };
    }),
  );
}

/** Writes the files into a new folder. */
export function writeInput(folder: string, files: readonly (readonly Event[])[]): void {
  mkdirSync(folder, { recursive: true });
  files.forEach((events, i) => {
    const path = join(folder, `events-${String(i).padStart(4, '0')}.json`);
    const lines = events.map(({ timeMs, key, value }) =>
      JSON.stringify({ time: new Date(timeMs).toISOString(), key, value }),
    );
    writeFileSync(path, `${lines.join('\n')}\n`);
    const modified = (FIRST_MODIFIED_MS + i * 1000) / 1000;
    utimesSync(path, modified, modified);
  });
}
