/**
 * Everything at once: records, splits, merges, restarts with replays of the logged batch, throttles, errors of the server, cut connections
 * and expired iterators, in an order drawn from a seed. Whatever happens, every record is read once and each key in order.
 */
import { expect, test } from 'vitest';
import type { Source, SourceOffset } from '../../../src/source/source.ts';
import { nextOffset } from '../../contract/source-contract.ts';
import { type KinesisFault, startKinesisFaultProxy } from '../../servers/kinesis-fault-proxy.ts';
import { kinesisEndpoint } from '../../servers/urls.ts';
import { createKinesisStream, expectedNumbers, newRun, numbersByKey, readTexts, runUntil } from './kinesis-stream.ts';

const FAULTS: readonly KinesisFault[] = [
  { kind: 'refuse', type: 'ProvisionedThroughputExceededException' },
  { kind: 'refuse', type: 'InternalFailure', status: 500 },
  { kind: 'refuse', type: 'ExpiredIteratorException' },
  { kind: 'empty', millisBehindLatest: 1000 },
  { kind: 'cut' },
];

/** A small generator of random numbers in [0, 1), the same for the same seed. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) | 0;
    return ((state ^ (state >>> 13)) >>> 0) / 2 ** 32;
  };
}

test.each([1, 2, 3])(
  'reshards, restarts and faults, seed %i: nothing lost, nothing twice, keys in order',
  async (seed) => {
    const random = randomFrom(seed);
    const stream = await createKinesisStream(2);
    const proxy = await startKinesisFaultProxy(kinesisEndpoint());
    proxy.rule = ({ action }) => {
      if (action !== 'GetRecords' && action !== 'GetShardIterator') return undefined;
      if (random() > 0.25) return undefined;
      const fault = FAULTS[Math.floor(random() * FAULTS.length)];
      return action === 'GetRecords' || fault?.kind === 'cut' ? fault : FAULTS[0];
    };
    const options = {
      startingPosition: 'TRIM_HORIZON',
      endpointUrl: proxy.endpoint,
      maxFetchRecordsPerShard: '15',
      maxRecordsPerTrigger: '40',
      clientNumRetries: '20',
    };
    const opened = async (): Promise<Source> => {
      const source = stream.source(options);
      await source.open();
      return source;
    };
    let source = await opened();
    const run = newRun();
    let total = 0;
    for (let step = 0; step < 25; step++) {
      const choice = random();
      if (choice < 0.3) {
        await stream.put(total, total + 20);
        total += 20;
      } else if (choice < 0.4) await stream.split();
      else if (choice < 0.5 && (await stream.openShards()).length > 1) await stream.merge();
      else if (total > run.records.length) {
        const end = JSON.parse(JSON.stringify(await nextOffset(source, run.offset))) as SourceOffset;
        let texts = await readTexts(source, run.offset, end);
        if (random() < 0.4) {
          await source.close();
          source = await opened();
          const replayed = await readTexts(source, run.offset, end);
          expect(replayed).toEqual(texts);
          texts = replayed;
        } else await source.commit(end);
        run.records.push(...texts);
        run.offset = end;
      }
    }
    await runUntil(source, run, total);
    expect(numbersByKey(run.records)).toEqual(expectedNumbers(total));
    await source.close();
    await proxy.close();
  },
);
