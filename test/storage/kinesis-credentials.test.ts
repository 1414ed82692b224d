/** Who asks Kinesis: roles through STS (a real HTTP server in its place), modules, and what errors say. */
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { signedHeaders } from '../../src/storage/kinesis/assume-role.ts';
import { boundedCall, loadKinesisClient } from '../../src/storage/kinesis/kinesis-client.ts';
import { readKinesisConnection } from '../../src/storage/kinesis/kinesis-connection.ts';

interface StsCall {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

const calls: StsCall[] = [];
let status = 200;
const folder = mkdtempSync(path.join(tmpdir(), 'millrace-credentials-'));
const server = createServer((request, response) => {
  let body = '';
  request.on('data', (bytes: Buffer) => (body += bytes.toString()));
  request.on('end', () => {
    calls.push({ headers: request.headers, body });
    response.writeHead(status);
    response.end(
      status === 200
        ? '<AssumeRoleResponse><Credentials><AccessKeyId>ROLE</AccessKeyId><SecretAccessKey>secret</SecretAccessKey><SessionToken>token</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResponse>'
        : '<ErrorResponse><Error><Message>no such role</Message></Error></ErrorResponse>',
    );
  });
});
let sts = '';
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  sts = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

const nowMs = (): number => Date.UTC(2026, 0, 31, 8);

async function credentialsOf(options: Readonly<Record<string, string>>): Promise<unknown> {
  const all = { region: 'eu-west-1', ...options };
  const lower = Object.entries(all).map(([name, value]) => [name.toLowerCase(), value] as const);
  const connection = readKinesisConnection('kinesis', new Map(lower), undefined);
  const { client } = await loadKinesisClient(connection, 'A test', nowMs);
  return await client.config.credentials();
}

const ROLE = { stsRoleArn: 'arn:aws:iam::123456789012:role/reader', awsAccessKeyId: 'OWN', awsSecretKey: 'own' };

test('a role is taken on with the credentials at hand, signed for STS', async () => {
  const options = { ...ROLE, stsEndpointUrl: sts, stsSessionName: 'me', stsExternalId: 'x' };
  expect(await credentialsOf(options)).toMatchObject({
    accessKeyId: 'ROLE',
    secretAccessKey: 'secret',
    sessionToken: 'token',
    expiration: new Date('2099-01-01T00:00:00Z'),
  });
  const [{ headers, body } = { headers: {}, body: '' }] = calls;
  expect(Object.fromEntries(new URLSearchParams(body))).toEqual({
    Action: 'AssumeRole',
    Version: '2011-06-15',
    RoleArn: ROLE.stsRoleArn,
    RoleSessionName: 'me',
    ExternalId: 'x',
  });
  expect(headers.authorization).toMatch(
    /^AWS4-HMAC-SHA256 Credential=OWN\/20260131\/eu-west-1\/sts\/aws4_request, SignedHeaders=content-type;host;x-amz-date, Signature=[0-9a-f]{64}$/,
  );
});

test('the signature is the one of an independent calculation', () => {
  const headers = signedHeaders({
    url: new URL('https://sts.amazonaws.com'),
    body: 'Action=GetCallerIdentity&Version=2011-06-15',
    region: 'us-east-1',
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' },
    nowMs: Date.UTC(2015, 7, 30, 12, 36),
  });
  expect(headers['x-amz-date']).toBe('20150830T123600Z');
  expect(headers['authorization']).toContain(
    'Signature=ae746e79801deb5f6702bc507e0f82a0cf4e25bae7683c99c2e186f2899785cd',
  );
});

test('a role that is refused, and an STS that is not there, are errors that name it', async () => {
  status = 403;
  await expect(credentialsOf({ ...ROLE, stsEndpointUrl: sts })).rejects.toMatchObject({
    condition: 'EXTERNAL_SYSTEM_REFUSED',
    parameters: { action: expect.stringContaining('role/reader'), reason: 'no such role' },
  });
  status = 200;
  await expect(credentialsOf({ ...ROLE, stsEndpointUrl: 'http://127.0.0.1:9' })).rejects.toMatchObject({
    condition: 'EXTERNAL_SYSTEM_UNAVAILABLE',
  });
});

test('a module gives credentials; one that is not there or gives none is an error', async () => {
  const file = path.join(folder, 'credentials.mjs');
  writeFileSync(file, "export default async (name) => ({ accessKeyId: name, secretAccessKey: 's' });");
  const options = { credentialProviderClass: file, credentialProviderParam: 'FROM-MODULE' };
  expect(await credentialsOf(options)).toMatchObject({ accessKeyId: 'FROM-MODULE' });
  writeFileSync(path.join(folder, 'empty.mjs'), 'export const nothing = 1;');
  await expect(credentialsOf({ credentialProviderClass: path.join(folder, 'empty.mjs') })).rejects.toMatchObject({
    condition: 'INVALID_OPTION',
  });
  await expect(credentialsOf({ credentialProviderClass: path.join(folder, 'none.mjs') })).rejects.toMatchObject({
    condition: 'MISSING_DRIVER',
  });
});

test('a call that hangs is given up at the deadline', async () => {
  const sleep = async (): Promise<void> => undefined;
  await expect(boundedCall({ sleep }, () => new Promise(() => undefined))).rejects.toMatchObject({
    failure: 'unreachable',
  });
});
