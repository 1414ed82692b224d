/**
 * The real file system for disk checkpoints: each call is one operation of the operating system, or two. No policy here.
 */
import { link, mkdir, open, readdir, readFile, rename, unlink } from 'node:fs/promises';
import type { CheckpointFile, CheckpointFileSystem } from './checkpoint-file-system.ts';

/** The local disk. */
export const diskFileSystem: CheckpointFileSystem = {
  async createFile(path: string): Promise<CheckpointFile> {
    const handle = await open(path, 'wx', 0o644);
    return {
      write: (bytes) => handle.appendFile(bytes),
      sync: () => handle.sync(),
      close: () => handle.close(),
    };
  },
  readFile: (path) => readFile(path),
  link,
  rename,
  unlink,
  async readDirectory(path) {
    const entries = await readdir(path, { withFileTypes: true });
    return entries.map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name));
  },
  async makeDirectory(path) {
    await mkdir(path);
  },
  async syncDirectory(path) {
    const handle = await open(path, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  },
};
