/** The text of log entries and what is refused as one. */
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../src/checkpoint/canonical-json.ts';
import { MemoryCheckpoint } from '../../src/checkpoint/memory-checkpoint.ts';
import { offsetDigest, OffsetLog } from '../../src/checkpoint/offset-log.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const entry = { batchId: 0, batchWatermarkMs: 5, batchTimestampMs: 7, conf: { b: '2', a: '1' }, offsets: [] };

async function acquired(): Promise<MemoryCheckpoint> {
  const store = new MemoryCheckpoint();
  await store.acquire();
  return store;
}

describe('canonicalJson', () => {
  it('has one text per value', () => {
    expect(canonicalJson({ b: [1, null, 'ü"'], a: { d: true, c: 1.5 } })).toBe(
      '{"a":{"c":1.5,"d":true},"b":[1,null,"ü\\""]}',
    );
    expect(canonicalJson(JSON.parse('{"__proto__":1,"a":2}'))).toBe('{"__proto__":1,"a":2}');
  });
});

describe('the offset log', () => {
  it("has Spark's text form", async () => {
    const store = await acquired();
    await new OffsetLog(store).add({ ...entry, offsets: [{ z: '1', a: 2 }, null, 3] });
    expect(new TextDecoder().decode(await store.read('offsets/0'))).toBe(
      'v1\n{"batchWatermarkMs":5,"batchTimestampMs":7,"conf":{"a":"1","b":"2"}}\n{"a":2,"z":"1"}\n-\n3',
    );
  });

  it('gives equal content an equal digest, and other content another', async () => {
    const log = new OffsetLog(await acquired());
    const { digest } = await log.add({ ...entry, offsets: [{ a: 1, b: 2 }] });
    expect((await log.get(0))?.digest).toBe(digest);
    expect(offsetDigest({ ...entry, conf: { a: '1', b: '2' }, offsets: [{ b: 2, a: 1 }] })).toBe(digest);
    expect(offsetDigest({ ...entry, offsets: [{ a: 1, b: 3 }] })).not.toBe(digest);
    expect(offsetDigest({ ...entry, batchWatermarkMs: 6, offsets: [{ a: 1, b: 2 }] })).not.toBe(digest);
  });

  it.each([
    ['v2\n{}', 'INVALID_LOG_VERSION.MAX_SUPPORTED_VERSION'],
    ['', 'CHECKPOINT_CORRUPT'],
    ['v1', 'CHECKPOINT_CORRUPT'],
    ['v1\n[]', 'CHECKPOINT_CORRUPT'],
    ['v1\n{"batchWatermarkMs":"0"}', 'CHECKPOINT_CORRUPT'],
    ['v1\n{"batchWatermarkMs":0,"batchTimestampMs":0,"conf":{}}\n{"a":', 'CHECKPOINT_CORRUPT'],
  ])('refuses an entry %j', async (text, condition) => {
    const store = await acquired();
    await store.create('offsets/0', bytes(text));
    await expect(new OffsetLog(store).get(0)).rejects.toMatchObject({ condition });
  });
});
