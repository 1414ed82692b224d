/**
 * The one place that loads ioredis. A connection that repeats a command after a lost connection, with back-off: only for callers whose
 * commands may run twice, since after a cut it is unknown whether the first one ran. ioredis' own queues and resends are off.
 */
import type { Redis } from 'ioredis';
import { MillraceError } from '../errors/millrace-error.ts';
import { loadDriver } from './load-driver.ts';
import { type ExternalSystem, systemRefused, systemUnavailable } from './system-failure.ts';

/** What a connection is given. */
export interface RedisEnvironment {
  readonly sleep: (ms: number) => Promise<void>;
  readonly random: () => number;
  /** How often one command is tried before EXTERNAL_SYSTEM_UNAVAILABLE; default 10, about 15 seconds. */
  readonly maxAttempts?: number;
}

/** A reply of Redis: bulk strings as Buffer, arrays as arrays. */
export type RedisReply = Buffer | string | number | null | readonly RedisReply[];
export type RedisArgument = string | number | Buffer;

const CONNECT_TIMEOUT_MS = 5000;
const COMMAND_TIMEOUT_MS = 30_000;
const LONGEST_PAUSE_MS = 3000;
/** Replies that say: not now. */
const PASSING = /^(?:LOADING|BUSY|TRYAGAIN|CLUSTERDOWN|MASTERDOWN|READONLY|UNKILLABLE)\b/;
const NOT_ALLOWED = /^(?:NOAUTH|WRONGPASS|NOPERM)\b|invalid password|DB index is out of range|invalid DB index/i;

/** A URL of a Redis, taken apart. */
export interface RedisAddress {
  readonly host: string;
  readonly port: number;
  readonly db: number;
  readonly isTls: boolean;
  readonly username: string | undefined;
  readonly password: string | undefined;
  /** `redis://host:port/db` without user and password: safe to print. */
  readonly printable: string;
  readonly query: ReadonlyMap<string, string>;
}

/** The option a URL comes from, for the error about it. */
const CHECKPOINT_URL = { option: 'checkpointLocation', expected: 'redis://host:port/db?prefix=name' };

/** Takes `redis://[user:password@]host[:port][/db][?name=value]` (or `rediss://`) apart. */
export function parseRedisUrl(text: string, from: typeof CHECKPOINT_URL = CHECKPOINT_URL): RedisAddress {
  const url = URL.parse(text);
  const db = /^\/?(\d*)$/.exec(url?.pathname ?? '')?.[1];
  if (url === null || !/^rediss?:$/.test(url.protocol) || url.hostname === '' || db === undefined)
    throw new MillraceError('INVALID_OPTION', {
      ...from,
      format: 'redis',
      value: withoutPassword(text),
    });
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const port = url.port === '' ? 6379 : Number(url.port);
  return {
    host,
    port,
    db: db === '' ? 0 : Number(db),
    isTls: url.protocol === 'rediss:',
    username: url.username === '' ? undefined : decodeURIComponent(url.username),
    password: url.password === '' ? undefined : decodeURIComponent(url.password),
    printable: `${url.protocol}//${url.hostname}:${port}/${db === '' ? 0 : db}`,
    query: new Map(url.searchParams),
  };
}

function withoutPassword(text: string): string {
  return text.replace(/\/\/[^/@]*@/, '//');
}

export class RedisConnection {
  readonly address: RedisAddress;
  readonly #environment: RedisEnvironment;
  #client: Redis | undefined;
  #connecting: Promise<Redis> | undefined;
  #numConnects = 0;
  #isClosed = false;

  /** Connects with the first command. */
  constructor(address: RedisAddress, environment: RedisEnvironment) {
    this.address = address;
    this.#environment = environment;
  }

  /** How often it has connected; a change between two commands says that they did not use one session. */
  get numConnects(): number {
    return this.#numConnects;
  }

  /**
   * Sends a command and returns its reply; bulk strings come as Buffer. After a lost connection it is sent again, so it must be safe to
   * run twice. Error replies are EXTERNAL_SYSTEM_REFUSED, with the ReplyError as cause.
   */
  async command(name: string, ...args: readonly RedisArgument[]): Promise<RedisReply> {
    const maxAttempts = this.#environment.maxAttempts ?? 10;
    for (let attempt = 1; ; attempt++) {
      let client: Redis | undefined;
      try {
        client = await this.#connected();
        return (await client.callBuffer(name, [...args])) as RedisReply;
      } catch (error) {
        if (error instanceof MillraceError) throw error;
        const reason = error instanceof Error ? error.message : String(error);
        if (isReply(error) ? !PASSING.test(reason) : NOT_ALLOWED.test(reason))
          throw systemRefused(this.#system, name, error);
        if (!isReply(error)) this.#drop(client);
        if (attempt >= maxAttempts || this.#isClosed) throw systemUnavailable(this.#system, attempt, error);
        await this.#environment.sleep(this.#pauseMs(attempt));
      }
    }
  }

  /** Closes; commands under way fail. */
  close(): Promise<void> {
    this.#isClosed = true;
    this.#drop(this.#client);
    return Promise.resolve();
  }

  #pauseMs(attempt: number): number {
    const longest = Math.min(LONGEST_PAUSE_MS, 50 * 2 ** (attempt - 1));
    return longest / 2 + (longest / 2) * this.#environment.random();
  }

  /** Gives up a client; another command may have replaced it already. */
  #drop(client: Redis | undefined): void {
    client?.disconnect();
    if (this.#client === client) this.#client = undefined;
  }

  /** The client, shared by all commands; those that come while it connects wait for it. */
  #connected(): Promise<Redis> {
    if (this.#client?.status === 'ready') return Promise.resolve(this.#client);
    this.#connecting ??= this.#connect().finally(() => {
      this.#connecting = undefined;
    });
    return this.#connecting;
  }

  async #connect(): Promise<Redis> {
    this.#drop(this.#client);
    const { Redis: Client } = await loadDriver('Redis', 'ioredis', () => import('ioredis'));
    const { host, port, db, username, password, isTls } = this.address;
    const client = new Client({
      host,
      port,
      db,
      ...(username === undefined ? {} : { username }),
      ...(password === undefined ? {} : { password }),
      ...(isTls ? { tls: {} } : {}),
      protocol: 2,
      disableClientInfo: true,
      lazyConnect: true,
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      autoResubscribe: false,
      maxRetriesPerRequest: 0,
      retryStrategy: () => null,
      connectTimeout: CONNECT_TIMEOUT_MS,
      commandTimeout: COMMAND_TIMEOUT_MS,
      enableReadyCheck: true,
    });
    let failure: unknown;
    client.on('error', (error: unknown) => {
      failure = error;
    });
    try {
      await client.connect();
    } catch (error) {
      client.disconnect();
      throw failure instanceof Error ? failure : error;
    }
    if (this.#isClosed) client.disconnect();
    this.#client = client;
    this.#numConnects++;
    return client;
  }

  get #system(): ExternalSystem {
    return { system: 'Redis', address: `${this.address.host}:${this.address.port}` };
  }
}

function isReply(error: unknown): boolean {
  return error instanceof Error && error.name === 'ReplyError';
}
