/**
 * The sink `delivery` (alias `firehose`): rows are buffered durably and delivered when there are enough of them or the oldest has waited long enough,
 * as objects under prefixes of time and partition keys or to other destinations. Records may be transformed and converted on the way; what
 * fails goes under the error prefix with its reason, what came in may be backed up.
 *
 * A batch is committed when it is in the buffer (delivery-log.ts). Objects are written exactly once, whatever the moment of a crash; HTTP endpoints get a
 * delivery at least once, with the same request id; OpenSearch gets documents with the same ids.
 */
import type { ColumnBatch } from '../../types/column-batch.ts';
import type { ObjectStore } from '../../storage/object-store.ts';
import type { BatchIdentity, Sink, SinkContext, SinkProvider, SinkResult } from '../sink.ts';
import type { DeliveryPlan } from './delivery-log.ts';
import type { DeliveredGroup, DeliveryTarget } from './delivery-target.ts';
import type { FailedRecord, RecordTransform } from './record-processing.ts';
import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { parquetFormat } from '../../formats/parquet/parquet-format.ts';
import { openObjectStore } from '../../storage/registry.ts';
import { defaultRetryContext } from '../../storage/retry-context.ts';
import { jsonTextOfRow } from '../../types/json-text.ts';
import { commitPlace, decideCommit, drainRows } from '../commit-marker.ts';
import { DeliveryLog } from './delivery-log.ts';
import { DELIVERY_OPTION_NAMES, type DeliveryOptions, deliveryOptions } from './delivery-options.ts';
import { deliveryTarget } from './delivery-target.ts';
import { PrefixExpression } from './prefix-expression.ts';
import { RecordProcessing } from './record-processing.ts';

const NAME = 'delivery';

export const deliverySinkProvider: SinkProvider = {
  name: NAME,
  aliases: ['firehose'],
  optionNames: DELIVERY_OPTION_NAMES,
  outputModes: ['append', 'update'],
  guarantee: 'exactly-once',
  create: (context) => createDeliverySink(context),
};

/** The sink. `wrap` comes between it and the place it writes to, for tests that stop it at any write. */
export function createDeliverySink(
  context: SinkContext,
  wrap: (store: ObjectStore) => ObjectStore = (store) => store,
): Sink {
  return new DeliverySink(context, wrap);
}

class DeliverySink implements Sink {
  readonly description: string;
  readonly #context: SinkContext;
  readonly #options: DeliveryOptions;
  readonly #store: ObjectStore;
  readonly #backup: ObjectStore | undefined;
  readonly #log: DeliveryLog;
  readonly #prefix: PrefixExpression;
  readonly #errorPrefix: PrefixExpression;
  readonly #processing: RecordProcessing;
  readonly #target: DeliveryTarget;
  /** Work on the buffer, one after the other. */
  #queue: Promise<void> = Promise.resolve();
  #epoch = -1;
  #failure: unknown;
  /** Ends the wait for the age of the buffer. */
  readonly #closing = new AbortController();
  #wait: Promise<void> | undefined;

  constructor(context: SinkContext, wrap: (store: ObjectStore) => ObjectStore) {
    this.#context = context;
    this.#options = deliveryOptions(NAME, context.options, context.timeZone);
    const { path, backupPath, prefix, errorPrefix } = this.#options;
    const stores = { ...defaultRetryContext, sleep: context.sleep };
    this.#store = wrap(openObjectStore(path, context.options, stores));
    this.#backup = backupPath === undefined ? undefined : openObjectStore(backupPath, context.options, stores);
    this.description = `DeliverySink[${this.#options.destination} ${this.#store.description}]`;
    this.#log = new DeliveryLog(this.#store, context.queryId);
    this.#prefix = new PrefixExpression(NAME, 'prefix', prefix);
    this.#errorPrefix = new PrefixExpression(NAME, 'errorPrefix', errorPrefix);
    this.#processing = new RecordProcessing(context.schema, this.#options, transformOf(context.handle));
    this.#target = deliveryTarget(this.#options, this.#store, context);
  }

  async open(): Promise<void> {
    const { format, formatOptions, timeZone } = this.#options;
    format.createEncoder(this.#processing.schema, formatOptions, timeZone);
    parquetFormat.createEncoder(this.#context.schema, new Map(), timeZone);
    await this.#log.open();
    await this.#store.abortOldUploads?.(this.#context.nowMs());
  }

  async addBatch(identity: BatchIdentity, batches: AsyncIterable<ColumnBatch>): Promise<SinkResult> {
    this.#throwFailure();
    this.#epoch = identity.epoch;
    const marker = await this.#log.beginBatch(identity.epoch);
    if (decideCommit(marker, identity, commitPlace(this.#context, this.description)) === 'skip') {
      const numOutputRows = await drainRows(batches);
      await this.#inTurn(() => this.#deliverIfDue());
      return { numOutputRows };
    }
    const { batchId, offsetDigest, epoch } = identity;
    const { queryId, schema, nowMs } = this.#context;
    const encoder = parquetFormat.createEncoder(schema, new Map(), this.#options.timeZone);
    const parts = [encoder.header()];
    let numRows = 0;
    for await (const batch of batches) {
      numRows += batch.numRows;
      parts.push(encoder.encode(batch));
    }
    parts.push(encoder.footer());
    const bytes = Buffer.concat(parts);
    const tag = createHash('sha256').update(`${queryId}\n${offsetDigest}`).digest('hex').slice(0, 12);
    const key = this.#log.bufferKey(batchId, tag);
    await this.#inTurn(async () => {
      if (numRows > 0) await this.#store.write(key, bytes);
      const entry = {
        queryId,
        batchId,
        offsetDigest,
        epoch,
        key,
        sizeBytes: bytes.length,
        numRows,
        arrivedMs: nowMs(),
      };
      await this.#log.commit(entry, this.description);
      await this.#deliverIfDue();
    });
    this.#wait ??= this.#waitForAge();
    return { numOutputRows: numRows };
  }

  async close(): Promise<void> {
    this.#closing.abort();
    try {
      await this.#wait;
      if (this.#options.flushOnStop && this.#epoch >= 0 && this.#failure === undefined)
        await this.#inTurn(() => this.#deliver(() => true));
    } finally {
      await this.#backup?.close();
      await this.#store.close();
    }
  }

  /** Delivers what has waited long enough while no batch comes. */
  async #waitForAge(): Promise<void> {
    const { nowMs, sleep } = this.#context;
    const { signal } = this.#closing;
    for (let [oldest] = this.#log.waiting; oldest !== undefined && !signal.aborted; [oldest] = this.#log.waiting) {
      const startMs = nowMs();
      await sleep(Math.max(1, oldest.arrivedMs + this.#options.bufferIntervalMs - startMs), signal);
      if (signal.aborted) break;
      try {
        await this.#inTurn(() => this.#deliverIfDue());
      } catch (error) {
        // The next batch fails with it.
        this.#failure = error;
        break;
      }
      // A clock that stands still gives no age to wait for.
      if (nowMs() === startMs) break;
    }
    this.#wait = undefined;
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }

  async #inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.#queue.then(work);
    this.#queue = done.catch(() => undefined);
    await done;
  }

  async #deliverIfDue(): Promise<void> {
    const { bufferBytes, bufferIntervalMs } = this.#options;
    await this.#deliver(
      (sizeBytes, oldestMs) => sizeBytes >= bufferBytes || this.#context.nowMs() - oldestMs >= bufferIntervalMs,
    );
  }

  async #deliver(isDue: (sizeBytes: number, oldestMs: number) => boolean): Promise<void> {
    const { unfinished, waiting } = this.#log;
    // Begun by a run before this one: it is made again as it was.
    if (unfinished !== undefined) await this.#run(unfinished);
    const sizeBytes = waiting.reduce((sum, batch) => sum + batch.sizeBytes, 0);
    const oldestMs = Math.min(...waiting.map(({ arrivedMs }) => arrivedMs));
    if (waiting.length === 0 || !isDue(sizeBytes, oldestMs)) return;
    // A later run has taken over: the buffer is its.
    if ((await this.#log.claimEpoch(this.#epoch)) > this.#epoch) return;
    await this.#run(await this.#log.plan());
  }

  async #run(plan: DeliveryPlan): Promise<void> {
    const arrivedMs = Math.min(...plan.batches.map((batch) => batch.arrivedMs));
    const id = `${String(plan.number).padStart(10, '0')}-${createHash('sha256').update(JSON.stringify(plan)).digest('hex').slice(0, 12)}`;
    const { timeZone } = this.#options;
    const failed: FailedRecord[] = [];
    const groups = new Map<string, ColumnBatch[]>();
    const originals: string[] = [];
    let numRecords = 0;
    for await (const batch of this.#buffered(plan)) {
      numRecords += batch.numRows;
      if (this.#backup !== undefined)
        for (let row = 0; row < batch.numRows; row++) originals.push(jsonTextOfRow(batch, row, { zone: timeZone }));
      const records = this.#processing.process(batch, failed);
      for (const { keys, rows } of this.#processing.grouped(records, this.#prefix.columns, failed)) {
        const prefix = this.#prefix.of({ arrivedMs, timeZone, keys });
        groups.set(prefix, [...(groups.get(prefix) ?? []), rows]);
      }
    }
    if (originals.length > 0)
      await this.#backup?.write(`${timePrefix(arrivedMs)}${id}.json.gz`, gzipSync(`${originals.join('\n')}\n`));
    let part = 0;
    for (const [prefix, batches] of groups) {
      const name = `${id}-${String(part++).padStart(4, '0')}`;
      const group: DeliveredGroup = { key: `${prefix}part-${name}.${this.#options.extension}`, id: name, batches };
      failed.push(...(await this.#target.deliver(group)));
    }
    await this.#writeFailed(failed, id, arrivedMs);
    await this.#target.finish(timePrefix(arrivedMs), id);
    await this.#log.finish(plan, { numRecords, numFailed: failed.length, numGroups: groups.size });
  }

  async *#buffered({ batches }: DeliveryPlan): AsyncGenerator<ColumnBatch> {
    const { schema } = this.#context;
    const columns = schema.fields.map(({ name }) => name);
    for (const { key, sizeBytes, arrivedMs: modifiedMs } of batches) {
      const file = {
        description: `${this.#store.description}/${key}`,
        sizeBytes,
        modifiedMs,
        read: (from: number, to: number) => this.#store.readRange(key, from, to),
      };
      yield* parquetFormat.readFile(file, { schema, columns, options: new Map(), timeZone: this.#options.timeZone });
    }
  }

  /** One object per kind of failure, in the form of Firehose's error records. */
  async #writeFailed(failed: readonly FailedRecord[], id: string, arrivedMs: number): Promise<void> {
    for (const errorType of new Set(failed.map(({ type }) => type))) {
      const lines = failed
        .filter(({ type }) => type === errorType)
        .map(({ raw, code, message }) =>
          JSON.stringify({
            attemptsMade: 1,
            arrivalTimestamp: arrivedMs,
            errorCode: code,
            errorMessage: message,
            rawData: Buffer.from(raw).toString('base64'),
          }),
        );
      const prefix = this.#errorPrefix.of({ arrivedMs, timeZone: this.#options.timeZone, keys: new Map(), errorType });
      await this.#store.write(`${prefix}${id}.json`, new TextEncoder().encode(`${lines.join('\n')}\n`));
    }
  }
}

function timePrefix(ms: number): string {
  const [day = '', time = ''] = new Date(ms).toISOString().split('T');
  return `${day.replaceAll('-', '/')}/${time.slice(0, 2)}/`;
}

function transformOf(handle: object | undefined): RecordTransform | undefined {
  return typeof handle === 'function' ? (handle as RecordTransform) : undefined;
}
