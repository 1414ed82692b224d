/** Where delivered records go: objects of a store, an HTTP endpoint, an OpenSearch index, or objects with a manifest for Redshift's COPY. */
import type { ColumnBatch } from '../../types/column-batch.ts';
import type { ObjectStore } from '../../storage/object-store.ts';
import type { DeliveryOptions } from './delivery-options.ts';
import type { FailedRecord } from './record-processing.ts';
import type { SenderContext } from './http-sender.ts';
import { Buffer } from 'node:buffer';
import { compressFile } from '../../formats/file-codec.ts';
import { jsonTextOfRow, quoteJson } from '../../types/json-text.ts';
import { plainText } from '../../types/value-text.ts';
import { valueAt } from '../../types/vector.ts';
import { post } from './http-sender.ts';

/** Records of one prefix with the name their object has. */
export interface DeliveredGroup {
  readonly key: string;
  /** Names the group in every repetition of the delivery. */
  readonly id: string;
  readonly batches: readonly ColumnBatch[];
}

export interface DeliveryTarget {
  /** Delivers a group; what the destination refuses is answered. May be called again with the same group after a crash. */
  deliver(group: DeliveredGroup): Promise<readonly FailedRecord[]>;
  /** Called when all groups of a delivery have arrived. */
  finish(prefix: string, id: string): Promise<void>;
}

/** The target of the options, over the store of the path. */
export function deliveryTarget(options: DeliveryOptions, store: ObjectStore, context: SenderContext): DeliveryTarget {
  switch (options.destination) {
    case 'http':
      return new HttpTarget(options, context);
    case 'opensearch':
      return new OpenSearchTarget(options, context);
    case 'redshift':
      return new ManifestTarget(options, store);
    default:
      return new ObjectTarget(options, store);
  }
}

class ObjectTarget implements DeliveryTarget {
  readonly #options: DeliveryOptions;
  readonly #store: ObjectStore;

  constructor(options: DeliveryOptions, store: ObjectStore) {
    this.#options = options;
    this.#store = store;
  }

  async deliver(group: DeliveredGroup): Promise<readonly FailedRecord[]> {
    await writeObject(this.#options, this.#store, group);
    return [];
  }

  async finish(): Promise<void> {}
}

/** Writes an object; answers its size. */
async function writeObject(
  { format, formatOptions, timeZone, codec }: DeliveryOptions,
  store: ObjectStore,
  { key, batches }: DeliveredGroup,
): Promise<number> {
  const [first] = batches;
  if (first === undefined) return 0;
  const encoder = format.createEncoder(first.schema, formatOptions, timeZone);
  const parts = [encoder.header(), ...batches.map((batch) => encoder.encode(batch)), encoder.footer()];
  const bytes = compressFile(codec, Buffer.concat(parts));
  await store.write(key, bytes);
  return bytes.length;
}

/** Lists the objects of a delivery for `COPY … FROM '<manifest>' MANIFEST`, and says the command. */
class ManifestTarget implements DeliveryTarget {
  readonly #options: DeliveryOptions;
  readonly #place: ObjectStore;
  readonly #table: string;
  readonly #format: string;
  #entries: { readonly url: string; readonly mandatory: true; readonly meta: { readonly content_length: number } }[] =
    [];

  constructor(options: DeliveryOptions, store: ObjectStore) {
    this.#options = options;
    this.#place = store;
    this.#table = options.redshiftTable;
    const { name } = options.format;
    const whole = options.codec === 'none' || name === 'parquet' ? '' : ` ${options.codec.toUpperCase()}`;
    this.#format =
      name === 'parquet'
        ? 'FORMAT AS PARQUET'
        : name === 'csv'
          ? `FORMAT AS CSV${whole}`
          : `FORMAT AS JSON 'auto'${whole}`;
  }

  async deliver(group: DeliveredGroup): Promise<readonly FailedRecord[]> {
    const sizeBytes = await writeObject(this.#options, this.#place, group);
    this.#entries.push({
      url: `${this.#place.description}/${group.key}`,
      mandatory: true,
      meta: { content_length: sizeBytes },
    });
    return [];
  }

  async finish(prefix: string, id: string): Promise<void> {
    const key = `manifests/${prefix}${id}.manifest`;
    const entries = this.#entries;
    this.#entries = [];
    const copy = `COPY ${this.#table} FROM '${this.#place.description}/${key}' MANIFEST ${this.#format}`;
    await this.#place.write(key, new TextEncoder().encode(`${JSON.stringify({ entries })}\n`));
    await this.#place.write(`${key}.sql`, new TextEncoder().encode(`${copy};\n`));
  }
}

/** Firehose's protocol for HTTP endpoints: the request id repeats with the delivery, the answer must repeat it. */
class HttpTarget implements DeliveryTarget {
  readonly #options: DeliveryOptions;
  readonly #context: SenderContext;

  constructor(options: DeliveryOptions, context: SenderContext) {
    this.#options = options;
    this.#context = context;
  }

  async deliver({ id, batches }: DeliveredGroup): Promise<readonly FailedRecord[]> {
    const { url, accessKey, commonAttributes, requestTimeoutMs, retryDurationMs, timeZone } = this.#options;
    const records = batches.flatMap((batch) => textsOf(batch, timeZone));
    const body = JSON.stringify({
      requestId: id,
      timestamp: this.#context.nowMs(),
      records: records.map((text) => ({ data: Buffer.from(`${text}\n`).toString('base64') })),
    });
    const headers = {
      'content-type': 'application/json',
      'x-amz-firehose-protocol-version': '1.0',
      'x-amz-firehose-request-id': id,
      ...(accessKey === undefined ? {} : { 'x-amz-firehose-access-key': accessKey }),
      ...(commonAttributes === undefined
        ? {}
        : {
            'x-amz-firehose-common-attributes': JSON.stringify({
              commonAttributes: JSON.parse(commonAttributes) as unknown,
            }),
          }),
    };
    const request = { url, headers, body, timeoutMs: requestTimeoutMs, retryDurationMs };
    const answer = await post(request, this.#context, (text) => requestIdOf(text) === id);
    if (answer.isDelivered) return [];
    const code = answer.status === 0 ? 'HttpEndpoint.ConnectionFailed' : `HttpEndpoint.Status${answer.status}`;
    return records.map((raw) => ({ type: 'http-endpoint-failed', raw, code, message: answer.text.slice(0, 500) }));
  }

  async finish(): Promise<void> {}
}

/** One bulk request per group. Documents have ids that follow from the delivery, so that a repetition writes the same ones. */
class OpenSearchTarget implements DeliveryTarget {
  readonly #options: DeliveryOptions;
  readonly #context: SenderContext;

  constructor(options: DeliveryOptions, context: SenderContext) {
    this.#options = options;
    this.#context = context;
  }

  async deliver({ id, batches }: DeliveredGroup): Promise<readonly FailedRecord[]> {
    let documents = batches.flatMap((batch) => this.#documents(batch, id));
    const failed: FailedRecord[] = [];
    const endMs = this.#context.nowMs() + this.#options.retryDurationMs;
    for (let waitMs = 100; documents.length > 0; waitMs = Math.min(10_000, waitMs * 2)) {
      const { url, requestTimeoutMs, index } = this.#options;
      const body = documents
        .map(({ id: of, text }) => `{"index":{"_index":${quoteJson(index)},"_id":${quoteJson(of)}}}\n${text}\n`)
        .join('');
      const headers = { 'content-type': 'application/x-ndjson' };
      const target = `${url.replace(/\/$/, '')}/_bulk`;
      const retryDurationMs = Math.max(0, endMs - this.#context.nowMs());
      const answer = await post(
        { url: target, headers, body, timeoutMs: requestTimeoutMs, retryDurationMs },
        this.#context,
      );
      if (!answer.isDelivered)
        return [
          ...failed,
          ...documents.map(({ text }) => refused(text, `OpenSearch.Status${answer.status}`, answer.text.slice(0, 500))),
        ];
      const items = itemsOf(answer.text);
      const again: typeof documents = [];
      for (const [i, document] of documents.entries()) {
        const { status, reason } = items[i] ?? { status: 500, reason: 'no answer for this record' };
        if (status < 300) continue;
        if ((status === 429 || status >= 500) && this.#context.nowMs() < endMs) again.push(document);
        else failed.push(refused(document.text, `OpenSearch.Status${status}`, reason));
      }
      documents = again;
      if (again.length > 0) await this.#context.sleep(waitMs);
    }
    return failed;
  }

  async finish(): Promise<void> {}

  #documents(batch: ColumnBatch, id: string): { readonly id: string; readonly text: string }[] {
    const { idColumn, timeZone } = this.#options;
    const place = batch.schema.fields.findIndex((one) => one.name === idColumn);
    const column = batch.columns[place];
    const type = batch.schema.fields[place]?.dataType;
    return textsOf(batch, timeZone).map((text, row) => {
      const value = column === undefined ? null : valueAt(column, row);
      return { id: value === null || type === undefined ? `${id}-${row}` : plainText(value, type, timeZone), text };
    });
  }
}

function textsOf(batch: ColumnBatch, zone: string): string[] {
  return Array.from({ length: batch.numRows }, (_, row) => jsonTextOfRow(batch, row, { zone }));
}

function refused(raw: string, code: string, message: string): FailedRecord {
  return { type: 'opensearch-failed', raw, code, message };
}

function requestIdOf(text: string): string | undefined {
  try {
    const { requestId } = JSON.parse(text) as { requestId?: unknown };
    return typeof requestId === 'string' ? requestId : undefined;
  } catch {
    return undefined;
  }
}

/** What a bulk answer says of each document, in order. */
function itemsOf(text: string): readonly { readonly status: number; readonly reason: string }[] {
  try {
    const { items = [] } = JSON.parse(text) as {
      items?: readonly Readonly<Record<string, { status?: number; error?: { type?: string; reason?: string } }>>[];
    };
    return items.map((item) => {
      const [result] = Object.values(item);
      return {
        status: result?.status ?? 500,
        reason: [result?.error?.type, result?.error?.reason].filter(Boolean).join(': '),
      };
    });
  } catch {
    return [];
  }
}
