/**
 * Tells a folder that is a checkpoint of ours, or empty, from one that is something else, before anything is written into it.
 */
import { MillraceError } from '../errors/millrace-error.ts';
import type { CheckpointFileSystem } from './checkpoint-file-system.ts';
import { errorCode } from '../storage/storage-failure.ts';
import { unframeEntry } from './entry-frame.ts';

const OWN_NAMES: ReadonlySet<string> = new Set([
  'metadata',
  'plan',
  'offsets/',
  'commits/',
  'state/',
  'sources/',
  'epochs/',
]);

/** Fails with CHECKPOINT_FOREIGN or STREAMING_CHECKPOINT_MISSING_METADATA_FILE when the folder must not be used. It must exist. */
export async function checkCheckpointFolder(
  files: CheckpointFileSystem,
  checkpoint: { readonly folder: string; readonly location: string },
): Promise<void> {
  const { folder, location } = checkpoint;
  const names = await namesIn(files, folder);
  if (names.includes('metadata')) return checkMetadata(files, checkpoint);
  const logged = [...(await namesIn(files, `${folder}/offsets`)), ...(await namesIn(files, `${folder}/commits`))];
  if (logged.some((name) => /^\d+$/.test(name)))
    throw new MillraceError('STREAMING_CHECKPOINT_MISSING_METADATA_FILE', { checkpointLocation: location });
  const other = names.find((name) => !OWN_NAMES.has(name) && !name.startsWith('.tmp-'));
  if (other !== undefined)
    throw new MillraceError('CHECKPOINT_FOREIGN', {
      location,
      reason: `the folder has no checkpoint metadata but holds ${other}`,
    });
}

/** Spark's metadata is JSON without our trailer. */
async function checkMetadata(
  files: CheckpointFileSystem,
  { folder, location }: { readonly folder: string; readonly location: string },
): Promise<void> {
  const bytes = await files.readFile(`${folder}/metadata`);
  if (unframeEntry('metadata', bytes).content !== undefined) return;
  let isJson = true;
  try {
    JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    isJson = false;
  }
  if (isJson)
    throw new MillraceError('CHECKPOINT_FOREIGN', { location, reason: 'its metadata was written by Apache Spark' });
}

async function namesIn(files: CheckpointFileSystem, path: string): Promise<readonly string[]> {
  try {
    return await files.readDirectory(path);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    if (errorCode(error) === 'ENOTDIR')
      throw new MillraceError('CHECKPOINT_FOREIGN', { location: `file:${path}`, reason: 'it is not a folder' });
    throw new MillraceError(
      'STORAGE_IO',
      { action: 'list', name: path, location: `file:${path}`, reason: String(error) },
      { cause: error },
    );
  }
}
