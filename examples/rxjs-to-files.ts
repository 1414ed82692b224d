/**
 * An RxJS Observable as a stream: temperature readings, averaged per sensor and second of event time, closed windows as JSON files. Shows
 * that any source a program has can be queried.
 */
import { interval, map, take } from 'rxjs';
import { MillraceSession, functions as F } from 'millrace';

const { OUTPUT = '.millrace/readings', NUM_READINGS = '400' } = process.env;

const readings = interval(5).pipe(
  take(Number(NUM_READINGS)),
  map((i) => ({ time: new Date(Date.UTC(2026, 0, 1) + i * 50), sensor: `s${i % 3}`, celsius: 20 + Math.sin(i / 20) })),
);

const session = MillraceSession.builder().appName('rxjs-to-files').getOrCreate();
const averages = session
  .fromObservable(readings, { schema: 'time TIMESTAMP, sensor STRING, celsius DOUBLE' })
  .withWatermark('time', '1 second')
  .groupBy(F.window('time', '1 second'), F.col('sensor'))
  .agg(F.avg('celsius').as('celsius'), F.count('*').as('readings'));

const query = await averages.writeStream
  .format('json')
  .option('checkpointLocation', `${OUTPUT}/checkpoint`)
  .start(`${OUTPUT}/windows`);

query.progress$.subscribe(({ batchId, numInputRows, sink }) => {
  console.log(`batch ${batchId}: ${numInputRows} rows in, ${sink.numOutputRows} windows out`);
});
await new Promise<void>((resolve) => readings.subscribe({ complete: resolve }));
await query.processAllAvailable();
await query.stop();
