/** Reads JDBC URLs: which product, where. The only place that sees user names and passwords in a URL; its texts never print them. */
import type { JdbcDialect, JdbcTarget } from './dialect.ts';
import { MillraceError } from '../../errors/millrace-error.ts';
import { invalidOption, optionText, requiredOption, type Options } from '../../types/options.ts';
import { mysqlDialect } from './mysql.ts';
import { postgresDialect } from './postgres.ts';
import { sqliteDialect } from './sqlite.ts';

export interface JdbcAddress {
  readonly dialect: JdbcDialect;
  readonly target: JdbcTarget;
  /** What messages print: product, host, port, database. */
  readonly description: string;
}

const DIALECTS: Readonly<Record<string, JdbcDialect>> = {
  postgresql: postgresDialect,
  mysql: mysqlDialect,
  mariadb: mysqlDialect,
};

const EXPECTED = 'jdbc:postgresql://host:port/database, jdbc:mysql://host:port/database or jdbc:sqlite:path';

/** The address in the option `url`, or in `path` where start() and save() put their argument. */
export function jdbcAddress(options: Options): JdbcAddress {
  const url = optionText(options, 'url') ?? optionText(options, 'path') ?? requiredOption('jdbc', options, 'url');
  const match = /^jdbc:([a-z]+):(.*)$/is.exec(url.trim());
  const product = match?.[1]?.toLowerCase() ?? '';
  const rest = match?.[2] ?? '';
  if (product === 'sqlite') return sqliteAddress(rest);
  const dialect = DIALECTS[product];
  if (dialect === undefined) throw invalidOption('jdbc', 'url', '', EXPECTED);
  return serverAddress(dialect, product, rest, options);
}

function sqliteAddress(path: string): JdbcAddress {
  if (path === '') throw invalidOption('jdbc', 'url', '', EXPECTED);
  const target = { host: '', port: undefined, database: path, user: undefined, password: undefined };
  return { dialect: sqliteDialect, target: { ...target, parameters: new Map() }, description: `sqlite:${path}` };
}

function serverAddress(dialect: JdbcDialect, product: string, rest: string, options: Options): JdbcAddress {
  const match = /^\/\/(?:([^/?]*)@)?(\[[^\]]*\]|[^:/?@,]*)(?::(\d+))?(?:\/([^?]*))?(?:\?(.*))?$/s.exec(rest);
  if (match === null) throw invalidOption('jdbc', 'url', '', EXPECTED);
  const [, userInfo = '', hostPart = '', portPart, databasePart = '', query = ''] = match;
  const parameters = urlParameters(dialect, query);
  const colon = userInfo.indexOf(':');
  const urlUser = colon < 0 ? userInfo : userInfo.slice(0, colon);
  const urlPassword = colon < 0 ? '' : userInfo.slice(colon + 1);
  const host = hostPart.replaceAll(/[[\]]/g, '') || 'localhost';
  const database = decoded(databasePart);
  const target: JdbcTarget = {
    host,
    port: portPart === undefined ? undefined : Number(portPart),
    database,
    user: optionText(options, 'user') ?? parameters.get('user') ?? (decoded(urlUser) || undefined),
    password: optionText(options, 'password') ?? parameters.get('password') ?? (decoded(urlPassword) || undefined),
    parameters,
  };
  const port = portPart === undefined ? '' : `:${portPart}`;
  return { dialect, target, description: `${product}://${hostPart || host}${port}/${database}` };
}

function urlParameters(dialect: JdbcDialect, query: string): Map<string, string> {
  const known = ['user', 'password', ...dialect.parameterNames];
  const parameters = new Map<string, string>();
  for (const part of query.split('&').filter((text) => text !== '')) {
    const [name = '', ...value] = part.split('=');
    if (!known.some((allowed) => allowed.toLowerCase() === name.toLowerCase()))
      throw new MillraceError('UNKNOWN_OPTION', {
        format: `The ${dialect.name} URL`,
        option: name,
        proposal: known.join(', '),
      });
    parameters.set(name.toLowerCase(), decoded(value.join('=')));
  }
  return parameters;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
