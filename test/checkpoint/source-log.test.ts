/** A source's own part of the checkpoint. */
import { describe, expect, it } from 'vitest';
import { MemoryCheckpoint } from '../../src/checkpoint/memory-checkpoint.ts';
import { CheckpointSourceLog } from '../../src/checkpoint/source-log.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('CheckpointSourceLog', () => {
  it('keeps the entries of each source apart', async () => {
    const store = new MemoryCheckpoint();
    await store.acquire();
    const first = new CheckpointSourceLog(store, 0);
    const second = new CheckpointSourceLog(store, 1);
    await first.write('0', bytes('a'));
    await first.write('1.compact', bytes('b'));
    await second.write('0', bytes('c'));
    expect([...(await first.list())].toSorted()).toEqual(['0', '1.compact']);
    expect(await second.read('0')).toEqual(bytes('c'));
    expect(await second.read('1.compact')).toBeUndefined();
    expect(await store.read('sources/0/1.compact')).toEqual(bytes('b'));
  });

  it('takes the same content again and refuses other content', async () => {
    const store = new MemoryCheckpoint();
    await store.acquire();
    const log = new CheckpointSourceLog(store, 0);
    await log.write('0', bytes('a'));
    await log.write('0', bytes('a'));
    await expect(log.write('0', bytes('b'))).rejects.toMatchObject({
      condition: 'CHECKPOINT_CORRUPT',
      parameters: { name: 'sources/0/0' },
    });
    expect(await log.read('0')).toEqual(bytes('a'));
  });
});
