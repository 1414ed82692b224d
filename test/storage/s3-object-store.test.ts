/** How the S3 object store takes failures: an HTTP server on loopback answers as S3 does when it is busy, refuses or breaks off. */
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { S3ObjectStore } from '../../src/storage/s3-object-store.ts';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

let server: Server;
let answers: Answer[] = [];
let requests: string[] = [];
let waitsMs: number[] = [];

beforeEach(async () => {
  answers = [];
  requests = [];
  waitsMs = [];
  server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url} ${request.headers.range ?? ''}`.trim());
    request.resume();
    request.on('end', () => {
      const answer = answers.shift();
      if (answer === undefined) response.writeHead(500).end();
      else answer(request, response);
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

function openStore(port = (server.address() as AddressInfo).port): S3ObjectStore {
  const options = new Map([
    ['s3.endpointurl', `http://127.0.0.1:${port}`],
    ['s3.accesskeyid', 'key'],
    ['s3.secretaccesskey', 'secret'],
  ]);
  const sleep = async (ms: number): Promise<void> => void waitsMs.push(ms);
  return new S3ObjectStore('s3://bucket/place', options, { sleep, random: () => 0.5 });
}

const fails =
  (status: number, code: string): Answer =>
  (_, response) => {
    response.writeHead(status, { 'content-type': 'application/xml' });
    response.end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>${code} message</Message></Error>`);
  };
const succeeds =
  (body = ''): Answer =>
  (_, response) =>
    response.writeHead(200, { etag: '"v1"', 'content-length': body.length }).end(body);

async function textOf(store: S3ObjectStore, key: string): Promise<string> {
  const parts: string[] = [];
  for await (const block of store.readBlocks(key, 4)) parts.push(new TextDecoder().decode(block));
  return parts.join('');
}

test('throttling and server errors are tried again with growing waits', async () => {
  answers = [fails(503, 'SlowDown'), fails(500, 'InternalError'), fails(429, 'TooManyRequestsException'), succeeds()];
  await openStore().write('a', new Uint8Array(3));
  expect(requests).toHaveLength(4);
  expect(waitsMs).toEqual([150, 300, 600]);
});

test('after the last attempt the error says where and how often', async () => {
  await expect(openStore().read('a')).rejects.toMatchObject({
    condition: 'EXTERNAL_SYSTEM_UNAVAILABLE',
    parameters: { address: 's3://bucket/place', attempts: '6' },
    retry: 'backoff',
  });
});

test('an endpoint nobody listens on is unavailable', async () => {
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  await expect(openStore(port).write('a', new Uint8Array(1))).rejects.toMatchObject({
    condition: 'EXTERNAL_SYSTEM_UNAVAILABLE',
  });
});

test('a refusal is not tried again and shows no secret', async () => {
  answers = [fails(403, 'AccessDenied')];
  const error: unknown = await openStore()
    .write('a', new Uint8Array(1))
    .catch((reason: unknown) => reason);
  expect(error).toMatchObject({ condition: 'EXTERNAL_SYSTEM_REFUSED' });
  expect(String(error)).not.toMatch(/secret/);
  expect(requests).toHaveLength(1);
});

test('a conditional conflict is tried again, a failed condition is the answer', async () => {
  answers = [fails(409, 'ConditionalRequestConflict'), fails(412, 'PreconditionFailed')];
  expect(await openStore().writeIfAbsent('a', new Uint8Array(1))).toBe(false);
});

test('a failed condition after a lost answer is told apart by the content', async () => {
  answers = [fails(500, 'InternalError'), fails(412, 'PreconditionFailed'), succeeds('mine')];
  expect(await openStore().writeIfAbsent('a', new TextEncoder().encode('mine'))).toBe(true);
  answers = [fails(500, 'InternalError'), fails(412, 'PreconditionFailed'), succeeds('other')];
  expect(await openStore().writeIfAbsent('a', new TextEncoder().encode('mine'))).toBe(false);
});

test('a read that breaks off goes on where it stopped', async () => {
  answers = [
    (_, response) => {
      response.writeHead(200, { etag: '"v1"', 'content-length': 8 });
      response.write('abcd', () => response.destroy());
    },
    succeeds('efgh'),
  ];
  expect(await textOf(openStore(), 'a')).toBe('abcdefgh');
  expect(requests[1]).toMatch(/bytes=4-$/);
});

test('an object replaced between two parts of a read is an error', async () => {
  answers = [
    (_, response) => {
      response.writeHead(200, { etag: '"v1"', 'content-length': 8 });
      response.write('abcd', () => response.destroy());
    },
    fails(412, 'PreconditionFailed'),
  ];
  await expect(textOf(openStore(), 'a')).rejects.toMatchObject({ condition: 'STORAGE_IO' });
});

test('keys that could not be deleted are an error', async () => {
  answers = [
    (_, response) =>
      response
        .writeHead(200, { 'content-type': 'application/xml' })
        .end(
          '<DeleteResult><Error><Key>place/a</Key><Code>AccessDenied</Code><Message>no</Message></Error></DeleteResult>',
        ),
  ];
  await expect(openStore().delete(['a'])).rejects.toMatchObject({ condition: 'STORAGE_IO' });
});
