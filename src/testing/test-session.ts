/** Sessions for tests: independent of each other, quiet, with a clock of the test's choice. */
import type { EnvironmentParts } from '../api/default-environment.ts';
import { createEnvironment, systemParts } from '../api/default-environment.ts';
import { MillraceSession } from '../api/session.ts';
import { withCrashPoints } from './crash-points.ts';

/** A session of its own; parts that are not given are the system's, errors of queries are not printed. */
export function createTestSession(
  parts: Partial<EnvironmentParts> = {},
  settings: Readonly<Record<string, string>> = {},
): MillraceSession {
  const environment = withCrashPoints(createEnvironment({ ...systemParts(), printError: () => undefined, ...parts }));
  const builder = MillraceSession.builder().environment(environment);
  for (const [key, value] of Object.entries(settings)) builder.config(key, value);
  return builder.create();
}
