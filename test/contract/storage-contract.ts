/** What every object store must do, as one list of tests. A store brings a function that opens it over a fresh, empty place. */
import { Buffer } from 'node:buffer';
import { expect, test } from 'vitest';
import type { ObjectEntry, ObjectStore } from '../../src/storage/object-store.ts';

const text = (value: string): Uint8Array => new TextEncoder().encode(value);

async function keysOf(store: ObjectStore, prefix = ''): Promise<string[]> {
  return (await entriesOf(store, prefix)).map((entry) => entry.key);
}

async function entriesOf(store: ObjectStore, prefix = ''): Promise<ObjectEntry[]> {
  const entries: ObjectEntry[] = [];
  for await (const entry of store.list(prefix)) entries.push(entry);
  return entries;
}

async function blocksOf(store: ObjectStore, key: string, blockBytes: number): Promise<Uint8Array[]> {
  const blocks: Uint8Array[] = [];
  for await (const block of store.readBlocks(key, blockBytes)) blocks.push(block.slice());
  return blocks;
}

/** Registers the tests of the contract for one store. */
export function testStorageContract(name: string, open: () => Promise<ObjectStore>): void {
  async function withStore(run: (store: ObjectStore) => Promise<void>): Promise<void> {
    const store = await open();
    try {
      await run(store);
    } finally {
      await store.close();
    }
  }

  test(`${name}: an empty place has no entries and no content`, () =>
    withStore(async (store) => {
      expect(await keysOf(store)).toEqual([]);
      expect(await store.read('a')).toBeUndefined();
      expect(await store.read('a/b')).toBeUndefined();
    }));

  test(`${name}: written content is read back whole and in blocks`, () =>
    withStore(async (store) => {
      const content = Uint8Array.from({ length: 300_000 }, (_, i) => (i * 7) & 255);
      await store.write('x/y/z.bin', content);
      const found = await store.read('x/y/z.bin');
      expect(Buffer.compare(found ?? new Uint8Array(), content)).toBe(0);
      const blocks = await blocksOf(store, 'x/y/z.bin', 65_536);
      expect(Buffer.compare(Buffer.concat(blocks), content)).toBe(0);
      expect(blocks.every((block) => block.length <= 65_536)).toBe(true);
    }));

  test(`${name}: a part of the content is read by place, what lies behind its end is left out`, () =>
    withStore(async (store) => {
      await store.write('r', text('0123456789'));
      const parts = await Promise.all([
        store.readRange('r', 2, 5),
        store.readRange('r', 8, 20),
        store.readRange('r', 0, 0),
      ]);
      expect(parts.map((part) => new TextDecoder().decode(part))).toEqual(['234', '89', '']);
      await expect(store.readRange('absent', 0, 4)).rejects.toMatchObject({ condition: 'PATH_NOT_FOUND' });
    }));

  test(`${name}: writing again replaces the content and its version`, () =>
    withStore(async (store) => {
      await store.write('k', text('one'));
      const [before] = await entriesOf(store);
      await store.write('k', text('three'));
      const [after] = await entriesOf(store);
      expect(new TextDecoder().decode(await store.read('k'))).toBe('three');
      expect(after).toMatchObject({ key: 'k', sizeBytes: 5 });
      expect(after?.version).not.toBe(before?.version);
      expect(Math.abs((after?.modifiedMs ?? 0) - Date.now())).toBeLessThan(600_000);
    }));

  test(`${name}: an exclusive write keeps what is there`, () =>
    withStore(async (store) => {
      expect(await store.writeIfAbsent('commit/1', text('first'))).toBe(true);
      expect(await store.writeIfAbsent('commit/1', text('second'))).toBe(false);
      expect(new TextDecoder().decode(await store.read('commit/1'))).toBe('first');
    }));

  test(`${name}: of many exclusive writers one wins`, () =>
    withStore(async (store) => {
      const wins = await Promise.all(
        Array.from({ length: 8 }, (_, i) => store.writeIfAbsent('race', text(`writer ${i}`))),
      );
      expect(wins.filter(Boolean)).toHaveLength(1);
      expect(new TextDecoder().decode(await store.read('race'))).toBe(`writer ${wins.indexOf(true)}`);
    }));

  test(`${name}: entries are listed by prefix in key order`, () =>
    withStore(async (store) => {
      const keys = ['a-b', 'a/b', 'a/c/d', 'a.txt', 'b/1', 'b/10', 'b/2', 'é'];
      for (const key of keys) await store.write(key, text(key));
      expect(await keysOf(store)).toEqual(keys.toSorted());
      expect(await keysOf(store, 'a/')).toEqual(['a/b', 'a/c/d']);
      expect(await keysOf(store, 'a')).toEqual(['a-b', 'a.txt', 'a/b', 'a/c/d']);
      expect(await keysOf(store, 'b/1')).toEqual(['b/1', 'b/10']);
      expect(await keysOf(store, 'none/')).toEqual([]);
    }));

  test(`${name}: keys are deleted, absent ones without error`, () =>
    withStore(async (store) => {
      await store.write('d/1', text('1'));
      await store.write('d/2', text('2'));
      await store.delete(['d/1', 'd/none']);
      expect(await keysOf(store)).toEqual(['d/2']);
      expect(await store.read('d/1')).toBeUndefined();
    }));

  test(`${name}: empty content and odd names are kept`, () =>
    withStore(async (store) => {
      const keys = ['empty', 'with space', 'day=2026-01-01/part 1+2.json', 'pct%41', 'q?x#y&z'];
      for (const key of keys) await store.write(key, new Uint8Array(0));
      expect(await keysOf(store)).toEqual(keys.toSorted());
      for (const key of keys) expect(await store.read(key)).toHaveLength(0);
      expect(await blocksOf(store, 'empty', 10)).toEqual([]);
    }));

  test(`${name}: blocks of an absent key are an error that names it`, () =>
    withStore(async (store) => {
      await expect(blocksOf(store, 'no/such', 10)).rejects.toMatchObject({ condition: 'PATH_NOT_FOUND' });
      await expect(blocksOf(store, 'no/such', 10)).rejects.toThrow(/no\/such/);
    }));

  test.each(['../up', 'a/../b', './a', '/abs', 'a//b', '', 'a/', 'a\0b'])(`${name}: the key %j is refused`, (key) =>
    withStore(async (store) => {
      await expect(store.write(key, text('x'))).rejects.toMatchObject({ condition: 'STORAGE_IO' });
      await expect(store.read(key)).rejects.toMatchObject({ condition: 'STORAGE_IO' });
    }),
  );
}
