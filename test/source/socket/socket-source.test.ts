/** The socket source against a server of the test's own. */
import type { AddressInfo, Socket } from 'node:net';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { DataFrame } from '../../../src/index.ts';
import { createTestSession } from '../../../src/testing/index.ts';

const session = createTestSession();
const sockets = new Set<Socket>();
const server = createServer((socket) => void sockets.add(socket));
let port: number;
let connected: Promise<Socket>;
let folder: string;

beforeEach(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
  connected = new Promise((resolve) => server.once('connection', resolve));
  folder = mkdtempSync(path.join(tmpdir(), 'millrace-socket-'));
});

afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  sockets.clear();
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true, force: true });
});

const lines = (options: Record<string, string> = {}): DataFrame =>
  session.readStream
    .format('socket')
    .options({ host: '127.0.0.1', port: String(port), ...options })
    .load();

/** Starts a query that collects values; `has` resolves when so many have come. */
async function collect(frame: DataFrame, checkpoint = folder) {
  const values: unknown[] = [];
  let changed = (): void => {};
  const query = await frame.writeStream
    .option('checkpointLocation', checkpoint)
    .foreachBatch(async (batch) => {
      for (const row of await batch.collect()) values.push(row['value']);
      changed();
    })
    .start();
  const has = async (count: number): Promise<unknown[]> => {
    while (values.length < count) await new Promise<void>((resolve) => (changed = resolve));
    return values;
  };
  return { query, has };
}

test('lines become rows, whatever the pieces they come in', async () => {
  const { query, has } = await collect(lines());
  const socket = await connected;
  const bytes = Buffer.from('ein\r\nzwölf\n\nlast');
  socket.write(bytes.subarray(0, 8));
  await new Promise((resolve) => setImmediate(resolve));
  socket.write(bytes.subarray(8));
  expect(await has(3)).toEqual(['ein', 'zwölf', '']);
  await query.stop();
});

test('includeTimestamp adds the time of arrival', async () => {
  expect(lines({ includeTimestamp: 'true' }).schema.fields.map(({ name, dataType }) => [name, dataType.kind])).toEqual([
    ['value', 'string'],
    ['timestamp', 'timestamp'],
  ]);
});

test('after a restart the query goes on with the lines that come then', async () => {
  const first = await collect(lines());
  (await connected).write('a\nb\n');
  await first.has(2);
  await first.query.processAllAvailable();
  await first.query.stop();
  const again = new Promise<Socket>((resolve) => server.once('connection', resolve));
  const second = await collect(lines());
  (await again).write('c\n');
  expect(await second.has(1)).toEqual(['c']);
  await second.query.stop();
});

test('a server that cannot be reached and missing options are errors at once', async () => {
  await new Promise((resolve) => server.close(resolve));
  await expect(collect(lines())).rejects.toMatchObject({ condition: 'STREAM_PRODUCER_FAILED' });
  expect(() => session.readStream.format('socket').option('port', port).load()).toThrow(
    expect.objectContaining({ condition: '_LEGACY_ERROR_TEMP_1295' }),
  );
  expect(() => session.readStream.format('socket').option('host', 'a').load()).toThrow(
    expect.objectContaining({ condition: '_LEGACY_ERROR_TEMP_1296' }),
  );
  expect(() => session.read.format('socket').option('host', 'a').option('port', 1).load()).not.toThrow();
  await expect(
    session.read.format('socket').option('host', 'a').option('port', 1).load().collect(),
  ).rejects.toMatchObject({
    condition: 'UNSUPPORTED_FEATURE',
  });
});
