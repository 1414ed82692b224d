/**
 * Reads the manifest of a file sink, `_spark_metadata/N` and `N.compact`: a version line, then one JSON object per committed file. The
 * paths in it are absolute URIs (Spark) or relative to the folder (ours).
 */
import type { ObjectStore } from '../../storage/object-store.ts';
import { MillraceError } from '../../errors/millrace-error.ts';

interface ManifestLine {
  readonly path: string;
  readonly action: string;
}

const NUM_AT_ONCE = 16;
const MAX_LISTINGS = 5;

/** The keys of the files committed below the root of `store`. */
export async function committedFiles(store: ObjectStore, folder: string): Promise<ReadonlySet<string>> {
  for (let listing = 1; ; listing++) {
    const keys = await currentEntries(store, folder);
    const entries: (Uint8Array | undefined)[] = [];
    for (let start = 0; start < keys.length; start += NUM_AT_ONCE)
      entries.push(...(await Promise.all(keys.slice(start, start + NUM_AT_ONCE).map((key) => store.read(key)))));
    // An entry that has gone since: a newer compacted one has taken its place.
    const gone = entries.findIndex((bytes) => bytes === undefined);
    if (gone >= 0 && listing < MAX_LISTINGS) continue;
    return filesOf(store, keys, entries);
  }
}

/** The last compacted entry and those behind it, oldest first. */
async function currentEntries(store: ObjectStore, folder: string): Promise<readonly string[]> {
  const entries: { readonly key: string; readonly batchId: number; readonly isCompact: boolean }[] = [];
  for await (const { key } of store.list(`${folder}/`)) {
    const [, id = '', compact] = /^(\d+)(\.compact)?$/.exec(key.slice(folder.length + 1)) ?? [];
    if (id !== '') entries.push({ key, batchId: Number(id), isCompact: compact !== undefined });
  }
  entries.sort((a, b) => a.batchId - b.batchId);
  const lastCompact = entries.findLastIndex((entry) => entry.isCompact);
  return entries.slice(Math.max(lastCompact, 0)).map(({ key }) => key);
}

function filesOf(
  store: ObjectStore,
  keys: readonly string[],
  entries: readonly (Uint8Array | undefined)[],
): ReadonlySet<string> {
  const committed = new Set<string>();
  keys.forEach((key, i) => {
    const [version, ...lines] = new TextDecoder().decode(entries[i]).split('\n');
    if (version !== 'v1') throw damaged(store, key, 'a version line v1', version ?? '');
    for (const line of lines) {
      if (line === '') continue;
      const { path, action } = parseLine(line, store, key);
      const file = relativePath(path, store.description);
      if (action === 'delete') committed.delete(file);
      else committed.add(file);
    }
  });
  return committed;
}

function parseLine(line: string, store: ObjectStore, key: string): ManifestLine {
  try {
    const value = JSON.parse(line) as Partial<ManifestLine> | null;
    if (typeof value?.path === 'string') return { path: value.path, action: value.action ?? 'add' };
  } catch {
    // Reported below.
  }
  throw damaged(store, key, 'a JSON object with a path', line.slice(0, 80));
}

function damaged(store: ObjectStore, key: string, expected: string, found: string): MillraceError {
  return new MillraceError('CHECKPOINT_CORRUPT', { name: key, location: store.description, expected, found });
}

/** The path below the root, whatever URI form it has. A folder that was moved is recognised by the last part of its old place. */
function relativePath(path: string, root: string): string {
  if (!/^[a-z][a-z0-9+.-]*:|^\//i.test(path)) return path;
  const plain = decodeURIComponent(path)
    .replace(/^file:(\/\/)?/i, '')
    .replace(/^s3[an]:/i, 's3:');
  const place = root.replace(/^file:/, '');
  if (plain.startsWith(`${place}/`)) return plain.slice(place.length + 1);
  const name = `/${place.slice(place.lastIndexOf('/') + 1)}/`;
  const at = plain.lastIndexOf(name);
  return at < 0 ? plain.slice(plain.lastIndexOf('/') + 1) : plain.slice(at + name.length);
}
