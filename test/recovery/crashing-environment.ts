/**
 * The real environment with a crash switch between the product and everything it writes to: each file operation of a disk checkpoint, each
 * Redis command, each statement and COMMIT of a database, each write of the file sink. Below are the real file system and servers.
 */
import { resolve } from 'node:path';
import type { ApiEnvironment } from '../../src/api/session-context.ts';
import type { CheckpointFileSystem } from '../../src/checkpoint/checkpoint-file-system.ts';
import type { CheckpointStore } from '../../src/checkpoint/checkpoint-store.ts';
import type { JdbcConnection, TableWriter } from '../../src/storage/jdbc/dialect.ts';
import type { ObjectStore } from '../../src/storage/object-store.ts';
import type { RedisAddress, RedisArgument, RedisEnvironment, RedisReply } from '../../src/storage/redis.ts';
import type { CrashSwitch } from './crash-switch.ts';
import { createEnvironment, systemParts } from '../../src/api/default-environment.ts';
import { DiskCheckpoint } from '../../src/checkpoint/disk-checkpoint.ts';
import { diskFileSystem } from '../../src/checkpoint/disk-file-system.ts';
import { RedisCheckpoint } from '../../src/checkpoint/redis-checkpoint.ts';
import { findFormat } from '../../src/formats/registry.ts';
import { createFileSink } from '../../src/sinks/file/file-sink.ts';
import { createJdbcSink } from '../../src/sinks/jdbc/jdbc-sink.ts';
import { RedisConnection, parseRedisUrl } from '../../src/storage/redis.ts';

export interface CrashPlaces {
  /** The file system under disk checkpoints; the real one when absent. */
  readonly fileSystem?: CheckpointFileSystem;
}

/** An environment in which `crash` decides how far a run gets. */
export function crashingEnvironment(crash: CrashSwitch, { fileSystem }: CrashPlaces = {}): ApiEnvironment {
  const parts = { ...systemParts(), printError: () => undefined };
  const base = createEnvironment(parts);
  const sleep = (ms: number): Promise<void> => parts.clock.sleep(ms);
  return {
    ...base,
    openCheckpoint: (location = '') => {
      const files = crashingFileSystem(fileSystem ?? diskFileSystem, crash);
      const store: CheckpointStore = location.startsWith('redis:')
        ? redisCheckpoint(location, { sleep, random: parts.random }, crash)
        : new DiskCheckpoint({ folder: resolve(location), random: parts.random, fileSystem: files });
      return Promise.resolve(store);
    },
    createSink: (format, context) => {
      const full = { ...context, nowMs: () => parts.clock.nowMs(), sleep, printLine: parts.printLine };
      return format === 'jdbc'
        ? createJdbcSink(full, (connection) => crashingConnection(connection, crash))
        : createFileSink(findFormat(format), full, (store) => crashingStore(store, crash));
    },
  };
}

function redisCheckpoint(location: string, environment: RedisEnvironment, crash: CrashSwitch): RedisCheckpoint {
  const address = parseRedisUrl(location);
  const connection = new CrashingRedisConnection(address, environment, crash);
  return new RedisCheckpoint({ address, name: address.query.get('prefix') ?? '', ...environment, connection });
}

/** Commands that change nothing. */
const READ_COMMANDS = new Set(['GET', 'GETRANGE', 'ZRANGE', 'ZRANGEBYLEX', 'INFO', 'CONFIG']);

class CrashingRedisConnection extends RedisConnection {
  readonly #crash: CrashSwitch;

  constructor(address: RedisAddress, environment: RedisEnvironment, crash: CrashSwitch) {
    super(address, environment);
    this.#crash = crash;
  }

  override async command(name: string, ...args: readonly RedisArgument[]): Promise<RedisReply> {
    const run = (): Promise<RedisReply> => super.command(name, ...args);
    const script = String(args[0]);
    const isRead = READ_COMMANDS.has(name) || (name === 'EVAL' && !/'(SET|HSET|HINCRBY|UNLINK)'/.test(script));
    return isRead ? this.#crash.read(run) : this.#crash.write(`redis ${name}`, run);
  }
}

function crashingFileSystem(files: CheckpointFileSystem, crash: CrashSwitch): CheckpointFileSystem {
  return {
    createFile: (path) =>
      crash.write('create file', async () => {
        const file = await files.createFile(path);
        return {
          write: (bytes) =>
            crash.write(
              'write file',
              () => file.write(bytes),
              () => file.write(bytes.subarray(0, bytes.length >> 1)),
            ),
          sync: () => crash.write('fsync file', () => file.sync()),
          close: () => file.close(),
        };
      }),
    readFile: async (path) => crash.read(() => files.readFile(path)),
    link: (existing, added) => crash.write('link', () => files.link(existing, added)),
    rename: (from, to) => crash.write('rename', () => files.rename(from, to)),
    unlink: (path) => crash.write('unlink', () => files.unlink(path)),
    readDirectory: async (path) => crash.read(() => files.readDirectory(path)),
    makeDirectory: (path) => crash.write('mkdir', () => files.makeDirectory(path)),
    syncDirectory: (path) => crash.write('fsync directory', () => files.syncDirectory(path)),
  };
}

function crashingConnection(connection: JdbcConnection, crash: CrashSwitch): JdbcConnection {
  return {
    execute: (sql, parameters) => crash.write(`sql ${sql.slice(0, 6)}`, () => connection.execute(sql, parameters)),
    query: async (sql, parameters) => crash.read(() => connection.query(sql, parameters)),
    begin: (isolation) => crash.write('sql BEGIN', () => connection.begin(isolation)),
    commit: () => crash.write('sql COMMIT', () => connection.commit()),
    rollback: () => crash.write('sql ROLLBACK', () => connection.rollback()),
    columnsOf: async (path) => crash.read(() => connection.columnsOf(path)),
    keyClause: (keys) => connection.keyClause(keys),
    describe: async (sql) => crash.read(() => connection.describe(sql)),
    rows: (sql, batchRows) => connection.rows(sql, batchRows),
    writerOf: async (table) => crashingWriter(await crash.read(() => connection.writerOf(table)), crash),
    close: () => connection.close(),
  };
}

function crashingWriter(writer: TableWriter, crash: CrashSwitch): TableWriter {
  return {
    insert: (rows) => crash.write('sql rows', () => writer.insert(rows)),
    upsert: (rows) => crash.write('sql rows', () => writer.upsert(rows)),
  };
}

function crashingStore(store: ObjectStore, crash: CrashSwitch): ObjectStore {
  return {
    description: store.description,
    list: (prefix) => crash.read(() => store.list(prefix)),
    read: async (key) => crash.read(() => store.read(key)),
    readBlocks: (key, blockBytes) => crash.read(() => store.readBlocks(key, blockBytes)),
    readRange: async (key, from, to) => crash.read(() => store.readRange(key, from, to)),
    write: (key, bytes) => crash.write(`file ${key}`, () => store.write(key, bytes)),
    writeIfAbsent: (key, bytes) => crash.write(`file ${key}`, () => store.writeIfAbsent(key, bytes)),
    delete: (keys) => crash.write('delete files', () => store.delete(keys)),
    close: () => store.close(),
  };
}
