/** Compressed files are read by their extension, in whatever blocks they come; what is damaged or unpacks without end is refused. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as zlib from 'node:zlib';
import { zipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CompressedFile } from '../../../src/source/file/compressed-file.ts';
import { MillraceSession } from '../../../src/index.ts';
import { MillraceError } from '../../../src/errors/millrace-error.ts';
import { compressFile, fileCodec } from '../../../src/formats/file-codec.ts';
import { decompressed } from '../../../src/source/file/decompress.ts';

const TEXT = Array.from({ length: 20_000 }, (_, i) => `{"id":${i},"name":"row ${i % 100}"}`).join('\n');
const PLAIN = new TextEncoder().encode(TEXT);
const FILES: readonly (readonly [CompressedFile['codec'], Uint8Array])[] = [
  ['gzip', zlib.gzipSync(PLAIN)],
  ['gzip', Buffer.concat([zlib.gzipSync(PLAIN.subarray(0, 5000)), zlib.gzipSync(PLAIN.subarray(5000))])],
  ['deflate', zlib.deflateSync(PLAIN)],
  ['zstd', zlib.zstdCompressSync(PLAIN)],
  ['snappy', compressFile('snappy', PLAIN)],
  ['zip', zipSync({ 'a.json': PLAIN })],
  ['zip', zipSync({ 'a.json': [PLAIN, { level: 0 }] })],
];

async function* inBlocks(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  const block = new Uint8Array(size);
  for (let start = 0; start < bytes.length; start += size) {
    const part = bytes.subarray(start, start + size);
    // One buffer for all blocks, as stores do.
    block.set(part);
    yield block.subarray(0, part.length);
  }
}

async function plainOf(
  bytes: Uint8Array,
  codec: CompressedFile['codec'],
  blockBytes = 4096,
  maxBytes = 1e9,
): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  const file = { codec, description: 'file:/x', maxBytes };
  for await (const block of decompressed(inBlocks(bytes, blockBytes), file)) parts.push(block.slice());
  return Buffer.concat(parts);
}

function conditionOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'none',
    (error: unknown) => (error instanceof MillraceError ? error.condition : String(error)),
  );
}

describe.each(FILES)('a file in %s', (codec, bytes) => {
  test.each([1000, 65_536, 10_000_000])('in blocks of %i bytes is unpacked', async (blockBytes) => {
    expect(Buffer.compare(await plainOf(bytes, codec, blockBytes), PLAIN)).toBe(0);
  });

  test('that is cut or changed is damaged', async () => {
    expect(await conditionOf(plainOf(bytes.subarray(0, bytes.length - 9), codec))).toBe('FAILED_READ_FILE.NO_HINT');
    expect(
      await conditionOf(
        plainOf(
          bytes.map((byte) => byte ^ 0xff),
          codec,
        ),
      ),
    ).toBe('FAILED_READ_FILE.NO_HINT');
  });

  test('that unpacks to more than is allowed is refused', async () => {
    expect(await conditionOf(plainOf(bytes, codec, 4096, 10_000))).toBe('DECOMPRESSED_FILE_TOO_LARGE');
  });
});

test('a codec nobody has is named with those there are', async () => {
  expect(await conditionOf(plainOf(PLAIN, 'bzip2'))).toBe('CODEC_NOT_AVAILABLE.WITH_AVAILABLE_CODECS_SUGGESTION');
  expect(() => fileCodec('rar')).toThrow(
    expect.objectContaining({ condition: 'CODEC_NOT_AVAILABLE.WITH_AVAILABLE_CODECS_SUGGESTION' }),
  );
});

describe('in a query', () => {
  const session = MillraceSession.builder().getOrCreate();
  const root = mkdtempSync(join(tmpdir(), 'millrace-compressed-'));
  const extensions = { gzip: 'gz', deflate: 'deflate', zstd: 'zst', snappy: 'snappy', zip: 'zip' } as const;
  beforeAll(() => {
    for (const [i, [codec, bytes]] of FILES.entries())
      writeFileSync(join(root, `${i}.json.${extensions[codec as keyof typeof extensions]}`), bytes);
  });
  afterAll(async () => {
    await session.stop();
    rmSync(root, { recursive: true, force: true });
  });

  test('files of all codecs are one table', async () => {
    expect(await session.read.json(root).count()).toBe(BigInt(20_000 * FILES.length));
  });

  test('a file that unpacks to too much fails it, an ignored one ends early', async () => {
    const read = session.read.schema('id BIGINT').option('maxDecompressedBytes', 100_000);
    expect(await conditionOf(read.json(join(root, '0.json.gz')).count())).toBe('DECOMPRESSED_FILE_TOO_LARGE');
    const bad = join(root, '..', `${root.split('/').at(-1)}-bad.json.gz`);
    writeFileSync(bad, zlib.gzipSync(PLAIN).subarray(0, 2000));
    expect(await conditionOf(session.read.schema('id BIGINT').json(bad).count())).toBe('FAILED_READ_FILE.NO_HINT');
    const rows = await session.read.schema('id BIGINT').option('ignoreCorruptFiles', true).json(bad).count();
    expect(rows).toBeLessThan(20_000n);
    rmSync(bad);
  });

  test.each(['gzip', 'deflate', 'zstd', 'snappy', 'none'])('rows saved in %s come back', async (compression) => {
    const target = join(root, `_saved-${compression}`);
    await session.range(10).write.option('compression', compression).json(target);
    expect((await session.read.json(target).toJSON().collect()).toSorted()).toHaveLength(10);
  });
});
