/**
 * Finds the checkpoint store for a checkpointLocation: a path or `file:` URI is a folder, `redis://` and `rediss://` a Redis. Opening
 * touches nothing yet; `acquire` does.
 */
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MillraceError } from '../errors/millrace-error.ts';
import { parseRedisUrl } from '../storage/redis.ts';
import type { CheckpointStore } from './checkpoint-store.ts';
import { DiskCheckpoint } from './disk-checkpoint.ts';
import { RedisCheckpoint } from './redis-checkpoint.ts';

/** What checkpoint stores are given. */
export interface CheckpointDependencies {
  readonly sleep: (ms: number) => Promise<void>;
  readonly random: () => number;
  readonly nowMs: () => number;
  /** The name of the query, which tells checkpoints on one Redis apart when the URL has no `prefix`. */
  readonly queryName?: string;
}

const SCHEME = /^([a-z][a-z0-9+.-]+):/i;

/** The store of a checkpointLocation. */
export async function openCheckpoint(location: string, dependencies: CheckpointDependencies): Promise<CheckpointStore> {
  const scheme = SCHEME.exec(location)?.[1]?.toLowerCase();
  const { sleep, random, queryName } = dependencies;
  switch (scheme) {
    case undefined:
      return Promise.resolve(new DiskCheckpoint({ folder: resolve(location), random }));
    case 'file':
      return new DiskCheckpoint({ folder: folderOfUri(location), random });
    case 'redis':
    case 'rediss': {
      const address = parseRedisUrl(location);
      const name = address.query.get('prefix') ?? queryName ?? 'default';
      return new RedisCheckpoint({ address, name, sleep, random });
    }
    default:
      throw new MillraceError('INVALID_OPTION', {
        option: 'checkpointLocation',
        format: 'a streaming query',
        value: location,
        expected: 'a path, file:, redis:// or rediss://',
      });
  }
}

/** `file:/a/b`, `file:///a/b` and, as Hadoop takes it, `file:a/b`. */
function folderOfUri(uri: string): string {
  const path = uri.slice('file:'.length);
  return resolve(path.startsWith('/') ? fileURLToPath(new URL(uri)) : path);
}
