/** The sinks the recovery tests write to, and what a reader of each sees: committed rows as lines like the oracle's, duplicates included. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';
import { linesOf, type WindowCount } from '../oracle/reference.ts';
import { postgresUrl } from '../servers/urls.ts';

export type SinkTarget =
  | { readonly kind: 'files'; readonly folder: string }
  | { readonly kind: 'jdbc'; readonly url: string; readonly table: string; readonly markerTable: string };

/** What a sink holds. */
export interface SinkContent {
  readonly lines: readonly string[];
  /** The batch committed last, -1 when none. */
  readonly lastBatchId: number;
}

export type SinkKind = 'SQLite' | 'PostgreSQL' | 'files';

/** A target of its own in `folder`. */
export function newTarget(kind: SinkKind, folder: string, name: string): SinkTarget {
  if (kind === 'files') return { kind: 'files', folder: join(folder, `out-${name}`) };
  const table = `recovery_${name}`;
  const place = { kind: 'jdbc', table, markerTable: `${table}_marker` } as const;
  if (kind === 'SQLite') return { ...place, url: `jdbc:sqlite:${join(folder, `${name}.db`)}` };
  return { ...place, url: `jdbc:${postgresUrl().replace(/^postgres:/, 'postgresql:')}` };
}

/** Reads a target as a user would; an absent one is empty. */
export async function readTarget(target: SinkTarget): Promise<SinkContent> {
  if (target.kind === 'files') return readFiles(target.folder);
  const { url, table, markerTable } = target;
  const sql = `SELECT window_start, key, n, total FROM ${table}`;
  const markerSql = `SELECT batch_id FROM ${markerTable}`;
  const { rows, markers } = url.startsWith('jdbc:sqlite:')
    ? querySqlite(url.slice('jdbc:sqlite:'.length), sql, markerSql)
    : await queryPostgres(sql, markerSql);
  const counts = rows.map(([start, key, n, total]) => ({
    startMs: start instanceof Date ? start.getTime() : Date.parse(String(start)),
    key: String(key),
    count: Number(n),
    sum: Number(total),
  }));
  return { lines: linesOf(counts), lastBatchId: Math.max(-1, ...markers.map(([id]) => Number(id))) };
}

/** Removes what is not in a folder of the test. */
export async function dropTarget(target: SinkTarget): Promise<void> {
  if (target.kind !== 'jdbc' || target.url.startsWith('jdbc:sqlite:')) return;
  const { table, markerTable } = target;
  await withPostgres((client) => client.query(`DROP TABLE IF EXISTS ${table}; DROP TABLE IF EXISTS ${markerTable}`));
}

function querySqlite(
  file: string,
  ...[rowSql, markerSql]: [string, string]
): { rows: unknown[][]; markers: unknown[][] } {
  const database = new DatabaseSync(file);
  try {
    const all = (sql: string): unknown[][] =>
      database
        .prepare(sql)
        .all()
        .map((row) => Object.values(row));
    return { rows: all(rowSql), markers: all(markerSql) };
  } finally {
    database.close();
  }
}

function queryPostgres(rowSql: string, markerSql: string): Promise<{ rows: unknown[][]; markers: unknown[][] }> {
  return withPostgres(async (client) => {
    const { rows } = await client.query<unknown[]>({ text: rowSql, rowMode: 'array' });
    const { rows: markers } = await client.query<unknown[]>({ text: markerSql, rowMode: 'array' });
    return { rows, markers };
  });
}

async function withPostgres<T>(work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: postgresUrl() });
  client.on('error', () => {});
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

interface JsonRow {
  readonly window: { readonly start: string };
  readonly key: string;
  readonly n: number;
  readonly total: number;
}

/** The files the manifest lists, as Spark reads them: from the last compacted entry on. */
function readFiles(folder: string): SinkContent {
  const log = join(folder, '_spark_metadata');
  const names = existsSync(log) ? readdirSync(log).filter((name) => /^\d+(\.compact)?$/.test(name)) : [];
  const idOf = (name: string): number => Number.parseInt(name, 10);
  const lastCompact = Math.max(-1, ...names.filter((name) => name.endsWith('.compact')).map(idOf));
  const files = names
    .filter((name) => idOf(name) >= lastCompact)
    .flatMap((name) => readFileSync(join(log, name), 'utf8').split('\n').slice(1))
    .filter((line) => line !== '')
    .map((line) => fileURLToPath((JSON.parse(line) as { path: string }).path));
  const counts: WindowCount[] = files
    .flatMap((file) => readFileSync(file, 'utf8').split('\n'))
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as JsonRow)
    .map(({ window, key, n, total }) => ({ startMs: Date.parse(window.start), key, count: n, sum: total }));
  return { lines: linesOf(counts), lastBatchId: Math.max(-1, ...names.map(idOf)) };
}
