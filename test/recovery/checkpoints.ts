/** The checkpoints of the recovery tests: a folder, or a prefix of its own on the test Redis. */
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { redisUrl } from '../servers/urls.ts';

export type CheckpointKind = 'disk' | 'Redis';

export interface TestCheckpoint {
  readonly location: string;
  /** Removes what is not in the folder. */
  drop(): Promise<void>;
}

/** A fresh one; `name` keeps it apart from others on one Redis. */
export function newCheckpoint(kind: CheckpointKind, folder: string, name: string): TestCheckpoint {
  if (kind === 'disk') return { location: join(folder, 'checkpoint'), drop: () => Promise.resolve() };
  return { location: `${redisUrl()}?prefix=${name}`, drop: () => dropKeys(`mr:{${name}}:*`) };
}

/** Removes the keys of a pattern. */
export async function dropKeys(pattern: string): Promise<void> {
  const redis = new Redis(redisUrl(), { retryStrategy: () => null });
  try {
    const keys = await redis.keys(pattern);
    if (keys.length > 0) await redis.del(...keys);
  } finally {
    redis.disconnect();
  }
}
