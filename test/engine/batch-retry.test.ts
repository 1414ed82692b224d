/** A batch whose sink is away for a while is run again, from the state before it; a failure that cannot pass ends the query at once. */
import { expect, it } from 'vitest';
import { createEnvironment, systemClock, systemParts } from '../../src/api/default-environment.ts';
import type { ApiEnvironment } from '../../src/api/session-context.ts';
import { MillraceError, MillraceSession, functions as F } from '../../src/index.ts';

/** Real sinks that fail `numFailures` times after they have written their rows' batch up to the commit. */
function environmentWithFailures(numFailures: number, failure: () => MillraceError): ApiEnvironment {
  let left = numFailures;
  const clock = { ...systemClock, sleep: () => Promise.resolve() };
  const environment = createEnvironment({ ...systemParts(), clock, printError: () => undefined });
  return {
    ...environment,
    createSink: (format, context) => {
      const sink = environment.createSink(format, context);
      const addBatch: typeof sink.addBatch = async (identity, batches) => {
        if (left === 0) return sink.addBatch(identity, batches);
        left -= 1;
        for await (const batch of batches) expect(batch.numRows).toBeGreaterThan(0);
        throw failure();
      };
      return { description: sink.description, open: () => sink.open(), close: () => sink.close(), addBatch };
    },
  };
}

const unavailable = (): MillraceError =>
  new MillraceError('EXTERNAL_SYSTEM_UNAVAILABLE', { system: 'db', address: 'host:1', attempts: '3', reason: 'away' });

async function countTwice(environment: ApiEnvironment): Promise<unknown[]> {
  const session = MillraceSession.builder().environment(environment).create();
  const input = session.memoryStream('k STRING');
  const query = await input
    .toDF()
    .groupBy('k')
    .count()
    .writeStream.outputMode('complete')
    .format('memory')
    .queryName('t')
    .start();
  input.addData(['a'], ['a'], ['b']);
  await query.processAllAvailable();
  input.addData(['a']);
  await query.processAllAvailable();
  await query.stop();
  return session.table('t').orderBy(F.col('k')).collect();
}

it('counts once although the sink failed after the state was written', async () => {
  expect(await countTwice(environmentWithFailures(2, unavailable))).toEqual([
    { k: 'a', count: 3n },
    { k: 'b', count: 1n },
  ]);
});

it('gives up when the sink stays away', async () => {
  await expect(countTwice(environmentWithFailures(9, unavailable))).rejects.toThrow('EXTERNAL_SYSTEM_UNAVAILABLE');
});

it('does not repeat a batch whose failure cannot pass', async () => {
  let failures = 0;
  const refused = (): MillraceError => {
    failures += 1;
    return new MillraceError('EXTERNAL_SYSTEM_REFUSED', {
      system: 'db',
      address: 'host:1',
      action: 'to write',
      reason: 'no',
    });
  };
  await expect(countTwice(environmentWithFailures(9, refused))).rejects.toThrow('EXTERNAL_SYSTEM_REFUSED');
  expect(failures).toBe(1);
});
