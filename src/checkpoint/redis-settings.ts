/**
 * Asks a Redis whether it can be trusted with a checkpoint: never with eviction on, with a warning when acknowledged writes can be lost.
 * Managed services often block CONFIG; INFO answers there.
 */
import { MillraceError } from '../errors/millrace-error.ts';
import type { RedisConnection, RedisReply } from '../storage/redis.ts';

/** What was found. */
export interface RedisSettings {
  readonly warnings: readonly string[];
  /** WAITAOF is there (7.2) and needed, since not every write is synced by itself. */
  readonly waitsForSync: boolean;
}

/** Checks a server; REDIS_MAY_EVICT when it may drop keys. */
export async function checkRedisSettings(connection: RedisConnection): Promise<RedisSettings> {
  const memory = await information(connection, 'memory');
  const policy = (await configured(connection, 'maxmemory-policy')) ?? memory.get('maxmemory_policy');
  const warnings: string[] = [];
  const { address } = connection;
  if (policy === undefined)
    warnings.push(`${address.printable} does not tell its maxmemory-policy; it must be noeviction.`);
  else if (policy !== 'noeviction')
    throw new MillraceError('REDIS_MAY_EVICT', { address: `${address.host}:${address.port}`, policy });
  const server = await information(connection, 'server');
  const persistence = await information(connection, 'persistence');
  const appendOnly =
    (await configured(connection, 'appendonly')) ?? (persistence.get('aof_enabled') === '1' ? 'yes' : 'no');
  const appendSync = (await configured(connection, 'appendfsync')) ?? 'unknown';
  if (appendOnly === 'yes' && appendSync === 'always') return { warnings, waitsForSync: false };
  const waitsForSync = appendOnly === 'yes' && hasWaitAof(server.get('redis_version'));
  if (!waitsForSync)
    warnings.push(
      `${address.printable} has appendonly ${appendOnly}, appendfsync ${appendSync}: after a crash of Redis acknowledged batches can be lost. Use appendonly yes and appendfsync always.`,
    );
  return { warnings, waitsForSync };
}

function hasWaitAof(version: string | undefined): boolean {
  const [major = 0, minor = 0] = (version ?? '').split('.').map(Number);
  return major > 7 || (major === 7 && minor >= 2);
}

/** A setting, undefined when the server does not tell it. */
async function configured(connection: RedisConnection, name: string): Promise<string | undefined> {
  const reply = await unlessRefused(connection.command('CONFIG', 'GET', name));
  return Array.isArray(reply) && reply.length === 2 ? String(reply[1]) : undefined;
}

async function information(connection: RedisConnection, section: string): Promise<ReadonlyMap<string, string>> {
  const reply = await unlessRefused(connection.command('INFO', section));
  const lines = String(reply ?? '').split('\r\n');
  return new Map(
    lines
      .filter((line) => line.includes(':'))
      .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]),
  );
}

async function unlessRefused(reply: Promise<RedisReply>): Promise<RedisReply | undefined> {
  try {
    return await reply;
  } catch (error) {
    if (
      error instanceof MillraceError &&
      error.condition === 'EXTERNAL_SYSTEM_REFUSED' &&
      !/NOAUTH|WRONGPASS/.test(error.message)
    )
      return undefined;
    throw error;
  }
}
