/**
 * A checkpoint in Redis. All keys start with `mr:{<name>}:` (one hash slot): `head` (see redis-scripts.ts), `index` (sorted set of entry
 * names), `staged` (chunks of entries not yet complete), `e:<entry>` and `e:<entry>#<nonce>.<i>` for content above 1 MB.
 *
 * Every write is one small script that checks epoch and seq of `head` first. Chunks are written before it, under names of their own; a
 * crash between leaves them in `staged`, where the next acquire removes them. Nothing has a time to live.
 */
import { createHash } from 'node:crypto';
import { assert } from '../errors/assert.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import type { RedisAddress, RedisArgument, RedisReply } from '../storage/redis.ts';
import { RedisConnection } from '../storage/redis.ts';
import type { CheckpointStore } from './checkpoint-store.ts';
import { entryChecksum } from './entry-frame.ts';
import { ACQUIRE, DELETE, GET, PUT, STAGE } from './redis-scripts.ts';
import type { RedisSettings } from './redis-settings.ts';
import { checkRedisSettings } from './redis-settings.ts';
import type { RedisValue } from './redis-value.ts';
import { decodeRedisValue, encodeRedisValue } from './redis-value.ts';

const FORMAT = '1';
const CHUNK_BYTES = 1 << 20;
const SYNC_TIMEOUT_MS = 10_000;
const NAMES_PER_DELETE = 500;

export interface RedisCheckpointOptions {
  readonly address: RedisAddress;
  /** Which of the checkpoints on that database. */
  readonly name: string;
  readonly sleep: (ms: number) => Promise<void>;
  readonly random: () => number;
  readonly maxAttempts?: number;
  /** One to `address` of its own unless a test gives another, which it then closes as well. */
  readonly connection?: RedisConnection;
}

export class RedisCheckpoint implements CheckpointStore {
  readonly location: string;
  readonly #connection: RedisConnection;
  readonly #prefix: string;
  readonly #random: () => number;
  #settings: RedisSettings = { warnings: [], waitsForSync: false };
  #epoch = 0;
  #seq = '0';
  /** Writes take turns, since each says which seq it expects. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: RedisCheckpointOptions) {
    this.#connection = options.connection ?? new RedisConnection(options.address, options);
    this.#prefix = `mr:{${options.name}}:`;
    this.#random = options.random;
    this.location = `${options.address.printable} prefix ${options.name}`;
  }

  get warnings(): readonly string[] {
    return this.#settings.warnings;
  }

  async acquire(): Promise<number> {
    this.#settings = await checkRedisSettings(this.#connection);
    const [status, epoch = '', seq = ''] = await this.#eval('acquire', ACQUIRE, [this.#head, this.#index], [FORMAT]);
    if (status === 'ORPHANS') throw this.#corruptHead('a head', `nothing beside ${epoch} entries`);
    if (status === 'UNINDEXED') throw this.#corrupt('index', `the names of entries after ${epoch} writes`, 'nothing');
    if (status === 'FORMAT')
      throw new MillraceError('CHECKPOINT_FOREIGN', { location: this.location, reason: `its format is ${epoch}` });
    this.#epoch = Number(epoch);
    this.#seq = seq;
    await this.#removeStaged();
    return this.#epoch;
  }

  async read(name: string): Promise<Uint8Array | undefined> {
    const keys = [this.#head, this.#key(name), this.#index];
    const [epoch, bytes, indexed] = (await this.#command('EVAL', GET, 3, ...keys, name)) as Buffer[];
    if (epoch?.length === 0 && this.#epoch > 0) throw this.#lostHead();
    if (bytes === undefined || bytes.length === 0) {
      if (indexed?.length === 0) return undefined;
      throw this.#corrupt(name, 'an entry', 'nothing: its key was removed');
    }
    const value = decodeRedisValue(bytes);
    if (value === undefined) throw this.#corrupt(name, 'a checkpoint entry (MRRV)', `${bytes.length} other bytes`);
    const content = value.numChunks === 0 ? value.content : await this.#readChunks(name, value);
    if (content.length !== value.length) throw this.#corrupt(name, `${value.length} bytes`, `${content.length} bytes`);
    const checksum = entryChecksum(name, content);
    if (checksum !== value.checksum)
      throw this.#corrupt(name, `checksum ${value.checksum.toString(16)}`, `checksum ${checksum.toString(16)}`);
    return content;
  }

  async #readChunks(name: string, value: RedisValue): Promise<Uint8Array> {
    const chunks: Buffer[] = [];
    for (const key of this.#chunkKeys(name, value)) {
      const chunk = await this.#command('GET', key);
      if (!Buffer.isBuffer(chunk)) throw this.#corrupt(name, `${value.numChunks} chunks`, `${chunks.length}`);
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  }

  async list(prefix: string): Promise<readonly string[]> {
    const range =
      prefix === '' ? ['-', '+'] : [`[${prefix}`, Buffer.concat([Buffer.from(`(${prefix}`), Buffer.of(255)])];
    const reply = (await this.#command('ZRANGEBYLEX', this.#index, ...range)) as readonly RedisReply[];
    return reply.map(String);
  }

  create(name: string, bytes: Uint8Array): Promise<void> {
    return this.#put('create', name, bytes);
  }

  write(name: string, bytes: Uint8Array): Promise<void> {
    return this.#put('write', name, bytes);
  }

  async delete(names: readonly string[]): Promise<void> {
    for (let from = 0; from < names.length; from += NAMES_PER_DELETE) {
      const some = names.slice(from, from + NAMES_PER_DELETE);
      const keys: string[] = [];
      for (const name of some) {
        keys.push(this.#key(name));
        const bytes = await this.#command('GETRANGE', this.#key(name), 0, 27);
        const value = Buffer.isBuffer(bytes) ? decodeRedisValue(bytes) : undefined;
        if (value !== undefined) keys.push(...this.#chunkKeys(name, value));
      }
      await this.#eval('delete', DELETE, [this.#head, this.#index, ...keys], [String(this.#epoch), ...some]);
    }
  }

  close(): Promise<void> {
    return this.#connection.close();
  }

  async #put(mode: 'create' | 'write', name: string, bytes: Uint8Array): Promise<void> {
    assert(this.#epoch > 0, 'a checkpoint is acquired before it is written');
    const nonce = this.#nonce();
    const numChunks = bytes.length <= CHUNK_BYTES ? 0 : Math.ceil(bytes.length / CHUNK_BYTES);
    const value = encodeRedisValue(name, bytes, numChunks, nonce);
    const chunkKeys = this.#chunkKeys(name, { numChunks, nonce });
    for (const [i, key] of chunkKeys.entries()) {
      const chunk = Buffer.from(bytes.subarray(i * CHUNK_BYTES, (i + 1) * CHUNK_BYTES));
      await this.#eval(name, STAGE, [this.#head, key, this.#staged], [String(this.#epoch), chunk]);
    }
    const keys = [this.#head, this.#key(name), this.#index, this.#staged, ...chunkKeys];
    const turn = this.#turn.then(async () => {
      const values = [String(this.#epoch), this.#seq, value, name, mode, ...headFields(name, bytes)];
      this.#seq = await this.#putDurably(mode, name, keys, values);
    });
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  /** Runs the script, again when the session it ran in was lost before its sync could be waited for. */
  async #putDurably(
    mode: string,
    name: string,
    keys: readonly string[],
    values: readonly RedisArgument[],
  ): Promise<string> {
    for (;;) {
      const [status, seq = ''] = await this.#eval(name, PUT, keys, values);
      if (status === 'EXISTS')
        throw new MillraceError('CONCURRENT_STREAM_LOG_UPDATE', { batchId: name.slice(name.lastIndexOf('/') + 1) });
      if (status === 'REGRESSED') throw this.#corruptHead(`${this.#seq} writes`, `${seq}: the server has lost some`);
      const session = this.#connection.numConnects;
      if (mode === 'write' || !this.#settings.waitsForSync) return seq;
      const reply = (await this.#command('WAITAOF', 1, 0, SYNC_TIMEOUT_MS)) as readonly RedisReply[];
      if (session !== this.#connection.numConnects) continue;
      if (Number(reply[0]) >= 1) return seq;
      const reason = `WAITAOF reports no sync within ${SYNC_TIMEOUT_MS} ms`;
      throw new MillraceError('STORAGE_IO', { action: 'fsync', name, location: this.location, reason });
    }
  }

  /** Runs a script whose reply is a list of texts, the first a status; failures of every script are thrown here. */
  async #eval(
    name: string,
    script: string,
    keys: readonly string[],
    values: readonly RedisArgument[],
  ): Promise<string[]> {
    const reply = (await this.#command('EVAL', script, keys.length, ...keys, ...values)) as readonly RedisReply[];
    const texts = reply.map(String);
    if (texts[0] === 'MISSING') throw this.#lostHead();
    if (texts[0] === 'FENCED')
      throw new MillraceError('CHECKPOINT_FENCED', {
        location: this.location,
        epoch: String(this.#epoch),
        newerEpoch: texts[1] ?? '',
        batchId: name.slice(name.lastIndexOf('/') + 1),
      });
    return texts;
  }

  async #command(name: string, ...args: readonly RedisArgument[]): Promise<RedisReply> {
    try {
      return await this.#connection.command(name, ...args);
    } catch (error) {
      const reason = error instanceof MillraceError ? (error.parameters['reason'] ?? '') : '';
      if (reason.startsWith('OOM'))
        throw new MillraceError(
          'STORAGE_FULL',
          { name, location: this.location },
          { cause: error, hint: OUT_OF_MEMORY_HINT },
        );
      throw error;
    }
  }

  /** Chunks of entries that were never completed; only earlier runs can have left them. */
  async #removeStaged(): Promise<void> {
    const staged = ((await this.#command('ZRANGE', this.#staged, 0, -1)) as readonly RedisReply[]).map(String);
    for (let from = 0; from < staged.length; from += NAMES_PER_DELETE) {
      const keys = staged.slice(from, from + NAMES_PER_DELETE);
      await this.#eval('staged', DELETE, [this.#head, this.#staged, ...keys], [String(this.#epoch), ...keys]);
    }
  }

  #chunkKeys(name: string, value: { readonly numChunks: number; readonly nonce: string }): string[] {
    return Array.from({ length: value.numChunks }, (_, i) => `${this.#key(name)}#${value.nonce}.${i}`);
  }

  #nonce(): string {
    const half = (): string =>
      Math.floor(this.#random() * 2 ** 32)
        .toString(16)
        .padStart(8, '0');
    return half() + half();
  }

  #key(name: string): string {
    return `${this.#prefix}e:${name}`;
  }

  get #head(): string {
    return `${this.#prefix}head`;
  }

  get #index(): string {
    return `${this.#prefix}index`;
  }

  get #staged(): string {
    return `${this.#prefix}staged`;
  }

  #lostHead(): MillraceError {
    return this.#corruptHead(`epoch ${this.#epoch}`, 'nothing: the database was emptied, or it is another one');
  }

  #corruptHead(expected: string, found: string): MillraceError {
    return this.#corrupt('head', expected, found);
  }

  #corrupt(name: string, expected: string, found: string): MillraceError {
    return new MillraceError('CHECKPOINT_CORRUPT', { name, location: this.location, expected, found });
  }
}

const OUT_OF_MEMORY_HINT =
  'Redis has reached maxmemory: raise it, then start the query again; it goes on with the batch in flight.';

/** What `head` repeats for people and tools: the last planned batch with its digest, the last finished one, the query. */
function headFields(name: string, bytes: Uint8Array): string[] {
  const [folder, batchId = ''] = name.split('/');
  if (folder === 'offsets') return ['batch', batchId, 'digest', createHash('sha256').update(bytes).digest('hex')];
  if (folder === 'commits') return ['committed', batchId];
  if (name !== 'metadata') return [];
  return ['queryId', /"id":"([^"]*)"/.exec(new TextDecoder().decode(bytes))?.[1] ?? ''];
}
