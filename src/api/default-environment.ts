/**
 * The environment of ordinary sessions: the system's clock, real randomness, all sources, sinks and checkpoints. The only file that names
 * the registries.
 */
import { availableParallelism, userInfo } from 'node:os';
import type { Clock } from '../engine/environment.ts';
import type { OpenQuery } from '../engine/worker-messages.ts';
import type { SourceRelation } from '../plan/unresolved-plan.ts';
import type { SourceContext, SourceLog, SourceProvider } from '../source/source.ts';
import type { ApiEnvironment, RelationRequest } from './session-context.ts';
import { MemoryCheckpoint, MemoryCheckpointContent } from '../checkpoint/memory-checkpoint.ts';
import { openCheckpoint } from '../checkpoint/open-checkpoint.ts';
import { serveQuery } from '../engine/worker-query.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { findSinkProvider } from '../sinks/registry.ts';
import { isRecorded } from '../source/recording/is-recorded.ts';
import { recordedIfAsked } from '../source/recording/recorded-source.ts';
import { ChangelogStateStore } from '../state/changelog-state-store.ts';
import { openDiskSpill, spillFolder } from '../state/disk-spill.ts';
import { struct } from '../types/data-type.ts';
import type { StructType } from '../types/data-type.ts';
import { checkOptionNames } from '../types/options.ts';
import { parseExpression } from '../sql/parse-expression.ts';
import { createWorkerPool } from '../workers/worker-pool.ts';
import { toDdl } from '../types/schema.ts';
import { findSource } from './find-source.ts';
import { ObservableInput } from './observable-input.ts';
import { markPending } from './pending-schema.ts';

/** Of this file: `.ts` when the sources run as they are, `.js` once they are built. */
const EXTENSION = import.meta.url.slice(import.meta.url.lastIndexOf('.'));

/** The parts of an environment that tests and tools replace. */
export interface EnvironmentParts {
  readonly clock: Clock;
  readonly random: () => number;
  readonly newId: () => string;
  readonly printLine: (line: string) => void;
  /** Where warnings and errors of running queries go; standard error by default. */
  readonly printError: (line: string) => void;
  /** Who runs the program. */
  readonly userName?: string;
}

/** The system's clock. */
export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted === true) {
        resolve();
        return;
      }
      const done = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      signal?.addEventListener('abort', done, { once: true });
    }),
};

/** What a session uses unless it is told otherwise. */
export function systemParts(): EnvironmentParts {
  return {
    clock: systemClock,
    random: () => Math.random(),
    newId: () => crypto.randomUUID(),
    printLine: (line) => void process.stdout.write(`${line}\n`),
    printError: (line) => void process.stderr.write(`${line}\n`),
    userName: systemUser(),
  };
}

function systemUser(): string {
  try {
    return userInfo().username;
  } catch {
    // A process may run under a number no user has.
    return process.env['USER'] ?? 'unknown';
  }
}

/** The environment over these parts. */
export function createEnvironment(parts: EnvironmentParts): ApiEnvironment {
  const { clock, random, newId, printLine, printError, userName = 'unknown' } = parts;
  const sleep = (ms: number, signal?: AbortSignal): Promise<void> => clock.sleep(ms, signal);
  const nowMs = (): number => clock.nowMs();
  const sourceContext = (request: RelationRequest, timeZone: string): SourceContext => {
    const { options, schema, isStreaming } = request;
    return { options, schema, isStreaming, timeZone, nowMs, sleep, random };
  };
  const environment: ApiEnvironment = {
    clock,
    random,
    newId,
    printLine,
    userName,
    log: { warn: (message) => printError(`warning: ${message}`), error: (message) => printError(`error: ${message}`) },
    findSink: findSinkProvider,
    resolveRelation: (request, timeZone) => relationOf(request, sourceContext(request, timeZone)),
    createSource: (relation, timeZone, log) => {
      const provider = findSource(relation.format);
      const { filters = [] } = relation;
      const context = { ...sourceContext(relation, timeZone), ...handleOf(relation), ...logOf(log) };
      // A recording holds all rows, whatever this query leaves out.
      return isRecorded(relation.options)
        ? recordedIfAsked(provider.create(context), context)
        : provider.create({ ...context, filters });
    },
    createSink: (format, context) => {
      return findSinkProvider(format).create({ ...context, nowMs, sleep, printLine });
    },
    openCheckpoint: async (location, queryName) => {
      if (location === undefined) return new MemoryCheckpoint(new MemoryCheckpointContent());
      const dependencies = { sleep, random, nowMs };
      return openCheckpoint(location, queryName === undefined ? dependencies : { ...dependencies, queryName });
    },
    workers: createWorkerPool(new URL(`worker-main${EXTENSION}`, import.meta.url), availableParallelism(), (open) =>
      serveOn(environment, open as OpenQuery),
    ),
    canReadOnWorker: ({ format, handle, options }) =>
      handle === undefined && !isRecorded(options) && findSource(format).readsAnywhere === true,
    createStateStore: (entries, { monotonicMs, ...state }) =>
      new ChangelogStateStore({ entries, ...state, nowMs: monotonicMs }),
    openSpill: ({ location, directory, epoch, thread }) =>
      openDiskSpill({ root: spillFolder(location, directory), epoch, thread }),
  };
  return environment;
}

/** Serves a query as a worker does, in this thread. */
export function serveOn(environment: ApiEnvironment, open: OpenQuery): void {
  serveQuery(open, { environment, parseExpression: (text, timeZone) => parseExpression(text, { timeZone }) });
}

/** The relation of a request: options are checked here; the schema is the user's, the source's own, or inferred by the first action. */
function relationOf(request: RelationRequest, context: SourceContext): SourceRelation {
  const provider = findSource(request.format);
  checkOptionNames(provider.name, request.options, provider.optionNames);
  const { options, isStreaming } = request;
  const description = provider.describe(options);
  const fixed = provider.fixedSchema ?? provider.schemaOf?.(options);
  if (fixed !== undefined && request.schema !== undefined) checkGivenSchema(provider.name, fixed, request.schema);
  const known = fixed ?? request.schema;
  const { metadataSchema } = provider;
  const relation = {
    format: provider.name,
    schema: known ?? struct([]),
    options,
    isStreaming,
    description,
    ...(metadataSchema === undefined ? {} : { metadata: metadataSchema }),
  };
  if (known !== undefined) return relation;
  if (isStreaming || provider.inferSchema === undefined) throw new MillraceError('_LEGACY_ERROR_TEMP_2048', {});
  return markPending(relation, () => inferSchema(provider, context));
}

/** Sources with a schema of their own take no other; text takes one column. */
function checkGivenSchema(format: string, fixed: StructType, given: StructType): void {
  if (format !== 'text') throw new MillraceError('_LEGACY_ERROR_TEMP_2242', { provider: format });
  if (given.fields.length !== 1)
    throw new MillraceError('_LEGACY_ERROR_TEMP_1290', { schemaSize: String(given.fields.length) });
  if (toDdl(given) !== toDdl(fixed))
    throw new MillraceError('UNSUPPORTED_FEATURE', {
      feature: `Text read as ${toDdl(given)} instead of ${toDdl(fixed)}`,
    });
}

async function inferSchema(provider: SourceProvider, context: SourceContext): Promise<SourceRelation['schema']> {
  const schema = await provider.inferSchema?.(context);
  if (schema === undefined) throw new MillraceError('UNABLE_TO_INFER_SCHEMA', { format: provider.name });
  return schema;
}

function handleOf(relation: SourceRelation): { readonly handle?: object } {
  const { handle } = relation;
  if (handle === undefined) return {};
  return { handle: handle instanceof ObservableInput ? handle.connected() : handle };
}

function logOf(log: SourceLog | undefined): { readonly log?: SourceLog } {
  return log === undefined ? {} : { log };
}
