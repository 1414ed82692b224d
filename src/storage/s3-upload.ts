/**
 * Uploads of large objects to S3 in parts. The object appears whole when the upload completes, never before. Uploads that an earlier run left
 * behind cost money and are nowhere to be seen: those of the same key are aborted before a new one begins, those of other keys when they are old.
 *
 * When the answer to the completion was lost, the upload is gone and the object tells by its ETag whether it is ours. An upload that somebody
 * else has aborted is made again.
 */
import type * as S3 from '@aws-sdk/client-s3';
import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import { isRetryable } from './s3-errors.ts';

/** Larger objects are uploaded in parts. */
export const MAX_SINGLE_BYTES = 16 << 20;
/** S3 takes parts from 5 MiB on, at most 10 000 of an object. */
const PART_BYTES = 8 << 20;
const MAX_PARTS = 10_000;
const NUM_AT_ONCE = 4;
const MAX_ROUNDS = 3;
/** No upload takes that long. */
const ABANDONED_MS = 86_400_000;

interface Connection {
  readonly sdk: typeof S3;
  readonly client: S3.S3Client;
}

/** Does work, again after failures that may pass; ends in a typed error whose cause is that of the SDK. */
export type S3Attempt = <T>(action: string, name: string, work: (connection: Connection) => Promise<T>) => Promise<T>;

export interface S3Place {
  readonly Bucket: string;
  readonly Key: string;
}

/** Writes or replaces an object; durable and whole when the promise resolves. */
export async function uploadInParts(attempt: S3Attempt, place: S3Place, bytes: Uint8Array): Promise<void> {
  await abortUploads(attempt, { Bucket: place.Bucket, Prefix: place.Key }, ({ Key }) => Key === place.Key);
  for (let round = 1; ; round++) {
    try {
      await upload(attempt, place, bytes);
      return;
    } catch (error) {
      if (!isGone(error) || round >= MAX_ROUNDS) throw error;
    }
  }
}

/** Aborts the unfinished uploads below a prefix that `isAbandoned`; answers how many. Without the right to list them there are none. */
async function abortUploads(
  attempt: S3Attempt,
  below: { readonly Bucket: string; readonly Prefix: string },
  isAbandoned: (upload: S3.MultipartUpload) => boolean,
): Promise<number> {
  const { Bucket, Prefix } = below;
  try {
    const { Uploads = [] } = await attempt('list uploads of', Prefix, ({ sdk, client }) =>
      client.send(new sdk.ListMultipartUploadsCommand({ Bucket, Prefix })),
    );
    const abandoned = Uploads.filter(isAbandoned);
    for (const { Key, UploadId } of abandoned) await abort(attempt, { Bucket, Key: Key ?? '' }, UploadId);
    return abandoned.length;
  } catch {
    return 0;
  }
}

/** Aborts the uploads below a prefix that were begun a day before `nowMs` or earlier; answers how many. */
export function abortOldUploads(
  attempt: S3Attempt,
  below: { readonly Bucket: string; readonly Prefix: string },
  nowMs: number,
): Promise<number> {
  return abortUploads(attempt, below, ({ Initiated }) => (Initiated?.getTime() ?? nowMs) <= nowMs - ABANDONED_MS);
}

async function upload(attempt: S3Attempt, place: S3Place, bytes: Uint8Array): Promise<void> {
  const { UploadId } = await attempt('write', place.Key, ({ sdk, client }) =>
    client.send(new sdk.CreateMultipartUploadCommand(place)),
  );
  try {
    const parts = await uploadParts(attempt, { ...place, UploadId }, bytes);
    await complete(attempt, { ...place, UploadId }, parts);
  } catch (error) {
    await abort(attempt, place, UploadId);
    throw error;
  }
}

type Upload = S3Place & { readonly UploadId: string | undefined };

async function uploadParts(attempt: S3Attempt, place: Upload, bytes: Uint8Array): Promise<S3.CompletedPart[]> {
  const partBytes = Math.max(PART_BYTES, Math.ceil(bytes.length / MAX_PARTS));
  const parts = Array.from({ length: Math.ceil(bytes.length / partBytes) }, (_, i) => ({
    PartNumber: i + 1,
    Body: bytes.subarray(i * partBytes, (i + 1) * partBytes),
  }));
  const done: S3.CompletedPart[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    for (let part = parts[next++]; part !== undefined; part = parts[next++]) {
      const { PartNumber, Body } = part;
      const { ETag } = await attempt('write', place.Key, ({ sdk, client }) =>
        client.send(new sdk.UploadPartCommand({ ...place, PartNumber, Body })),
      );
      done[PartNumber - 1] = { PartNumber, ETag };
    }
  };
  // All have come to their end before the upload may be aborted.
  const ends = await Promise.allSettled(Array.from({ length: NUM_AT_ONCE }, work));
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
  return done;
}

async function complete(attempt: S3Attempt, place: Upload, parts: readonly S3.CompletedPart[]): Promise<void> {
  let isAnswerLost = false;
  await attempt('write', place.Key, async ({ sdk, client }) => {
    try {
      await client.send(new sdk.CompleteMultipartUploadCommand({ ...place, MultipartUpload: { Parts: [...parts] } }));
    } catch (error) {
      if (isRetryable(error)) isAnswerLost = true;
      else if (isGone(error) && isAnswerLost) {
        const { Bucket, Key } = place;
        const { ETag } = await client.send(new sdk.HeadObjectCommand({ Bucket, Key }));
        if (plainTag(ETag) === tagOfParts(parts)) return;
      }
      throw error;
    }
  });
}

async function abort(attempt: S3Attempt, place: S3Place, UploadId: string | undefined): Promise<void> {
  try {
    await attempt('abort the upload of', place.Key, ({ sdk, client }) =>
      client.send(new sdk.AbortMultipartUploadCommand({ ...place, UploadId })),
    );
  } catch {
    // The next run finds it.
  }
}

/** The ETag S3 gives an object made of parts: the digest of their digests and their number. */
function tagOfParts(parts: readonly S3.CompletedPart[]): string {
  const digests = parts.map(({ ETag }) => Buffer.from(plainTag(ETag), 'hex'));
  return `${createHash('md5').update(Buffer.concat(digests)).digest('hex')}-${parts.length}`;
}

function plainTag(tag: string | undefined): string {
  return (tag ?? '').replaceAll('"', '');
}

/** True when somebody else has aborted or completed the upload. */
function isGone(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return error.name === 'NoSuchUpload' || isGone(error.cause);
}
