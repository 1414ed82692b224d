/** examples/sse-to-console.ts against a server of events that knows Last-Event-ID, run twice on one checkpoint. */
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { runExample } from './run-example.ts';

it('counts events, and goes on after the last one it has committed', async () => {
  const events = ['open', 'close', 'open'];
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const last = Number(request.headers['last-event-id'] ?? 0);
    asked.push(String(last));
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const [i, event] of events.entries())
      if (i + 1 > last) response.write(`id: ${i + 1}\nevent: ${event}\ndata: ${i}\n\n`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const folder = await mkdtemp(path.join(tmpdir(), 'millrace-example-'));
  const run = () =>
    runExample('sse-to-console', {
      SSE_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/events`,
      CHECKPOINT: path.join(folder, 'checkpoint'),
    });
  try {
    const first = await run();
    expect(first.stderr).toBe('');
    expect(first.stdout).toBe('{"event":"close","count":1}\n{"event":"open","count":2}\n');
    events.push('open');
    expect((await run()).stdout).toBe('{"event":"open","count":3}\n');
    expect(asked).toContain('3');
  } finally {
    server.closeAllConnections();
    server.close();
    await rm(folder, { recursive: true, force: true });
  }
});
