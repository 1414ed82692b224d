/**
 * Simulated crashes of queries of a test session: the checkpoint stops working right before a chosen write, as if the process had died, and
 * everything before stays. For queries whose checkpoint a script has named here; all others are left alone.
 */
import type { ApiEnvironment } from '../api/session-context.ts';
import type { CheckpointStore } from '../checkpoint/checkpoint-store.ts';
import { MillraceError } from '../errors/millrace-error.ts';

/**
 * The write a crash comes before: the log of what the batch reads, its state, the commit of the sink (`sink`: the rows are out), or the
 * commit of the batch.
 */
export type CrashPoint = 'offsets' | 'state' | 'sink' | 'commits';

const planned = new Map<string, CrashPoint>();

/** The next write of this kind to the checkpoint at `location` does not happen, nor any after it. */
export function planCrash(location: string, point: CrashPoint): void {
  planned.set(location, point);
}

/** Forgets a planned crash; true when it was still to come. */
export function cancelCrash(location: string): boolean {
  return planned.delete(location);
}

/** Throws when a crash is planned for this moment. */
export function crashAt(location: string, point: CrashPoint): void {
  if (planned.get(location) !== point) return;
  planned.delete(location);
  throw new MillraceError('TEST_CRASH', { point });
}

/** The environment whose checkpoints crash as planned. */
export function withCrashPoints(environment: ApiEnvironment): ApiEnvironment {
  return {
    ...environment,
    openCheckpoint: async (location, queryName) => {
      const checkpoint = await environment.openCheckpoint(location, queryName);
      return location === undefined ? checkpoint : crashing(checkpoint, location);
    },
  };
}

function crashing(store: CheckpointStore, location: string): CheckpointStore {
  let isDead = false;
  const before = (name: string): void => {
    if (isDead) throw new MillraceError('TEST_CRASH', { point: name });
    try {
      crashAt(location, name.split('/')[0] as CrashPoint);
    } catch (error) {
      isDead = true;
      throw error;
    }
  };
  return new Proxy(store, {
    get: (target, property) => {
      const member: unknown = Reflect.get(target, property, target);
      if (typeof member !== 'function') return member;
      const method = member as (...args: unknown[]) => unknown;
      if (property !== 'create' && property !== 'write') return method.bind(target);
      return async (...args: unknown[]) => {
        before(String(args[0]));
        return method.apply(target, args);
      };
    },
  });
}
