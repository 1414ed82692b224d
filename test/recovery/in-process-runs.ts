/** Runs of the recovery query in this process, in sessions of their own. */
import { MillraceError, MillraceSession } from '../../src/index.ts';
import type { ApiEnvironment } from '../../src/api/session-context.ts';
import { createEnvironment, systemParts } from '../../src/api/default-environment.ts';
import { type RecoveryRun, startRecoveryQuery } from './recovery-query.ts';

/** The real environment, quiet. */
export function quietEnvironment(): ApiEnvironment {
  return createEnvironment({ ...systemParts(), printError: () => undefined });
}

/** The real environment, quiet, in which pauses between attempts take no time. */
export function impatientEnvironment(): ApiEnvironment {
  const parts = systemParts();
  const clock = { ...parts.clock, sleep: () => Promise.resolve() };
  return createEnvironment({ ...parts, clock, printError: () => undefined });
}

/** Starts the query and waits for its end; the typed error it ended with, undefined when it got to the end of its input. */
export async function failureOf(
  run: RecoveryRun,
  environment: ApiEnvironment = quietEnvironment(),
): Promise<MillraceError | undefined> {
  const session = MillraceSession.builder().environment(environment).create();
  try {
    const query = await startRecoveryQuery(session, run);
    await query.awaitTermination();
    return undefined;
  } catch (error) {
    if (error instanceof MillraceError) return error;
    throw error;
  }
}
