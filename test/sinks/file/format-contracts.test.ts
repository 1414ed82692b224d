/** Every format under the contracts of sinks and of sources: what a file sink writes in it, and what a file source reads of it. */
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe } from 'vitest';
import { type FileFormat, findFormat } from '../../../src/formats/registry.ts';
import { findSinkProvider } from '../../../src/sinks/registry.ts';
import { fileSourceProvider } from '../../../src/source/file/file-source-provider.ts';
import { LocalObjectStore } from '../../../src/storage/local-object-store.ts';
import * as T from '../../../src/types/data-type.ts';
import { rowsOf } from '../../../src/types/row-codec.ts';
import { batchOf, describeSinkContract, ID_NAME } from '../../contract/sink-contract.ts';
import { memorySourceLog, sourceContext, testSourceContract } from '../../contract/source-contract.ts';
import { committedKeys } from './read-committed.ts';

const root = mkdtempSync(path.join(tmpdir(), 'millrace-formats-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let numFolders = 0;
const newFolder = (): string => path.join(root, String(numFolders++));

const LINE = T.struct([T.field('value', T.STRING)]);
const isLines = (format: string): boolean => format === 'text';

/** The rows of a file, read by the format alone. */
async function decoded(
  format: FileFormat,
  bytes: Uint8Array,
  schema: T.StructType,
): Promise<Record<string, unknown>[]> {
  const request = { schema, columns: schema.fields.map(({ name }) => name), options: new Map(), timeZone: 'UTC' };
  const rows: Record<string, unknown>[] = [];
  if (format.access === 'placed') {
    const read = async (from: number, to: number): Promise<Uint8Array> => bytes.subarray(from, to);
    const file = { description: 'a file', sizeBytes: bytes.length, modifiedMs: 0, read };
    for await (const batch of format.readFile(file, request)) rows.push(...rowsOf(batch));
    return rows;
  }
  const decoder = format.createDecoder(request);
  for (const batch of [...decoder.push(bytes), ...decoder.finish()]) rows.push(...rowsOf(batch));
  return rows;
}

const textOf = (value: unknown): string => (value === null ? 'null' : String(value as string | bigint));

describe.each(['avro', 'csv', 'parquet', 'text'])('%s', (name) => {
  const format = findFormat(name);
  const schema = isLines(name) ? LINE : ID_NAME;

  describeSinkContract(`${name} files`, {
    provider: findSinkProvider(name),
    ...(isLines(name) ? { layout: { schema: LINE, row: (id, text) => [`${id}:${text}`] } } : {}),
    destination: async () => {
      const folder = newFolder();
      const store = new LocalObjectStore(folder);
      return {
        options: { path: folder, compression: 'uncompressed' },
        rows: async () => {
          const rows: string[] = [];
          for (const key of await committedKeys(store, `file://${folder}`))
            for (const row of await decoded(format, (await store.read(key)) ?? new Uint8Array(), schema))
              rows.push(isLines(name) ? textOf(row['value']) : `${textOf(row['id'])}:${textOf(row['name'])}`);
          return rows;
        },
        dispose: () => store.close(),
      };
    },
  });

  testSourceContract(`${name} files as a source`, async () => {
    const folder = newFolder();
    mkdirSync(folder);
    const log = memorySourceLog();
    let numFiles = 0;
    return {
      create: () => {
        const options = new Map([['path', folder]]);
        return fileSourceProvider(name).create(sourceContext({ options, schema, isStreaming: true, log }));
      },
      addRows: async () => {
        const n = numFiles++;
        const rows = [n, n + 1000].map((id) => (isLines(name) ? [`line ${id}`] : [BigInt(id), `name ${id}`]));
        const encoder = format.createEncoder(schema, new Map(), 'UTC');
        const parts = [Buffer.from(encoder.header()), Buffer.from(encoder.encode(batchOf(schema, rows)))];
        const file = path.join(folder, `f${n}.${format.extension}`);
        writeFileSync(file, Buffer.concat([...parts, encoder.footer()]));
        utimesSync(file, 1_700_000_000 + n, 1_700_000_000 + n);
      },
    };
  });
});
