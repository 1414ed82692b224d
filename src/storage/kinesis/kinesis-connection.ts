/**
 * Where a Kinesis is and who asks, read from the options that source and sink share: region, endpoint, credentials, role. Names are those
 * of AWS's Spark connector, with or without the prefix `kinesis.`, in any letter case.
 */
import { MillraceError } from '../../errors/millrace-error.ts';
import { invalidOption, optionOneOf, optionText, type Options } from '../../types/options.ts';

export interface KinesisCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** A role to take on, maybe of another account. */
export interface KinesisRole {
  readonly arn: string;
  readonly sessionName: string;
  readonly externalId: string | undefined;
  /** Undefined: the STS of the region. */
  readonly endpointUrl: string | undefined;
}

export interface KinesisConnection {
  readonly region: string;
  /** Undefined: AWS's endpoint of the region. */
  readonly endpointUrl: string | undefined;
  /** Undefined: a module's, or the SDK's default chain (environment, profile, instance role). */
  readonly credentials: KinesisCredentials | undefined;
  /** A module whose default export is a function that resolves to credentials. */
  readonly credentialsModule: { readonly path: string; readonly parameter: string | undefined } | undefined;
  readonly role: KinesisRole | undefined;
  /** HTTP/2 to AWS, HTTP/1.1 to endpoints that are not encrypted, unless told otherwise. */
  readonly httpVersion: '1.1' | '2';
}

/** Names of the options read here. */
export const CONNECTION_OPTION_NAMES = [
  'awsAccessKeyId',
  'awsSecretKey',
  'credentialProviderClass',
  'credentialProviderParam',
  'endpointUrl',
  'httpVersion',
  'kinesisRegion',
  'region',
  'sessionToken',
  'stsEndpointUrl',
  'stsExternalId',
  'stsRoleArn',
  'stsSessionName',
] as const;

/** The printable address of a connection: no credentials. */
export function endpointOf({ endpointUrl, region }: KinesisConnection): string {
  return endpointUrl ?? `https://kinesis.${region}.amazonaws.com`;
}

/** Options under their bare names; `kinesis.streamName` wins over `streamName`. */
export function withoutKinesisPrefix(raw: Options): Options {
  const options = new Map<string, string>();
  for (const [name, value] of raw) if (!name.startsWith('kinesis.')) options.set(name, value);
  for (const [name, value] of raw) if (name.startsWith('kinesis.')) options.set(name.slice('kinesis.'.length), value);
  return options;
}

/** Reads the options, given by bare name; `arnRegion` is the region of a stream named by ARN. */
export function readKinesisConnection(
  format: string,
  options: Options,
  arnRegion: string | undefined,
): KinesisConnection {
  const endpointUrl = urlOption(format, options, 'endpointUrl', 'https://kinesis.eu-west-1.amazonaws.com');
  const region =
    optionText(options, 'region') ??
    optionText(options, 'kinesisRegion') ??
    arnRegion ??
    regionOf(endpointUrl) ??
    process.env['AWS_REGION'];
  if (region === undefined) throw new MillraceError('MISSING_OPTION', { option: 'region', format });
  const module = optionText(options, 'credentialProviderClass');
  const credentials = readCredentials(format, options, endpointUrl, module !== undefined);
  const isPlain = endpointUrl?.startsWith('http://') === true;
  return {
    region,
    endpointUrl,
    credentials,
    credentialsModule:
      module === undefined ? undefined : { path: module, parameter: optionText(options, 'credentialProviderParam') },
    role: readRole(format, options),
    httpVersion: optionOneOf(format, options, 'httpVersion', ['1.1', '2'] as const) ?? (isPlain ? '1.1' : '2'),
  };
}

function readRole(format: string, options: Options): KinesisRole | undefined {
  const arn = optionText(options, 'stsRoleArn');
  const endpointUrl = urlOption(format, options, 'stsEndpointUrl', 'https://sts.eu-west-1.amazonaws.com');
  if (arn === undefined) return undefined;
  if (!/^arn:aws[\w-]*:iam::\d{12}:role\/.+$/.test(arn))
    throw invalidOption(format, 'stsRoleArn', arn, 'the ARN of a role, as arn:aws:iam::123456789012:role/reader');
  const sessionName = optionText(options, 'stsSessionName') ?? 'millrace';
  return { arn, sessionName, externalId: optionText(options, 'stsExternalId'), endpointUrl };
}

function urlOption(format: string, options: Options, name: string, example: string): string | undefined {
  const url = optionText(options, name);
  if (url !== undefined && !URL.canParse(url)) throw invalidOption(format, name, url, `a URL such as ${example}`);
  return url;
}

/** `https://kinesis.eu-west-1.amazonaws.com` → `eu-west-1`; any region will do for an emulator on this machine. */
function regionOf(endpointUrl: string | undefined): string | undefined {
  if (endpointUrl === undefined) return undefined;
  const { hostname } = new URL(endpointUrl);
  const region = /(?:^|\.)kinesis(?:-fips)?\.([a-z0-9-]+)\.amazonaws\./.exec(hostname)?.[1];
  return region ?? (isLocal(hostname) ? 'us-east-1' : undefined);
}

function isLocal(hostname: string): boolean {
  return hostname === 'localhost' || hostname.startsWith('127.') || hostname === '[::1]';
}

function readCredentials(
  format: string,
  options: Options,
  endpointUrl: string | undefined,
  hasModule: boolean,
): KinesisCredentials | undefined {
  const accessKeyId = optionText(options, 'awsAccessKeyId');
  const secretAccessKey = optionText(options, 'awsSecretKey');
  const sessionToken = optionText(options, 'sessionToken');
  if (accessKeyId !== undefined && secretAccessKey !== undefined)
    return { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) };
  if (accessKeyId !== undefined || secretAccessKey !== undefined) {
    const missing = accessKeyId === undefined ? 'awsAccessKeyId' : 'awsSecretKey';
    throw new MillraceError('MISSING_OPTION', { option: missing, format });
  }
  // Emulators want some credentials but check none.
  const isEmulator = endpointUrl?.startsWith('http://') === true && process.env['AWS_ACCESS_KEY_ID'] === undefined;
  return isEmulator && !hasModule ? { accessKeyId: 'test', secretAccessKey: 'test' } : undefined;
}
