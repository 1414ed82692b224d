/**
 * Keeps the streams of an engine over restarts: every change as a line of JSON in one file, written before its answer goes out, so that
 * what was acknowledged survives a killed process (not a power cut). A start repeats all lines; an unfinished last line is dropped.
 */
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, truncateSync, writeSync } from 'node:fs';
import path from 'node:path';
import type { KinesisChange, KinesisEngine } from './kinesis-engine.ts';

const FILE_NAME = 'kinesis-journal.ndjson';
const LINE_FEED = 10;

export class KinesisJournal {
  readonly #file: string;
  #descriptor: number | undefined;

  /** One process per folder. */
  constructor(folder: string) {
    mkdirSync(folder, { recursive: true });
    this.#file = path.join(folder, FILE_NAME);
  }

  /** Repeats all changes, then opens the file for more. */
  open(engine: KinesisEngine): void {
    if (existsSync(this.#file)) {
      const bytes = readFileSync(this.#file);
      const end = bytes.lastIndexOf(LINE_FEED) + 1;
      if (end < bytes.length) truncateSync(this.#file, end);
      for (let start = 0; start < end;) {
        const stop = bytes.indexOf(LINE_FEED, start);
        engine.repeat(JSON.parse(bytes.toString('utf8', start, stop)) as KinesisChange);
        start = stop + 1;
      }
    }
    this.#descriptor = openSync(this.#file, 'a');
  }

  write(change: KinesisChange): void {
    if (this.#descriptor !== undefined) writeSync(this.#descriptor, `${JSON.stringify(change)}\n`);
  }

  close(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }
}
