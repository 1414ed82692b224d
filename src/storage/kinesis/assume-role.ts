/**
 * Takes on a role: STS AssumeRole, signed with the caller's own credentials (AWS Signature Version 4), and asked again before the answer
 * runs out. A client of one call; everything else about credentials stays with the SDK.
 */
import { createHash, createHmac } from 'node:crypto';
import { MillraceError } from '../../errors/millrace-error.ts';
import type { KinesisCredentials, KinesisRole } from './kinesis-connection.ts';

export interface RoleCredentials extends KinesisCredentials {
  /** The SDK asks again before this moment. */
  readonly expiration: Date;
}

const CALL_DEADLINE_MS = 20_000;

/** A credentials provider for the SDK. */
export function assumedRole(
  role: KinesisRole,
  region: string,
  own: () => Promise<KinesisCredentials>,
  nowMs: () => number,
): () => Promise<RoleCredentials> {
  return async () => {
    const url = new URL(role.endpointUrl ?? `https://sts.${region}.amazonaws.com`);
    const body = new URLSearchParams({
      Action: 'AssumeRole',
      Version: '2011-06-15',
      RoleArn: role.arn,
      RoleSessionName: role.sessionName,
      ...(role.externalId === undefined ? {} : { ExternalId: role.externalId }),
    }).toString();
    const headers = signedHeaders({ url, body, region, credentials: await own(), nowMs: nowMs() });
    const text = await post(url, headers, body, role);
    const field = (name: string): string => new RegExp(`<${name}>([^<]*)</${name}>`).exec(text)?.[1] ?? '';
    return {
      accessKeyId: field('AccessKeyId'),
      secretAccessKey: field('SecretAccessKey'),
      sessionToken: field('SessionToken'),
      expiration: new Date(field('Expiration')),
    };
  };
}

async function post(url: URL, headers: Record<string, string>, body: string, role: KinesisRole): Promise<string> {
  let response: Response;
  let text: string;
  try {
    response = await fetch(url, { method: 'POST', headers, body, signal: AbortSignal.timeout(CALL_DEADLINE_MS) });
    text = await response.text();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new MillraceError(
      'EXTERNAL_SYSTEM_UNAVAILABLE',
      { system: 'STS', address: url.host, attempts: '1', reason },
      { cause },
    );
  }
  if (response.ok) return text;
  const reason = /<Message>([^<]*)<\/Message>/.exec(text)?.[1] ?? `status ${response.status}`;
  throw new MillraceError('EXTERNAL_SYSTEM_REFUSED', {
    system: 'STS',
    address: url.host,
    action: `assuming the role ${role.arn}`,
    reason,
  });
}

interface SignedRequest {
  readonly url: URL;
  readonly body: string;
  readonly region: string;
  readonly credentials: KinesisCredentials;
  readonly nowMs: number;
}

/** The headers of a POST to `/`, signed for the service `sts`. */
export function signedHeaders({ url, body, region, credentials, nowMs }: SignedRequest): Record<string, string> {
  const time = new Date(nowMs).toISOString().replaceAll(/[-:]|\.\d{3}/g, '');
  const scope = `${time.slice(0, 8)}/${region}/sts/aws4_request`;
  const { sessionToken } = credentials;
  const headers: Record<string, string> = {
    'content-type': 'application/x-www-form-urlencoded',
    host: url.host,
    'x-amz-date': time,
    ...(sessionToken === undefined ? {} : { 'x-amz-security-token': sessionToken }),
  };
  const names = Object.keys(headers).join(';');
  const canonical = [
    'POST',
    '/',
    '',
    ...Object.entries(headers).map(([name, value]) => `${name}:${value}`),
    '',
    names,
    sha256(body),
  ];
  const toSign = ['AWS4-HMAC-SHA256', time, scope, sha256(canonical.join('\n'))].join('\n');
  let key: Buffer = Buffer.from(`AWS4${credentials.secretAccessKey}`);
  for (const part of scope.split('/')) key = createHmac('sha256', key).update(part).digest();
  const signature = createHmac('sha256', key).update(toSign).digest('hex');
  const { host: _, ...sent } = headers;
  return {
    ...sent,
    authorization: `AWS4-HMAC-SHA256 Credential=${credentials.accessKeyId}/${scope}, SignedHeaders=${names}, Signature=${signature}`,
  };
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
