/**
 * The options that say which Kafka and how to speak to it, under the names of Kafka's own client with Spark's prefix `kafka.`; shared by
 * source and sink. Pure: text in, a description of the connection out. Connects nothing.
 */
import { MillraceError } from '../../errors/millrace-error.ts';
import type { Options } from '../../types/options.ts';
import { invalidOption, optionInt, optionOneOf, optionText, requiredOption } from '../../types/options.ts';

export const KAFKA_FORMAT = 'kafka';

/** Names under which a connection is described; the same for source and sink. */
export const KAFKA_CONNECTION_OPTION_NAMES: readonly string[] = [
  'kafka.bootstrap.servers',
  'kafka.client.id',
  'kafka.security.protocol',
  'kafka.sasl.mechanism',
  'kafka.sasl.jaas.config',
  'kafka.ssl.truststore.type',
  'kafka.ssl.truststore.certificates',
  'kafka.ssl.truststore.location',
  'kafka.ssl.keystore.type',
  'kafka.ssl.keystore.key',
  'kafka.ssl.keystore.certificate.chain',
  'kafka.ssl.keystore.location',
  'kafka.ssl.key.password',
  'kafka.ssl.endpoint.identification.algorithm',
  'kafka.request.timeout.ms',
  'kafka.socket.connection.setup.timeout.ms',
  'kafka.metadata.max.age.ms',
];

/** A certificate or key: as text (PEM), or the file it is in. */
export type PemSource = { readonly text: string } | { readonly file: string };

export interface KafkaTls {
  /** Certificates of the authorities to trust; the system's when absent. */
  readonly authorities: PemSource | undefined;
  readonly certificate: PemSource | undefined;
  readonly key: PemSource | undefined;
  readonly passphrase: string | undefined;
  /** False when `ssl.endpoint.identification.algorithm` is empty. */
  readonly checksHostName: boolean;
}

export interface KafkaSasl {
  readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
  readonly username: string;
  readonly password: string;
}

/** Which cluster, and how to reach it. */
export interface KafkaConnection {
  /** `host:port` each. */
  readonly brokers: readonly string[];
  readonly clientId: string;
  readonly tls: KafkaTls | undefined;
  readonly sasl: KafkaSasl | undefined;
  readonly requestTimeoutMs: number;
  readonly connectTimeoutMs: number;
  /** How long what is known of topics and partitions counts as new. */
  readonly metadataMaxAgeMs: number;
}

const PROTOCOLS = ['PLAINTEXT', 'SSL', 'SASL_PLAINTEXT', 'SASL_SSL'] as const;
const MECHANISMS = ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'] as const;

/** Reads the connection from a source's or sink's options; typed errors for what is missing, malformed or not supported. */
export function readKafkaConnection(options: Options): KafkaConnection {
  const protocol = optionOneOf(KAFKA_FORMAT, options, 'kafka.security.protocol', PROTOCOLS) ?? 'PLAINTEXT';
  const int = (name: string): number | undefined => optionInt(KAFKA_FORMAT, options, name, { min: 1 });
  return {
    brokers: readBrokers(options),
    clientId: optionText(options, 'kafka.client.id') ?? 'millrace',
    tls: protocol.endsWith('SSL') ? readTls(options) : undefined,
    sasl: protocol.startsWith('SASL') ? readSasl(options) : undefined,
    requestTimeoutMs: int('kafka.request.timeout.ms') ?? 30_000,
    connectTimeoutMs: int('kafka.socket.connection.setup.timeout.ms') ?? 10_000,
    metadataMaxAgeMs: int('kafka.metadata.max.age.ms') ?? 1000,
  };
}

function readBrokers(options: Options): readonly string[] {
  const name = 'kafka.bootstrap.servers';
  const text = requiredOption(KAFKA_FORMAT, options, name);
  const brokers = text.split(',').map((broker) => broker.trim());
  if (brokers.some((broker) => !/^.+:\d{1,5}$/.test(broker)))
    throw invalidOption(KAFKA_FORMAT, name, text, 'host:port, several of them with commas between');
  return brokers;
}

function readTls(options: Options): KafkaTls {
  for (const store of ['truststore', 'keystore']) checkIsPem(options, `kafka.ssl.${store}.type`, store);
  const keyFile = pem(options, 'location', 'keystore');
  const algorithm = optionText(options, 'kafka.ssl.endpoint.identification.algorithm') ?? 'https';
  return {
    authorities: pem(options, 'certificates', 'truststore') ?? pem(options, 'location', 'truststore'),
    certificate: pem(options, 'certificate.chain', 'keystore') ?? keyFile,
    key: pem(options, 'key', 'keystore') ?? keyFile,
    passphrase: optionText(options, 'kafka.ssl.key.password'),
    checksHostName: algorithm !== '',
  };
}

/** Java's binary stores are nothing Node can read. */
function checkIsPem(options: Options, name: string, store: string): void {
  const hasFile = optionText(options, `kafka.ssl.${store}.location`) !== undefined;
  const type = optionText(options, name) ?? (hasFile ? 'JKS' : 'PEM');
  if (type.toUpperCase() !== 'PEM') throw invalidOption(KAFKA_FORMAT, name, type, 'PEM');
}

function pem(options: Options, part: string, store: string): PemSource | undefined {
  const text = optionText(options, `kafka.ssl.${store}.${part}`);
  if (text === undefined) return undefined;
  return part === 'location' ? { file: text } : { text };
}

function readSasl(options: Options): KafkaSasl {
  const mechanism = optionOneOf(KAFKA_FORMAT, options, 'kafka.sasl.mechanism', MECHANISMS);
  if (mechanism === undefined)
    throw new MillraceError('MISSING_OPTION', { option: 'kafka.sasl.mechanism', format: KAFKA_FORMAT });
  const name = 'kafka.sasl.jaas.config';
  const config = requiredOption(KAFKA_FORMAT, options, name);
  const username = jaasValue(config, 'username');
  const password = jaasValue(config, 'password');
  if (username === undefined || password === undefined)
    throw new MillraceError('INVALID_OPTION', {
      option: name,
      format: KAFKA_FORMAT,
      value: '(redacted)',
      expected: 'org.apache.kafka.common.security.scram.ScramLoginModule required username="…" password="…";',
    });
  return { mechanism: mechanism.toLowerCase() as KafkaSasl['mechanism'], username, password };
}

/** The value of `name="…"`, with `\"` and `\\` in it undone. */
function jaasValue(config: string, name: string): string | undefined {
  const match = new RegExp(String.raw`(?:^|\s)${name}\s*=\s*"((?:[^"\\]|\\.)*)"`).exec(config);
  return match?.[1]?.replaceAll(/\\(.)/g, '$1');
}
