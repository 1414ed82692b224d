/** Parts of files: whatever the cuts and the blocks, every line is in exactly one part, in order. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { findFormat } from '../../../src/formats/registry.ts';
import { bytesOfRange, firstByteOf, rangesOf } from '../../../src/source/file/file-range.ts';
import { FileSource } from '../../../src/source/file/file-source.ts';
import { parseSchema } from '../../../src/types/schema.ts';

async function* blocksOf(bytes: Uint8Array, from: number, blockBytes: number): AsyncGenerator<Uint8Array> {
  for (let at = from; at < bytes.length; at += blockBytes) yield bytes.subarray(at, at + blockBytes);
}

function onShort(missingBytes: number): never {
  expect.fail(`${missingBytes} bytes are missing`);
}

async function partsOf(text: string, partBytes: number, blockBytes: number): Promise<string[]> {
  const bytes = new TextEncoder().encode(text);
  const parts: string[] = [];
  for (const range of rangesOf(bytes.length, partBytes)) {
    let part = '';
    for await (const block of bytesOfRange(blocksOf(bytes, firstByteOf(range), blockBytes), range, onShort))
      part += new TextDecoder().decode(block);
    parts.push(part);
  }
  return parts;
}

it.each([
  'a\nbb\nccc\n\ndddd\neeeee',
  'one line without an end',
  '\n\n\n\n\n\n',
  'x\n',
  'aaaaaaaaaaaaaaaaaaaaaaaa\nb\n',
  '',
])('the parts of %j are its lines, each whole and once', async (text) => {
  for (let partBytes = 1; partBytes <= text.length + 1; partBytes++)
    for (const blockBytes of [1, 2, 3, 7, 100]) {
      const parts = await partsOf(text, partBytes, blockBytes);
      expect(parts.join(''), `${partBytes} ${blockBytes}`).toBe(text);
      const filled = parts.filter((part) => part !== '');
      for (const part of filled.slice(0, -1)) expect(part).toMatch(/\n$/);
    }
});

it('a file that became shorter is told', async () => {
  const range = { from: 4, to: 8, sizeBytes: 8 };
  const bytes = new TextEncoder().encode('a\nb\nc');
  const read = async (): Promise<void> => {
    const blocks = blocksOf(bytes, firstByteOf(range), 100);
    for await (const block of bytesOfRange(blocks, range, (missing) => expect.fail(`missing ${missing}`)))
      expect(block.length).toBeGreaterThan(0);
  };
  await expect(read()).rejects.toThrow('missing 3');
});

it.each([
  ['json', {}, 7],
  ['text', {}, 7],
  ['json', { multiline: 'true' }, 1],
  ['text', { wholetext: 'true' }, 1],
  ['csv', {}, 7],
  ['csv', { header: 'true' }, 1],
] as const)('a file of format %s with %j is cut into %i parts', async (name, options, numParts) => {
  const folder = mkdtempSync(join(tmpdir(), 'file-range-'));
  try {
    const lines = Array.from({ length: 100 }, (_, i) => `{"value":"row ${String(i).padStart(3, '0')}"}`);
    writeFileSync(join(folder, 'a.txt'), `${lines.join('\n')}\n`);
    const context = {
      options: new Map(Object.entries({ path: folder, ...options })),
      schema: undefined,
      isStreaming: false,
      timeZone: 'UTC',
      nowMs: () => 0,
      sleep: () => Promise.resolve(),
      random: () => 0,
    };
    const source = new FileSource(findFormat(name), context, parseSchema('value STRING'), 260);
    await source.open();
    const end = (await source.latestOffset({ start: undefined, mode: 'once', batchId: 0 })) ?? null;
    const partitions = await source.planInput(undefined, end);
    expect(partitions).toHaveLength(numParts);
    let numRows = 0;
    for (const partition of partitions)
      for await (const batch of source.read(partition, ['value'])) numRows += batch.numRows;
    expect(numRows).toBe('multiline' in options || 'wholetext' in options ? 1 : 'header' in options ? 99 : 100);
    await source.close();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
