/** The disk checkpoint: the contract of all stores, its folder, its behaviour on a failing disk, and how locations find their store. */
import { link, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { CheckpointFileSystem } from '../../src/checkpoint/checkpoint-file-system.ts';
import { DiskCheckpoint } from '../../src/checkpoint/disk-checkpoint.ts';
import { diskFileSystem } from '../../src/checkpoint/disk-file-system.ts';
import { openCheckpoint } from '../../src/checkpoint/open-checkpoint.ts';
import { describeCheckpointContract } from '../contract/checkpoint-contract.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const folders: string[] = [];

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'millrace-checkpoint-'));
  folders.push(path);
  return path;
}

function open(path: string, fileSystem: CheckpointFileSystem = diskFileSystem): DiskCheckpoint {
  return new DiskCheckpoint({ folder: path, random: Math.random, fileSystem });
}

afterAll(async () => {
  for (const path of folders) await rm(path, { recursive: true, force: true });
});

describeCheckpointContract('the disk checkpoint', {
  fresh: async () => {
    const path = join(await folder(), 'deep', 'er', 'checkpoint');
    return () => open(path);
  },
});

describe('the folder of a disk checkpoint', () => {
  it('is laid out as Spark lays it out, and its logs can be read by people', async () => {
    const path = await folder();
    const store = open(path);
    await store.acquire();
    await store.create('metadata', bytes('{"id":"a"}'));
    await store.create('offsets/0', bytes('v1\n{}\n-'));
    await store.write('state/0/default/1.1.delta.0', bytes('x'));
    await store.create('commits/0', bytes('v1\n{}'));
    expect((await readdir(path)).toSorted()).toEqual(['commits', 'epochs', 'metadata', 'offsets', 'state']);
    expect(await readdir(join(path, 'offsets'))).toEqual(['0']);
    expect(await readFile(join(path, 'offsets/0'), 'utf8')).toMatch(/^v1\n{}\n-\n#millrace 1 7 [0-9a-f]{8}\n$/);
  });

  it('holds one epoch however often it was acquired', async () => {
    const path = await folder();
    for (let i = 0; i < 5; i++) await open(path).acquire();
    expect(await readdir(join(path, 'epochs'))).toEqual(['5']);
  });

  it('is cleaned of temporary files by the next run', async () => {
    const path = await folder();
    await open(path).acquire();
    await mkdir(join(path, 'offsets'));
    await writeFile(join(path, 'offsets/.tmp-abc'), 'half');
    await writeFile(join(path, '.tmp-12'), 'half');
    await open(path).acquire();
    expect(await readdir(join(path, 'offsets'))).toEqual([]);
    expect(await readdir(path)).not.toContain('.tmp-12');
  });

  it('is refused when it holds something else', async () => {
    const path = await folder();
    await writeFile(join(path, 'report.pdf'), '');
    await expect(open(path).acquire()).rejects.toMatchObject({
      condition: 'CHECKPOINT_FOREIGN',
      message: expect.stringContaining('report.pdf'),
    });
    expect(await readdir(path)).toEqual(['report.pdf']);
  });

  it('is refused when it is a file', async () => {
    const path = join(await folder(), 'file');
    await writeFile(path, 'x');
    await expect(open(path).acquire()).rejects.toMatchObject({ condition: 'CHECKPOINT_FOREIGN' });
  });

  it("is refused when it is Spark's", async () => {
    const path = await folder();
    await writeFile(join(path, 'metadata'), '{"id":"9d8f1f0c-6b1f-4f0e-9a63-0a6c3a9b9f55"}');
    await expect(open(path).acquire()).rejects.toMatchObject({
      condition: 'CHECKPOINT_FOREIGN',
      message: expect.stringContaining('Spark'),
    });
  });

  it('is refused when its metadata is missing while it has logs', async () => {
    const path = await folder();
    const store = open(path);
    await store.acquire();
    await store.create('metadata', bytes('{}'));
    await store.create('offsets/0', bytes('v1'));
    await rm(join(path, 'metadata'));
    await expect(open(path).acquire()).rejects.toMatchObject({
      condition: 'STREAMING_CHECKPOINT_MISSING_METADATA_FILE',
      parameters: { checkpointLocation: `file:${path}` },
    });
  });

  it('that is emptied under a running query is noticed', async () => {
    const path = await folder();
    const store = open(path);
    await store.acquire();
    await rm(path, { recursive: true });
    await expect(store.create('offsets/0', bytes('v1'))).rejects.toMatchObject({ condition: 'CHECKPOINT_CORRUPT' });
  });
});

describe('entries of a disk checkpoint', () => {
  it.each([
    ['cut short', (content: Uint8Array) => content.subarray(0, content.length - 3)],
    ['empty', () => new Uint8Array(0)],
    ['with one bit changed', (content: Uint8Array) => content.map((byte, i) => (i === 5 ? byte ^ 1 : byte))],
    ['with bytes added', (content: Uint8Array) => Uint8Array.of(...content, 10)],
  ])('%s are corrupt, not absent', async (_, damage) => {
    const path = await folder();
    const store = open(path);
    await store.acquire();
    for (const name of ['offsets/0', 'state/0/default/1.1.delta.0']) {
      await store.write(name, bytes('v1\n{"some":"content"}'));
      await writeFile(join(path, name), damage(await readFile(join(path, name))));
      await expect(store.read(name)).rejects.toMatchObject({ condition: 'CHECKPOINT_CORRUPT', parameters: { name } });
    }
  });

  it('that changed places are corrupt', async () => {
    const path = await folder();
    const store = open(path);
    await store.acquire();
    await store.create('offsets/0', bytes('v1\nzero'));
    await link(join(path, 'offsets/0'), join(path, 'offsets/1'));
    await expect(store.read('offsets/1')).rejects.toMatchObject({ condition: 'CHECKPOINT_CORRUPT' });
  });
});

describe('an entry that is prepared', () => {
  it('appears with its create, without being written again', async () => {
    const path = await folder();
    let numFiles = 0;
    const counting = {
      ...diskFileSystem,
      createFile: (file: string) => {
        numFiles += 1;
        return diskFileSystem.createFile(file);
      },
    };
    const store = open(path, counting);
    await store.acquire();
    await store.write('state/0/default/1.1.delta.0', bytes('rows'));
    await store.prepare('commits/0', bytes('v1\n{}'));
    expect(await store.read('commits/0')).toBeUndefined();
    expect(await store.list('commits/')).toEqual([]);
    const numBefore = numFiles;
    await store.create('commits/0', bytes('v1\n{}'));
    expect(numFiles).toBe(numBefore);
    expect(new Uint8Array((await store.read('commits/0')) ?? [])).toEqual(bytes('v1\n{}'));
    expect(await readdir(join(path, 'commits'))).toEqual(['0']);
  });

  it('is written anew when its content has become another', async () => {
    const path = await folder();
    const store = open(path);
    await store.acquire();
    await store.prepare('commits/0', bytes('first'));
    await store.prepare('commits/0', bytes('second'));
    await store.create('commits/0', bytes('third'));
    expect(new Uint8Array((await store.read('commits/0')) ?? [])).toEqual(bytes('third'));
    expect(await readdir(join(path, 'commits'))).toEqual(['0']);
  });

  it('does not appear when another run has taken over meanwhile', async () => {
    const path = await folder();
    const store = open(path);
    await store.acquire();
    await store.prepare('commits/0', bytes('old'));
    const next = open(path);
    await next.acquire();
    await expect(store.create('commits/0', bytes('old'))).rejects.toMatchObject({ condition: 'CHECKPOINT_FENCED' });
    expect(await next.read('commits/0')).toBeUndefined();
  });
});

describe('a failing disk', () => {
  const failing = (code: string, operation: string): Error =>
    Object.assign(new Error(`${code}: ${operation}`), { code });

  /** The real disk, where writes or syncs of files fail with a code while it is set. */
  function faulty(): CheckpointFileSystem & {
    write?: string | undefined;
    sync?: string | undefined;
    numSyncs: number;
  } {
    const disk = {
      ...diskFileSystem,
      numSyncs: 0,
      write: undefined as string | undefined,
      sync: undefined as string | undefined,
      createFile: async (path: string) => {
        const file = await diskFileSystem.createFile(path);
        return {
          ...file,
          write: (content: Uint8Array) =>
            disk.write === undefined ? file.write(content) : Promise.reject(failing(disk.write, 'write')),
          sync: () => {
            disk.numSyncs++;
            return disk.sync === undefined ? file.sync() : Promise.reject(failing(disk.sync, 'fsync'));
          },
        };
      },
    };
    return disk;
  }

  it('that is full says so, and the entry can be created once there is space', async () => {
    const path = await folder();
    const disk = faulty();
    const store = open(path, disk);
    await store.acquire();
    disk.write = 'ENOSPC';
    await expect(store.create('offsets/0', bytes('v1'))).rejects.toMatchObject({
      condition: 'STORAGE_FULL',
      parameters: { name: 'offsets/0', location: `file:${path}` },
    });
    expect(await readdir(join(path, 'offsets'))).toEqual([]);
    disk.write = undefined;
    await store.create('offsets/0', bytes('v1'));
    expect(await readdir(join(path, 'offsets'))).toEqual(['0']);
  });

  it('whose fsync failed once is not trusted again', async () => {
    const disk = faulty();
    const store = open(await folder(), disk);
    await store.acquire();
    disk.sync = 'EIO';
    await expect(store.create('offsets/0', bytes('v1'))).rejects.toMatchObject({ condition: 'STORAGE_IO' });
    const { numSyncs } = disk;
    disk.sync = undefined;
    await expect(store.create('offsets/0', bytes('v1'))).rejects.toMatchObject({
      condition: 'STORAGE_IO',
      parameters: { action: 'fsync' },
    });
    expect(disk.numSyncs).toBe(numSyncs);
    expect(await store.read('offsets/0')).toBeUndefined();
  });

  it('without permission names the place to give access to', async () => {
    const disk = faulty();
    const store = open(await folder(), disk);
    await store.acquire();
    disk.write = 'EACCES';
    await expect(store.create('offsets/0', bytes('v1'))).rejects.toMatchObject({
      condition: 'STORAGE_IO',
      hint: expect.stringContaining('write access'),
    });
  });
});

describe('openCheckpoint', () => {
  const dependencies = { sleep: () => Promise.resolve(), random: Math.random, nowMs: () => 0 };

  it.each([
    ['/data/ckpt', 'file:/data/ckpt'],
    ['file:/data/ckpt', 'file:/data/ckpt'],
    ['file:///data/a%20b', 'file:/data/a b'],
    ['redis://user:secret@10.0.0.1/2?prefix=actions', 'redis://10.0.0.1:6379/2 prefix actions'],
    ['rediss://cache:6380', 'rediss://cache:6380/0 prefix default'],
  ])('finds the store of %s', async (location, printed) => {
    expect((await openCheckpoint(location, dependencies)).location).toBe(printed);
  });

  it.each(['s3://bucket/ckpt', 'redis://:secret@host/notanumber'])(
    'refuses %s without a password in the text',
    async (location) => {
      const failure = await openCheckpoint(location, dependencies).catch((error: unknown) => error as Error);
      expect(failure).toMatchObject({ condition: 'INVALID_OPTION' });
      expect((failure as Error).message).not.toContain('secret');
    },
  );
});
