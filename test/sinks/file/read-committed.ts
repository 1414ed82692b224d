/** Reads what a file sink has committed, without the sink's code: the manifest as Spark's documents describe it, then the files. */
import { gunzipSync } from 'node:zlib';
import type { ObjectStore } from '../../../src/storage/object-store.ts';

/** The keys of committed files, in the order of their commits. */
export async function committedKeys(store: ObjectStore, root: string): Promise<string[]> {
  const ids: { id: number; key: string }[] = [];
  for await (const { key } of store.list('_spark_metadata/')) {
    const id = /^_spark_metadata\/(\d+)(\.compact)?$/.exec(key)?.[1];
    if (id !== undefined) ids.push({ id: Number(id), key });
  }
  ids.sort((a, b) => a.id - b.id);
  const start = Math.max(
    0,
    ids.findLastIndex(({ key }) => key.endsWith('.compact')),
  );
  const keys: string[] = [];
  for (const { key } of ids.slice(start)) {
    const [version, ...lines] = new TextDecoder().decode(await store.read(key)).split('\n');
    if (version !== 'v1') throw new Error(`bad version in ${key}`);
    for (const line of lines) {
      const uri = decodeURIComponent((JSON.parse(line) as { path: string }).path);
      if (!uri.startsWith(`${root}/`)) throw new Error(`${uri} is not below ${root}`);
      keys.push(uri.slice(root.length + 1));
    }
  }
  return keys;
}

/** The lines of all committed files. */
export async function committedLines(store: ObjectStore, root: string): Promise<string[]> {
  const lines: string[] = [];
  for (const key of await committedKeys(store, root)) {
    const bytes = (await store.read(key)) ?? new Uint8Array();
    const text = new TextDecoder().decode(key.endsWith('.gz') ? gunzipSync(bytes) : bytes);
    lines.push(...text.split('\n').filter((line) => line !== ''));
  }
  return lines;
}

/** Rows of JSON files as the sink contract wants them. */
export function idNameOf(line: string): string {
  const { id, name } = JSON.parse(line) as { id: number; name?: string };
  return `${id}:${name ?? null}`;
}
