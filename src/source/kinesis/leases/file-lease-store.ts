/**
 * Leases of processes on one machine: a folder with one file per lease and version, `<shard>.<version>.json`. The highest version counts.
 * A version is made by linking a complete file to its name, which has one winner, also when processes are killed in between.
 */
import { link, mkdir, readdir, readFile, unlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Lease, LeaseStore } from './lease-store.ts';

const NAME = /^(.+)\.(\d+)\.json$/;

export class FileLeaseStore implements LeaseStore {
  readonly location: string;
  readonly #writer: string;
  #numWrites = 0;

  /** `writer` must be another one in every process. */
  constructor(folder: string, writer: string) {
    this.location = folder;
    this.#writer = writer;
  }

  async list(): Promise<readonly Lease[]> {
    const versions = await this.#versions();
    const leases = await Promise.all([...versions].map(([shardId, [newest = 0]]) => this.#read(shardId, newest)));
    // A file that has gone was followed by a newer one: look again.
    return leases.every((lease) => lease !== undefined) ? leases : await this.list();
  }

  async write(lease: Lease): Promise<boolean> {
    const { shardId, version } = lease;
    if (((await this.#versions()).get(shardId)?.[0] ?? 0) !== version - 1) return false;
    await mkdir(this.location, { recursive: true });
    const temporary = path.join(this.location, `.${this.#writer}-${this.#numWrites++}`);
    await writeFile(temporary, JSON.stringify(lease), { flush: true });
    try {
      await link(temporary, this.#file(shardId, version));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
      throw error;
    } finally {
      await unlink(temporary);
    }
    const [newest = 0, ...older] = (await this.#versions()).get(shardId) ?? [];
    // Someone was two versions ahead and had removed the one in between: this write never counted.
    if (newest > version) return false;
    for (const old of older) await unlink(this.#file(shardId, old)).catch(() => undefined);
    return true;
  }

  async close(): Promise<void> {}

  /** Versions per shard, newest first. */
  async #versions(): Promise<Map<string, number[]>> {
    const names = await readdir(this.location).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return [];
      throw error;
    });
    const versions = new Map<string, number[]>();
    for (const name of names) {
      const [, shardId, version] = NAME.exec(name) ?? [];
      if (shardId !== undefined) versions.set(shardId, [...(versions.get(shardId) ?? []), Number(version)]);
    }
    for (const list of versions.values()) list.sort((a, b) => b - a);
    return versions;
  }

  async #read(shardId: string, version: number): Promise<Lease | undefined> {
    try {
      return JSON.parse(await readFile(this.#file(shardId, version), 'utf8')) as Lease;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }

  #file(shardId: string, version: number): string {
    return path.join(this.location, `${shardId}.${version}.json`);
  }
}
