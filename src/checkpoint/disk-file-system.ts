/**
 * The real file system for disk checkpoints: each call is one operation of the operating system, or two. No policy here.
 *
 * What only changes names, or reads or writes a few KB, is called directly, because the way to another thread and back takes longer than the work;
 * what waits for the disk (sync) or moves much data is not, so that it holds up nothing else.
 */
import type { CheckpointFile, CheckpointFileSystem } from './checkpoint-file-system.ts';
import {
  closeSync,
  fsync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  unlinkSync,
  write,
  writeSync,
} from 'node:fs';
import { readFile } from 'node:fs/promises';

/** The local disk. */
export const diskFileSystem: CheckpointFileSystem = {
  async createFile(path: string): Promise<CheckpointFile> {
    const descriptor = openSync(path, 'wx', 0o644);
    return {
      write: (bytes) => writeAll(descriptor, bytes),
      sync: () => sync(descriptor),
      close: async () => closeSync(descriptor),
    };
  },
  readFile: async (path) => (statSync(path).size <= MAX_DIRECT_BYTES ? readFileSync(path) : readFile(path)),
  link: async (existing, added) => linkSync(existing, added),
  rename: async (from, to) => renameSync(from, to),
  unlink: async (path) => unlinkSync(path),
  async readDirectory(path) {
    const entries = readdirSync(path, { withFileTypes: true });
    return entries.map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name));
  },
  makeDirectory: async (path) => mkdirSync(path),
  async syncDirectory(path) {
    const descriptor = openSync(path, 'r');
    try {
      await sync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  },
};

const MAX_DIRECT_BYTES = 65_536;

async function writeAll(descriptor: number, bytes: Uint8Array): Promise<void> {
  for (let from = 0; from < bytes.length;) {
    const length = bytes.length - from;
    from +=
      length <= MAX_DIRECT_BYTES
        ? writeSync(descriptor, bytes, from, length)
        : await writeSome(descriptor, bytes, from);
  }
}

function writeSome(descriptor: number, bytes: Uint8Array, from: number): Promise<number> {
  return new Promise((resolve, reject) => {
    write(descriptor, bytes, from, bytes.length - from, null, (error, numWritten) =>
      error === null ? resolve(numWritten) : reject(error),
    );
  });
}

function sync(descriptor: number): Promise<void> {
  return new Promise((resolve, reject) => {
    fsync(descriptor, (error) => (error === null ? resolve() : reject(error)));
  });
}
