/**
 * A plan as the user wrote it, as data another thread can be given. Rows in memory and in-process sources stay at home, and so do the
 * user's functions: in their place stands one that must not be called, because the operators that would call it run on the coordinator.
 */
import type { UnresolvedPlan } from '../plan/unresolved-plan.ts';
import { MillraceError } from '../errors/millrace-error.ts';

/** A plan without anything that cannot leave its thread. */
export interface PlanMessage {
  readonly plan: unknown;
}

/** Stands where a function of the user was. */
interface FunctionMark {
  readonly $function: true;
}

/** The message of a plan, or undefined when it holds an object of a class, which another thread would not recognise. */
export function planToMessage(plan: UnresolvedPlan): PlanMessage | undefined {
  return isSendable(plan) ? { plan: packed(plan) } : undefined;
}

/** The plan of a message; see the file's header for what is not in it. */
export function planFromMessage({ plan }: PlanMessage): UnresolvedPlan {
  return unpacked(plan) as UnresolvedPlan;
}

/** The fields of an object that are sent. In-process sources (see SourceRelation) and rows in memory are read on the coordinator. */
function sentFields(value: object): [string, unknown][] {
  const isLocalRelation = 'kind' in value && value.kind === 'localRelation';
  return Object.entries(value)
    .filter(([key]) => key !== 'handle')
    .map(([key, item]) => [key, isLocalRelation && key === 'batches' ? [] : item]);
}

function isSendable(value: unknown): boolean {
  if (typeof value === 'symbol') return false;
  if (typeof value !== 'object' || value === null) return true;
  if (Array.isArray(value)) return value.every(isSendable);
  if (value instanceof Map) return [...value].flat().every(isSendable);
  if (value instanceof Set) return [...value].every(isSendable);
  if (ArrayBuffer.isView(value) || value instanceof Date) return true;
  // A call of a function of the user has to run where the function is.
  if ('kind' in value && value.kind === 'unresolvedFunction' && 'definition' in value) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return (
    (prototype === Object.prototype || prototype === null) && sentFields(value).every(([, item]) => isSendable(item))
  );
}

function packed(value: unknown): unknown {
  if (typeof value === 'function') return { $function: true } satisfies FunctionMark;
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(packed);
  if (value instanceof Map) return new Map([...value].map(([key, item]) => [packed(key), packed(item)]));
  if (value instanceof Set) return new Set([...value].map(packed));
  if (ArrayBuffer.isView(value) || value instanceof Date) return value;
  return Object.fromEntries(sentFields(value).map(([key, item]) => [key, packed(item)]));
}

function unpacked(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(unpacked);
  if (value instanceof Map) return new Map([...value].map(([key, item]) => [unpacked(key), unpacked(item)]));
  if (value instanceof Set) return new Set([...value].map(unpacked));
  if (ArrayBuffer.isView(value) || value instanceof Date) return value;
  if ('$function' in value) return staysHome;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, unpacked(item)]));
}

function staysHome(): never {
  throw new MillraceError('INTERNAL_ERROR', { message: 'a function of the user was called on a worker thread' });
}
