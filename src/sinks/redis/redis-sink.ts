/**
 * The `redis` sink: rows become hashes, entries of a stream or elements of a sorted set, exactly once.
 *
 * A batch is committed by one script (redis-script.ts), which writes the rows and the marker `(batch, digest, epoch)` of the query together; readers
 * see all of a batch or nothing. Rows of a batch beyond a few MB are staged before it, in keys of their own that go by themselves when the run dies.
 * IF the answer to the script is lost THEN it is sent again and finds the marker of this batch. IF another run has moved the marker in the
 * meantime THEN nothing is written and commit-marker.ts says what that means. What is in Redis is as durable as its settings; rows and
 * marker go together, so that lost batches are SINK_REGRESSED and never passed over.
 */
import type { ColumnBatch } from '../../types/column-batch.ts';
import type { RedisArgument } from '../../storage/redis.ts';
import type { BatchIdentity, Sink, SinkContext, SinkProvider, SinkResult } from '../sink.ts';
import type { CommitMarker } from '../commit-marker.ts';
import { createHash } from 'node:crypto';
import { MillraceError } from '../../errors/millrace-error.ts';
import { RedisConnection } from '../../storage/redis.ts';
import { systemRefused } from '../../storage/system-failure.ts';
import { defaultRetryContext } from '../../storage/retry-context.ts';
import { commitPlace, decideCommit, drainRows } from '../commit-marker.ts';
import { RedisRows } from './redis-rows.ts';
import { COMMIT } from './redis-script.ts';
import { REDIS_OPTION_NAMES, type RedisSinkOptions, redisSinkOptions } from './redis-sink-options.ts';

/** Chunks up to this number go with the script itself. */
const MAX_INLINE_CHUNKS = 2;
/** Of staged chunks, and of the markers of batch writes. */
const STAGED_MS = 86_400_000;
const MAX_ROUNDS = 3;
const KEYS_PER_SCAN = 1000;

export const redisSinkProvider: SinkProvider = {
  name: 'redis',
  optionNames: REDIS_OPTION_NAMES,
  outputModes: ['append', 'update', 'complete'],
  guarantee: 'exactly-once',
  create: (context) => new RedisSink(context),
};

/** The rows of a batch on their way. */
interface Prepared {
  readonly inline: readonly Buffer[];
  readonly staged: readonly string[];
  readonly numRows: number;
}

const NOTHING: Prepared = { inline: [], staged: [], numRows: 0 };

class RedisSink implements Sink {
  readonly description: string;
  readonly #context: SinkContext;
  readonly #options: RedisSinkOptions;
  readonly #connection: RedisConnection;
  /** What the keys of this sink begin with. */
  readonly #own: string;

  constructor(context: SinkContext) {
    this.#context = context;
    this.#options = redisSinkOptions(context.options, context.schema, context.keyColumns);
    const { address, dataType, key } = this.#options;
    const { random } = defaultRetryContext;
    this.#connection = new RedisConnection(address, { sleep: context.sleep, random });
    this.description = `RedisSink[${dataType} ${key}, ${address.printable}]`;
    const place = createHash('sha256').update(`${dataType}\n${key}`).digest('hex').slice(0, 12);
    this.#own = `millrace:{${context.queryId}}:${place}`;
  }

  async open(): Promise<void> {
    await this.#connection.command('PING');
  }

  async addBatch(identity: BatchIdentity, batches: AsyncIterable<ColumnBatch>): Promise<SinkResult> {
    if (this.#context.mode === 'batch') return this.#save(batches);
    const decision = await this.#decide(identity);
    if (decision.isThere) {
      const numOutputRows = await drainRows(batches);
      // Hands the epoch on, so that the run before is fenced.
      await this.#commit(identity, NOTHING, decision.marker, false);
      return { numOutputRows };
    }
    const prepared = await this.#prepare(identity, batches);
    await this.#commit(identity, prepared, decision.marker, this.#context.mode === 'complete');
    return { numOutputRows: prepared.numRows };
  }

  close(): Promise<void> {
    return this.#connection.close();
  }

  async #decide(identity: BatchIdentity): Promise<{ readonly isThere: boolean; readonly marker: string }> {
    const reply = await this.#connection.command('HMGET', this.#markerKey, 'batch', 'digest', 'epoch');
    const [batch = '', digest = '', epoch = ''] = (reply as readonly (Buffer | null)[]).map((one) => String(one ?? ''));
    const marker: CommitMarker | undefined =
      batch === '' ? undefined : { batchId: Number(batch), offsetDigest: digest, epoch: Number(epoch) };
    const isThere = decideCommit(marker, identity, commitPlace(this.#context, this.description)) === 'skip';
    return { isThere, marker: `${batch}/${digest}/${epoch}` };
  }

  /** Reads the rows to their end; what the script cannot take along is staged under names that a repetition writes again. */
  async #prepare(identity: BatchIdentity, batches: AsyncIterable<ColumnBatch>): Promise<Prepared> {
    const rows = new RedisRows(this.#options, this.#context.schema, this.#context.timeZone);
    const inline: Buffer[] = [];
    const staged: string[] = [];
    const take = async (chunk: Buffer): Promise<void> => {
      if (inline.length < MAX_INLINE_CHUNKS) {
        inline.push(chunk);
        return;
      }
      const key = `${this.#own}:stage:${identity.epoch}:${identity.batchId}:${staged.length}`;
      await this.#connection.command('SET', key, chunk, 'PX', STAGED_MS);
      staged.push(key);
    };
    for await (const batch of batches) for (const chunk of rows.add(batch)) await take(chunk);
    const rest = rows.rest();
    if (rest !== undefined) await take(rest);
    return { inline, staged, numRows: rows.numRows };
  }

  async #commit(identity: BatchIdentity, prepared: Prepared, expected: string, isComplete: boolean): Promise<void> {
    let marker = expected;
    for (let round = 1; ; round++) {
      const [status, key] = await this.#run(identity, prepared, marker, isComplete);
      if (status === 'OK' || status === 'DONE') return;
      if (status === 'TYPE') throw this.#wrongType(key ?? '');
      if (status === 'UNSTAGED' || round >= MAX_ROUNDS) throw this.#refused(`batch ${identity.batchId}: ${status}`);
      // Another run has committed: it is of this batch, or newer, which throws.
      const found = await this.#decide(identity);
      if (found.isThere) return;
      marker = found.marker;
    }
  }

  /** The answer of the script. */
  async #run(
    { batchId, offsetDigest, epoch }: BatchIdentity,
    { inline, staged }: Prepared,
    marker: string,
    isComplete: boolean,
  ): Promise<readonly string[]> {
    const { dataType, key, ttlMs = 0, maxLength } = this.#options;
    const keys = [this.#markerKey, key, `${this.#own}:keys`, ...staged];
    const markerMs = this.#context.mode === 'batch' ? STAGED_MS : 0;
    const values: readonly RedisArgument[] = [batchId, offsetDigest, epoch, marker, dataType, isComplete ? 1 : 0];
    const limits = [ttlMs, maxLength, markerMs];
    const reply = await this.#connection.command('EVAL', COMMIT, keys.length, ...keys, ...values, ...limits, ...inline);
    return (reply as readonly Buffer[]).map(String);
  }

  /** A batch write has an id of its own: its marker only keeps a script that was sent twice from writing twice. */
  async #save(batches: AsyncIterable<ColumnBatch>): Promise<SinkResult> {
    const { saveMode } = this.#context;
    const old = saveMode === 'append' ? [] : await this.#keysThere();
    if (old.length > 0 && saveMode === 'errorifexists')
      throw new MillraceError('PATH_ALREADY_EXISTS', {
        outputPath: `${this.#options.address.printable} ${this.#options.key}`,
      });
    if (old.length > 0 && saveMode === 'ignore') return { numOutputRows: 0 };
    const identity = { batchId: 0, offsetDigest: this.#context.queryId, epoch: 1, lastCommittedBatchId: -1 };
    const prepared = await this.#prepare(identity, batches);
    if (saveMode === 'overwrite')
      for (let from = 0; from < old.length; from += KEYS_PER_SCAN)
        await this.#connection.command('UNLINK', ...old.slice(from, from + KEYS_PER_SCAN));
    await this.#commit(identity, prepared, '//', false);
    return { numOutputRows: prepared.numRows };
  }

  /** The keys a batch write would add to: the stream or set, or all hashes. */
  async #keysThere(): Promise<string[]> {
    const { dataType, key } = this.#options;
    if (dataType !== 'hash') return Number(await this.#connection.command('EXISTS', key)) > 0 ? [key] : [];
    const pattern = `${key.replaceAll(/[*?[\]\\^]/g, String.raw`\$&`)}:*`;
    const found = new Set<string>();
    let cursor = '0';
    do {
      const reply = await this.#connection.command('SCAN', cursor, 'MATCH', pattern, 'COUNT', KEYS_PER_SCAN);
      const [next, keys] = reply as readonly [Buffer, readonly Buffer[]];
      for (const one of keys) found.add(String(one));
      cursor = String(next);
    } while (cursor !== '0');
    return [...found];
  }

  get #markerKey(): string {
    return `${this.#own}:marker`;
  }

  #wrongType(key: string): MillraceError {
    return new MillraceError('INCOMPATIBLE_SINK_TABLE', {
      tableName: key,
      reason: `what is there is no ${this.#options.dataType}`,
      tableColumns: '',
      rowColumns: this.#context.schema.fields.map(({ name }) => name).join(', '),
    });
  }

  #refused(reason: string): MillraceError {
    return systemRefused({ system: 'Redis', address: this.#options.address.printable }, 'commit', reason);
  }
}
