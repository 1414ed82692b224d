/**
 * Writes the folders that Spark and pyarrow have read: `node test/formats/parquet/written-files.ts ROOT`, then
 * `python make-goldens.py check ROOT`. Each is a golden file read and written again by us.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { MillraceSession as Session } from '../../../src/index.ts';
import { MillraceSession } from '../../../src/index.ts';

export interface WrittenFolder {
  readonly name: string;
  /** The golden file, whose rows it has. */
  readonly source: string;
  readonly options: Readonly<Record<string, string>>;
  readonly partitionBy?: readonly string[];
  readonly isStreaming?: true;
}

export const WRITTEN_FOLDERS: readonly WrittenFolder[] = [
  { name: 'flat', source: 'flat-gzip.parquet', options: {} },
  { name: 'flat-none', source: 'flat-gzip.parquet', options: { compression: 'none' } },
  { name: 'flat-gzip', source: 'flat-gzip.parquet', options: { compression: 'gzip' } },
  { name: 'flat-zstd', source: 'flat-gzip.parquet', options: { compression: 'zstd' } },
  { name: 'flat-int96', source: 'flat-gzip.parquet', options: { outputTimestampType: 'INT96' } },
  { name: 'flat-groups', source: 'flat-v2.parquet', options: { 'parquet.block.size': '1', compression: 'none' } },
  { name: 'nulls', source: 'nulls-pages.parquet', options: {} },
  { name: 'nested', source: 'nested-pages.parquet', options: {} },
  { name: 'texts', source: 'arrow-texts-length.parquet', options: {} },
  { name: 'numbers', source: 'arrow-plain.parquet', options: { compression: 'none' } },
  { name: 'unique', source: 'row-groups.parquet', options: {} },
  { name: 'empty', source: 'empty.parquet', options: {} },
  { name: 'partitioned', source: 'partitioned', options: {}, partitionBy: ['year', 'day', 'txt'] },
  { name: 'stream', source: 'row-groups.parquet', options: {}, isStreaming: true },
];

/** The place of a golden file. */
export function goldenPlace(name: string): string {
  return fileURLToPath(new URL(`./goldens/${name}`, import.meta.url));
}

/** Writes all folders below `root`. */
export async function writeFolders(session: Session, root: string): Promise<void> {
  mkdirSync(root, { recursive: true });
  for (const { name, source, options, partitionBy = [], isStreaming } of WRITTEN_FOLDERS) {
    const frame = session.read.parquet(goldenPlace(source));
    const target = join(root, name);
    if (isStreaming !== true) {
      await frame.write
        .partitionBy(...partitionBy)
        .options(options)
        .parquet(target);
      continue;
    }
    await frame.limit(0).collect();
    const stream = session.readStream.schema(frame.schema).parquet(goldenPlace(source));
    const query = await stream.writeStream
      .format('parquet')
      .option('checkpointLocation', join(`${root}-checkpoint`, name))
      .start(target);
    await query.processAllAvailable();
    await query.stop();
  }
}

if (import.meta.main) {
  const session = MillraceSession.builder().config('spark.sql.session.timeZone', 'UTC').getOrCreate();
  await writeFolders(session, process.argv[2] ?? 'out');
  await session.stop();
}
