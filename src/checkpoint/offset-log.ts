/**
 * The write-ahead log of a query: `offsets/N` says what batch N reads, and is written before any work of the batch. A batch found here
 * but not in the commit log is run again with exactly this entry. Text form as Spark's `OffsetSeqLog`:
 *
 *   v1
 *   {"batchWatermarkMs":0,"batchTimestampMs":1700000000000,"conf":{…}}
 *   one line of JSON per source, `-` where the source has no offset yet
 */
import { MillraceError } from '../errors/millrace-error.ts';
import type { JsonValue } from './canonical-json.ts';
import { canonicalJson } from './canonical-json.ts';
import type { CheckpointStore } from './checkpoint-store.ts';
import { logBatchIds, logBytes, logJson, logLines, logMember, logObject, sha256Hex } from './log-text.ts';

/** What a batch is made of; all a replay needs besides the data. */
export interface OffsetEntry {
  readonly batchId: number;
  /** The watermark that was in force when the batch was planned. */
  readonly batchWatermarkMs: number;
  /** `current_timestamp()` of the batch. */
  readonly batchTimestampMs: number;
  /** Configuration frozen with the batch. */
  readonly conf: Readonly<Record<string, string>>;
  /** Per source where the batch ends (inclusive); null: nothing read yet. */
  readonly offsets: readonly (JsonValue | null)[];
}

/** An entry as it lies in the log, with the SHA-256 of its text in hex. */
export interface LoggedOffsetEntry extends OffsetEntry {
  readonly digest: string;
}

const FOLDER = 'offsets/';
const NO_OFFSET = '-';

export class OffsetLog {
  readonly #store: CheckpointStore;

  constructor(store: CheckpointStore) {
    this.#store = store;
  }

  /**
   * Writes the entry of a new batch, durably, and returns it with its digest. Fails with CONCURRENT_STREAM_LOG_UPDATE when the batch has
   * an entry already.
   */
  async add(entry: OffsetEntry): Promise<LoggedOffsetEntry> {
    const { logged, durable } = this.begin(entry);
    await durable;
    return logged;
  }

  /** As `add`, for a caller with something to do meanwhile that nobody sees: the entry at once, `durable` resolves when it is written. */
  begin(entry: OffsetEntry): { readonly logged: LoggedOffsetEntry; readonly durable: Promise<void> } {
    const bytes = entryBytes(entry);
    const logged = { ...entry, digest: sha256Hex(bytes) };
    return { logged, durable: this.#store.create(`${FOLDER}${entry.batchId}`, bytes) };
  }

  /** The entry of a batch, undefined when there is none. */
  async get(batchId: number): Promise<LoggedOffsetEntry | undefined> {
    const name = `${FOLDER}${batchId}`;
    const bytes = await this.#store.read(name);
    return bytes === undefined ? undefined : this.#parse(name, batchId, bytes);
  }

  /** The entry of the highest batch, undefined in a fresh checkpoint. */
  async latest(): Promise<LoggedOffsetEntry | undefined> {
    const batchId = (await logBatchIds(this.#store, FOLDER)).at(-1);
    return batchId === undefined ? undefined : this.get(batchId);
  }

  /** The batch ids in the log, ascending. */
  batchIds(): Promise<number[]> {
    return logBatchIds(this.#store, FOLDER);
  }

  #parse(name: string, batchId: number, bytes: Uint8Array): LoggedOffsetEntry {
    const store = this.#store;
    const [metadata, ...lines] = logLines(store, name, bytes);
    const entry = { store, name, members: logObject(store, name, metadata) };
    return {
      batchId,
      batchWatermarkMs: logMember(entry, 'batchWatermarkMs', 'number'),
      batchTimestampMs: logMember(entry, 'batchTimestampMs', 'number'),
      conf: logMember(entry, 'conf', 'object') as Record<string, string>,
      offsets: lines.map((line) => (line === NO_OFFSET ? null : logJson(store, name, line))),
      digest: sha256Hex(bytes),
    };
  }
}

/** The digest an entry would have; equal for equal content. */
export function offsetDigest(entry: OffsetEntry): string {
  return sha256Hex(entryBytes(entry));
}

function entryBytes(entry: OffsetEntry): Uint8Array {
  if (!Number.isSafeInteger(entry.batchId) || entry.batchId < 0)
    throw new MillraceError('INTERNAL_ERROR', { message: `batch id ${entry.batchId} in the offset log` });
  const watermark = canonicalJson(entry.batchWatermarkMs);
  const timestamp = canonicalJson(entry.batchTimestampMs);
  const conf = canonicalJson(entry.conf);
  const offsets = entry.offsets.map((offset) => (offset === null ? NO_OFFSET : canonicalJson(offset)));
  return logBytes([`{"batchWatermarkMs":${watermark},"batchTimestampMs":${timestamp},"conf":${conf}}`, ...offsets]);
}
