/**
 * Opens the object store of a location: a path or `file:` URI, or `s3://bucket/prefix` (also `s3a://`). The driver of S3 is loaded when
 * the store is first used.
 */
import type { ObjectStore } from './object-store.ts';
import type { RetryContext } from './retry-context.ts';
import { fileURLToPath } from 'node:url';
import { MillraceError } from '../errors/millrace-error.ts';
import { LocalObjectStore } from './local-object-store.ts';
import { S3ObjectStore } from './s3-object-store.ts';

/** Options by lower-case name; what each store does not know it ignores. */
export type StoreOptions = ReadonlyMap<string, string>;

/** The options of the stores, as documented; `fs.s3a.*` are Hadoop's names for the same. */
export const STORE_OPTION_NAMES: readonly string[] = [
  's3.endpointUrl',
  's3.region',
  's3.pathStyleAccess',
  's3.accessKeyId',
  's3.secretAccessKey',
  's3.sessionToken',
  'fs.s3a.endpoint',
  'fs.s3a.endpoint.region',
  'fs.s3a.path.style.access',
  'fs.s3a.access.key',
  'fs.s3a.secret.key',
  'fs.s3a.session.token',
];

const SCHEME = /^([a-z][a-z0-9+.-]+):/i;

/** The store below `uri`. Throws for a scheme nobody knows. `context` hands in time and chance for retries. */
export function openObjectStore(uri: string, options: StoreOptions = new Map(), context?: RetryContext): ObjectStore {
  const scheme = SCHEME.exec(uri)?.[1]?.toLowerCase();
  switch (scheme) {
    case undefined:
      return new LocalObjectStore(uri);
    case 'file':
      return new LocalObjectStore(localPath(uri));
    case 's3':
    case 's3a':
    case 's3n':
      return new S3ObjectStore(uri, options, context);
    default:
      throw new MillraceError('UNSUPPORTED_FEATURE', { feature: `The file system ${scheme}: of ${uri}` });
  }
}

/** The path of a `file:` URI in any of the forms `file:/a`, `file:///a` and `file:a/b`. */
export function localPath(uri: string): string {
  if (/^file:\/\/\//i.test(uri))
    return fileURLToPath(uri.replaceAll('%', '%25').replaceAll('#', '%23').replaceAll('?', '%3F'));
  return uri.replace(/^file:(\/\/)?/i, '');
}
