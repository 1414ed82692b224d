/** Destinations that are no object stores, against small servers here: HTTP endpoints in Firehose's protocol, OpenSearch's bulk, Redshift's manifest. */
import type { AddressInfo } from 'node:net';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, test } from 'vitest';
import { deliverySinkProvider } from '../../../src/sinks/delivery/delivery-sink.ts';
import { ID_NAME, batchOf, identity, openSink, streamOf } from '../../contract/sink-contract.ts';

interface Received {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly url: string;
  readonly body: string;
}
type Reply = (received: Received, count: number) => { readonly status: number; readonly body?: string };

const root = mkdtempSync(join(tmpdir(), 'millrace-targets-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const closers: (() => void)[] = [];
afterEach(() => closers.splice(0).forEach((close) => close()));
let folderNumber = 0;
const newFolder = (): string => join(root, `out-${folderNumber++}`);

/** A server that keeps what it got. */
async function serve(reply: Reply): Promise<{ readonly url: string; readonly received: Received[] }> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const one = { headers: request.headers, url: request.url ?? '', body: Buffer.concat(parts).toString() };
      received.push(one);
      const { status, body = '' } = reply(one, received.length);
      response.writeHead(status).end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, received };
}

const TWO = batchOf(ID_NAME, [
  [1n, 'a'],
  [2n, 'b'],
]);

/** Delivers two rows; the clock goes on by what is slept. */
async function deliver(options: Readonly<Record<string, string>>): Promise<string> {
  const path = newFolder();
  let nowMs = 1_700_000_000_000;
  const sleep = async (ms: number): Promise<void> => {
    nowMs += ms;
  };
  const request = { schema: ID_NAME, nowMs: () => nowMs, sleep, options: { path, bufferSize: '1 b', ...options } };
  const sink = await openSink(deliverySinkProvider, request);
  await sink.addBatch(identity(0), streamOf(TWO));
  await sink.close();
  return path;
}

function filesOf(folder: string, pattern: RegExp): string[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return names.filter((name) => pattern.test(name)).map((name) => readFileSync(join(folder, name), 'utf8'));
}

const echo: Reply = ({ body }) => ({
  status: 200,
  body: JSON.stringify({ requestId: (JSON.parse(body) as { requestId: string }).requestId }),
});

test('an HTTP endpoint gets the records in the form of Firehose', async () => {
  const { url, received } = await serve(echo);
  await deliver({ destination: 'http', url, accessKey: 'secret', commonAttributes: '{"stage":"test"}' });
  expect(received).toHaveLength(1);
  const { headers, body } = received[0] ?? { headers: {}, body: '{}' };
  const { requestId, records } = JSON.parse(body) as { requestId: string; records: { data: string }[] };
  expect(records.map(({ data }) => Buffer.from(data, 'base64').toString())).toEqual([
    '{"id":1,"name":"a"}\n',
    '{"id":2,"name":"b"}\n',
  ]);
  expect(headers).toMatchObject({
    'x-amz-firehose-protocol-version': '1.0',
    'x-amz-firehose-request-id': requestId,
    'x-amz-firehose-access-key': 'secret',
    'x-amz-firehose-common-attributes': '{"commonAttributes":{"stage":"test"}}',
  });
});

test('an endpoint that is busy, broken or does not answer for the request is asked again with the same id', async () => {
  const { url, received } = await serve((one, count) =>
    count === 1
      ? { status: 429 }
      : count === 2
        ? { status: 503 }
        : count === 3
          ? { status: 200, body: '{}' }
          : echo(one, count),
  );
  const path = await deliver({ destination: 'http', url });
  expect(received).toHaveLength(4);
  expect(new Set(received.map(({ headers }) => headers['x-amz-firehose-request-id'])).size).toBe(1);
  expect(filesOf(path, /^errors.*json$/)).toEqual([]);
});

test.each([
  ['refuses', 400, 1],
  ['is never there again', 503, 5],
])('records an endpoint %s go to the errors with what it said', async (_, status, atLeast) => {
  const { url, received } = await serve(() => ({ status, body: 'go away' }));
  const path = await deliver({ destination: 'http', url, retryDuration: '3' });
  expect(received.length).toBeGreaterThanOrEqual(atLeast);
  const [text = ''] = filesOf(path, /^errors\/http-endpoint-failed\/.*json$/);
  const lines = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(lines).toHaveLength(2);
  expect(lines[0]).toMatchObject({ errorCode: `HttpEndpoint.Status${status}`, errorMessage: 'go away' });
});

test('an endpoint that is not there at all is an error of the records, not of the query', async () => {
  const { url } = await serve(echo);
  closers.splice(0).forEach((close) => close());
  const path = await deliver({ destination: 'http', url, retryDuration: '1' });
  expect(filesOf(path, /^errors\/http-endpoint-failed\/.*json$/)[0]).toContain('HttpEndpoint.ConnectionFailed');
});

test('OpenSearch gets documents by bulk; what it throttles is sent again, what it refuses goes to the errors', async () => {
  const { url, received } = await serve(({ body }) => {
    const lines = body.trim().split('\n');
    const items = lines
      .filter((_, i) => i % 2 === 1)
      .map((text) => {
        if (text.includes('"b"'))
          return { index: { status: 400, error: { type: 'mapper_parsing_exception', reason: 'name' } } };
        return { index: { status: received.length === 1 ? 429 : 201 } };
      });
    return { status: 200, body: JSON.stringify({ errors: true, items }) };
  });
  const path = await deliver({ destination: 'opensearch', url: `${url}/`, index: 'rows', idColumn: 'id' });
  expect(received.map(({ url: target, body }) => [target, body])).toEqual([
    [
      '/_bulk',
      '{"index":{"_index":"rows","_id":"1"}}\n{"id":1,"name":"a"}\n{"index":{"_index":"rows","_id":"2"}}\n{"id":2,"name":"b"}\n',
    ],
    ['/_bulk', '{"index":{"_index":"rows","_id":"1"}}\n{"id":1,"name":"a"}\n'],
  ]);
  const [text = ''] = filesOf(path, /^errors\/opensearch-failed\/.*json$/);
  expect(JSON.parse(text)).toMatchObject({
    errorCode: 'OpenSearch.Status400',
    errorMessage: 'mapper_parsing_exception: name',
  });
});

test('documents without an id column have ids that repeat with the delivery', async () => {
  const { url, received } = await serve(({ body }) => ({
    status: 200,
    body: JSON.stringify({
      items: body
        .trim()
        .split('\n')
        .filter((_, i) => i % 2 === 0)
        .map(() => ({ index: { status: 201 } })),
    }),
  }));
  await deliver({ destination: 'opensearch', url, index: 'rows' });
  await deliver({ destination: 'opensearch', url, index: 'rows' });
  const idsOf = (body: string): string[] => [...body.matchAll(/"_id":"([^"]+)"/g)].map(([, id = '']) => id);
  expect(idsOf(received[0]?.body ?? '')).toHaveLength(2);
  expect(new Set(idsOf(received[0]?.body ?? '')).size).toBe(2);
});

test('Redshift gets a manifest of the objects with their sizes, and the COPY that loads them', async () => {
  const path = await deliver({
    destination: 'redshift',
    redshiftTable: 'events',
    fileFormat: 'csv',
    compression: 'gzip',
    prefix: 'in/',
  });
  const [text = ''] = filesOf(path, /^manifests\/2023\/11\/14\/22\/.*\.manifest$/);
  const { entries } = JSON.parse(text) as {
    entries: { url: string; mandatory: boolean; meta: { content_length: number } }[];
  };
  expect(entries).toHaveLength(1);
  const [{ url, mandatory, meta } = { url: '', mandatory: false, meta: { content_length: 0 } }] = entries;
  expect(mandatory).toBe(true);
  expect(readFileSync(url.replace('file:', '')).length).toBe(meta.content_length);
  expect(filesOf(path, /\.manifest\.sql$/)[0]).toMatch(
    /^COPY events FROM 'file:.*\.manifest' MANIFEST FORMAT AS CSV GZIP;\n$/,
  );
});
