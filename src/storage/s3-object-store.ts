/**
 * The object store over an S3 bucket prefix, or anything that speaks S3. The only file that loads `@aws-sdk/client-s3`. Retries of
 * throttling, server errors and broken connections are done here, with a jittered wait that is handed in, and end in a typed error.
 *
 * An exclusive write is a conditional PUT: 412 means the key is there, 409 that another writer is at it (try again). When the answer of
 * an attempt was lost, a later 412 may come from our own write; the content tells.
 */
import type * as S3 from '@aws-sdk/client-s3';
import type { ObjectEntry, ObjectStore } from './object-store.ts';
import type { StoreOptions } from './registry.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { loadDriver } from './load-driver.ts';
import { checkKey } from './object-key.ts';
import { MAX_SINGLE_BYTES, type S3Attempt, abortOldUploads, uploadInParts } from './s3-upload.ts';
import { type RetryContext, defaultRetryContext } from './retry-context.ts';
import { isRetryable, isTransient, reasonOf, statusOf } from './s3-errors.ts';

const MAX_ATTEMPTS = 6;
const FIRST_WAIT_MS = 100;
const MAX_WAIT_MS = 5000;
const DELETE_BATCH_KEYS = 1000;
const CONNECT_TIMEOUT_MS = 5000;
const REQUEST_TIMEOUT_MS = 60_000;

type Sdk = typeof S3;

export class S3ObjectStore implements ObjectStore {
  readonly description: string;
  readonly #bucket: string;
  /** Empty, or ends with a slash. */
  readonly #prefix: string;
  readonly #options: StoreOptions;
  readonly #context: RetryContext;
  #connection: Promise<{ readonly sdk: Sdk; readonly client: S3.S3Client }> | undefined;

  constructor(uri: string, options: StoreOptions, context: RetryContext = defaultRetryContext) {
    const [, bucket = '', path = ''] = /^s3[an]?:\/\/([^/]+)\/?(.*)$/i.exec(uri) ?? [];
    if (bucket === '')
      throw new MillraceError('INVALID_OPTION', {
        option: 'path',
        format: 's3',
        value: uri,
        expected: 's3://bucket/prefix',
      });
    this.#bucket = bucket;
    const prefix = path.replace(/\/+$/, '');
    this.#prefix = prefix === '' ? '' : `${prefix}/`;
    this.description = `s3://${bucket}${prefix === '' ? '' : `/${prefix}`}`;
    this.#options = options;
    this.#context = context;
  }

  async *list(prefix: string): AsyncIterable<ObjectEntry> {
    let token: string | undefined;
    do {
      const page = await this.#attempt('list', prefix, async ({ sdk, client }) =>
        client.send(
          new sdk.ListObjectsV2Command({
            Bucket: this.#bucket,
            Prefix: this.#prefix + prefix,
            ...(token === undefined ? {} : { ContinuationToken: token }),
          }),
        ),
      );
      for (const { Key, Size = 0, LastModified, ETag = '' } of page.Contents ?? []) {
        const key = Key?.slice(this.#prefix.length) ?? '';
        // Consoles make empty objects that stand for folders.
        if (key === '' || key.endsWith('/')) continue;
        yield { key, sizeBytes: Size, modifiedMs: LastModified?.getTime() ?? 0, version: ETag };
      }
      token = page.NextContinuationToken;
    } while (token !== undefined);
  }

  async read(key: string): Promise<Uint8Array | undefined> {
    return this.#attempt('read', key, async ({ sdk, client }) => {
      try {
        const answer = await client.send(new sdk.GetObjectCommand({ Bucket: this.#bucket, Key: this.#keyOf(key) }));
        return (await answer.Body?.transformToByteArray()) ?? new Uint8Array(0);
      } catch (error) {
        if (isMissingKey(error)) return undefined;
        throw error;
      }
    });
  }

  /** Goes on where it stopped when the connection breaks, as long as the object is the same. */
  async *readBlocks(key: string, blockBytes: number, from = 0): AsyncIterable<Uint8Array> {
    let position = from;
    let version: string | undefined;
    for (let attempt = 1; ; attempt++) {
      try {
        const answer = await this.#attempt('read', key, async ({ sdk, client }) =>
          client.send(
            new sdk.GetObjectCommand({
              Bucket: this.#bucket,
              Key: this.#keyOf(key),
              ...(position === 0 ? {} : { Range: `bytes=${position}-` }),
              ...(version === undefined ? {} : { IfMatch: version }),
            }),
          ),
        );
        version = answer.ETag;
        for await (const chunk of (answer.Body ?? []) as AsyncIterable<Uint8Array>) {
          for (let start = 0; start < chunk.length; start += blockBytes) {
            const block = chunk.subarray(start, start + blockBytes);
            position += block.length;
            yield block;
          }
        }
        return;
      } catch (error) {
        if (isMissingKey(error) || isMissingKey(causeOf(error)))
          throw new MillraceError('PATH_NOT_FOUND', { path: `${this.description}/${key}` }, { cause: error });
        // Range not satisfiable: the connection broke behind the last byte.
        if (position > 0 && statusOf(causeOf(error) ?? error) === 416) return;
        if (!isTransient(error) || attempt >= MAX_ATTEMPTS) throw this.#errorOf('read', key, attempt, error);
        await this.#wait(attempt);
      }
    }
  }

  async readRange(key: string, from: number, to: number): Promise<Uint8Array> {
    if (to <= from) return new Uint8Array(0);
    return this.#attempt('read', key, async ({ sdk, client }) => {
      try {
        const answer = await client.send(
          new sdk.GetObjectCommand({ Bucket: this.#bucket, Key: this.#keyOf(key), Range: `bytes=${from}-${to - 1}` }),
        );
        return (await answer.Body?.transformToByteArray()) ?? new Uint8Array(0);
      } catch (error) {
        if (isMissingKey(error))
          throw new MillraceError('PATH_NOT_FOUND', { path: `${this.description}/${key}` }, { cause: error });
        // Range not satisfiable: the object ends before it.
        if (statusOf(error) === 416) return new Uint8Array(0);
        throw error;
      }
    });
  }

  async write(key: string, bytes: Uint8Array): Promise<void> {
    if (bytes.length > MAX_SINGLE_BYTES) {
      await uploadInParts(this.#attemptOf, { Bucket: this.#bucket, Key: this.#keyOf(key) }, bytes);
      return;
    }
    await this.#attempt('write', key, async ({ sdk, client }) =>
      client.send(new sdk.PutObjectCommand({ Bucket: this.#bucket, Key: this.#keyOf(key), Body: bytes })),
    );
  }

  async writeIfAbsent(key: string, bytes: Uint8Array): Promise<boolean> {
    let isAnswerLost = false;
    return this.#attempt('write', key, async ({ sdk, client }) => {
      const target = { Bucket: this.#bucket, Key: this.#keyOf(key) };
      try {
        await client.send(new sdk.PutObjectCommand({ ...target, Body: bytes, IfNoneMatch: '*' }));
        return true;
      } catch (error) {
        if (statusOf(error) !== 412) {
          if (statusOf(error) !== 409) isAnswerLost = true;
          throw error;
        }
        if (!isAnswerLost) return false;
        const found = await this.read(key);
        return found !== undefined && Buffer.compare(found, bytes) === 0;
      }
    });
  }

  async abortOldUploads(nowMs: number): Promise<number> {
    return abortOldUploads(this.#attemptOf, { Bucket: this.#bucket, Prefix: this.#prefix }, nowMs);
  }

  async delete(keys: readonly string[]): Promise<void> {
    for (let start = 0; start < keys.length; start += DELETE_BATCH_KEYS) {
      const objects = keys.slice(start, start + DELETE_BATCH_KEYS).map((key) => ({ Key: this.#keyOf(key) }));
      const answer = await this.#attempt('delete', objects[0]?.Key ?? '', async ({ sdk, client }) =>
        client.send(new sdk.DeleteObjectsCommand({ Bucket: this.#bucket, Delete: { Objects: objects, Quiet: true } })),
      );
      const [failed] = answer.Errors ?? [];
      if (failed === undefined) continue;
      const reason = failed.Message ?? failed.Code ?? 'unknown';
      throw new MillraceError('STORAGE_IO', {
        action: 'delete',
        name: failed.Key ?? '',
        location: this.description,
        reason,
      });
    }
  }

  async close(): Promise<void> {
    const connection = await this.#connection;
    connection?.client.destroy();
    this.#connection = undefined;
  }

  #keyOf(key: string): string {
    checkKey(key, this.description);
    return this.#prefix + key;
  }

  async #connect(): Promise<{ readonly sdk: Sdk; readonly client: S3.S3Client }> {
    const sdk = await loadDriver(this.description, '@aws-sdk/client-s3', () => import('@aws-sdk/client-s3'));
    const option = (...names: string[]): string | undefined =>
      names.map((name) => this.#options.get(name)).find((value) => value !== undefined && value !== '');
    const endpoint =
      option('s3.endpointurl', 'fs.s3a.endpoint') ??
      process.env['AWS_ENDPOINT_URL_S3'] ??
      process.env['AWS_ENDPOINT_URL'];
    const region =
      option('s3.region', 'fs.s3a.endpoint.region') ?? process.env['AWS_REGION'] ?? process.env['AWS_DEFAULT_REGION'];
    const pathStyle = option('s3.pathstyleaccess', 'fs.s3a.path.style.access');
    const accessKeyId = option('s3.accesskeyid', 'fs.s3a.access.key');
    const secretAccessKey = option('s3.secretaccesskey', 'fs.s3a.secret.key');
    const sessionToken = option('s3.sessiontoken', 'fs.s3a.session.token');
    const client = new sdk.S3Client({
      maxAttempts: 1,
      forcePathStyle: pathStyle === undefined ? endpoint !== undefined : pathStyle === 'true',
      requestHandler: { connectionTimeout: CONNECT_TIMEOUT_MS, requestTimeout: REQUEST_TIMEOUT_MS },
      ...(endpoint === undefined
        ? {}
        : { endpoint, requestChecksumCalculation: 'WHEN_REQUIRED', responseChecksumValidation: 'WHEN_REQUIRED' }),
      ...(region === undefined ? (endpoint === undefined ? {} : { region: 'us-east-1' }) : { region }),
      ...(accessKeyId === undefined || secretAccessKey === undefined
        ? {}
        : { credentials: { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) } }),
    });
    return { sdk, client };
  }

  readonly #attemptOf: S3Attempt = (action, name, work) => this.#attempt(action, name, work);

  /** Does the work, again after failures that may pass. */
  async #attempt<T>(
    action: string,
    name: string,
    work: (connection: { readonly sdk: Sdk; readonly client: S3.S3Client }) => Promise<T>,
  ): Promise<T> {
    this.#connection ??= this.#connect();
    const connection = await this.#connection;
    for (let attempt = 1; ; attempt++) {
      try {
        return await work(connection);
      } catch (error) {
        if (!isRetryable(error) || attempt >= MAX_ATTEMPTS) throw this.#errorOf(action, name, attempt, error);
        await this.#wait(attempt);
      }
    }
  }

  async #wait(attempt: number): Promise<void> {
    const limitMs = Math.min(MAX_WAIT_MS, FIRST_WAIT_MS * 2 ** attempt);
    await this.#context.sleep(limitMs / 2 + (this.#context.random() * limitMs) / 2);
  }

  #errorOf(action: string, name: string, attempts: number, error: unknown): MillraceError {
    if (error instanceof MillraceError) return error;
    const reason = reasonOf(error);
    const code = error instanceof Error ? error.name : '';
    const cause = { cause: error };
    if (code === 'NoSuchBucket') return new MillraceError('PATH_NOT_FOUND', { path: `s3://${this.#bucket}` }, cause);
    if (statusOf(error) === 403 || statusOf(error) === 401 || code === 'CredentialsProviderError')
      return new MillraceError(
        'EXTERNAL_SYSTEM_REFUSED',
        { system: 'S3', address: this.description, action, reason },
        cause,
      );
    if (isRetryable(error))
      return new MillraceError(
        'EXTERNAL_SYSTEM_UNAVAILABLE',
        { system: 'S3', address: this.description, attempts: String(attempts), reason },
        cause,
      );
    return new MillraceError('STORAGE_IO', { action, name, location: this.description, reason }, cause);
  }
}

function isMissingKey(error: unknown): boolean {
  return error instanceof Error && (error.name === 'NoSuchKey' || error.name === 'NotFound');
}

function causeOf(error: unknown): unknown {
  return error instanceof MillraceError ? error.cause : undefined;
}
