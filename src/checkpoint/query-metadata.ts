/**
 * The entry `metadata` of a checkpoint: the query's id as in Spark, plus the format's version and the fingerprint of the plan that wrote
 * the state. Made once with the checkpoint, the fingerprint compared on every restart by the engine.
 */
import type { CheckpointStore } from './checkpoint-store.ts';
import { canonicalJson } from './canonical-json.ts';
import { logMember, logObject } from './log-text.ts';
import { MillraceError } from '../errors/millrace-error.ts';

const NAME = 'metadata';
const FORMAT_VERSION = 1;

/** Who a checkpoint belongs to. */
export interface QueryMetadata {
  /** The query's id: a UUID, the same over all restarts. */
  readonly id: string;
  /** Version of the checkpoint's format. */
  readonly formatVersion: number;
  /** The structure of the plan as text, as far as a change of it makes the state unusable. */
  readonly planFingerprint: string;
}

/** The metadata, or undefined in a fresh checkpoint. Logs without metadata: STREAMING_CHECKPOINT_MISSING_METADATA_FILE. */
export async function readQueryMetadata(store: CheckpointStore): Promise<QueryMetadata | undefined> {
  const bytes = await store.read(NAME);
  if (bytes === undefined) {
    const logged = [...(await store.list('offsets/')), ...(await store.list('commits/'))];
    if (logged.length === 0) return undefined;
    throw new MillraceError('STREAMING_CHECKPOINT_MISSING_METADATA_FILE', { checkpointLocation: store.location });
  }
  const entry = { store, name: NAME, members: logObject(store, NAME, new TextDecoder().decode(bytes)) };
  const formatVersion = logMember(entry, 'formatVersion', 'number');
  if (formatVersion > FORMAT_VERSION)
    throw new MillraceError('INVALID_LOG_VERSION.MAX_SUPPORTED_VERSION', {
      maxSupportedVersion: String(FORMAT_VERSION),
      version: String(formatVersion),
    });
  return {
    id: logMember(entry, 'id', 'string'),
    formatVersion,
    planFingerprint: logMember(entry, 'planFingerprint', 'string'),
  };
}

/** Writes the metadata of a fresh checkpoint. Call before the first offset is logged. */
export async function writeQueryMetadata(
  store: CheckpointStore,
  query: { readonly id: string; readonly planFingerprint: string },
): Promise<QueryMetadata> {
  const metadata: QueryMetadata = { ...query, formatVersion: FORMAT_VERSION };
  const text = canonicalJson({
    id: metadata.id,
    formatVersion: FORMAT_VERSION,
    planFingerprint: query.planFingerprint,
  });
  await store.create(NAME, new TextEncoder().encode(text));
  return metadata;
}
