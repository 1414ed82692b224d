/** Whole queries from Kafka to Kafka: windows over JSON records, crashes between write and commit, workers, Trigger.AvailableNow. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { functions as F, MillraceSession, Trigger, type DataFrame } from '../../src/index.ts';
import { kafkaBroker } from '../servers/urls.ts';
import { KafkaTopic } from '../source/kafka/kafka-topic.ts';

async function withFixture(
  run: (input: KafkaTopic, output: KafkaTopic, folder: string) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'millrace-kafka-query-'));
  const input = await KafkaTopic.create(kafkaBroker(), { numPartitions: 3 });
  const output = await KafkaTopic.create(kafkaBroker());
  try {
    await run(input, output, folder);
  } finally {
    await Promise.all([input.close(), output.close()]);
    rmSync(folder, { recursive: true, force: true });
  }
}

function read(session: MillraceSession, topic: KafkaTopic, options: Readonly<Record<string, string>> = {}): DataFrame {
  return session.readStream
    .format('kafka')
    .options({
      'kafka.bootstrap.servers': topic.broker,
      subscribe: topic.name,
      startingOffsets: 'earliest',
      'kafka.metadata.max.age.ms': '1',
      ...options,
    })
    .load();
}

async function send(topic: KafkaTopic, from: number, to: number): Promise<void> {
  for (let i = from; i < to; i++) {
    const time = new Date(Date.UTC(2026, 0, 1, 0, 0, i)).toISOString();
    await topic.send([JSON.stringify({ time, action: i % 3 === 0 ? 'open' : 'close' })], i % 3);
  }
}

describe('queries over Kafka', () => {
  it.each(['local[1]', 'local[2]'])('windowed counts go back to Kafka, each batch once (%s)', (master) =>
    withFixture(async (input, output, folder) => {
      const session = MillraceSession.builder().master(master).config('millrace.workers.minBytes', '0').getOrCreate();
      const counts = read(session, input)
        .select(F.from_json(F.col('value').cast('string'), 'time TIMESTAMP, action STRING').alias('log'))
        .groupBy(F.window(F.col('log.time'), '1 minute'), F.col('log.action'))
        .count()
        .select(F.col('action').alias('key'), F.to_json(F.struct('window', 'count')).alias('value'));
      const runOnce = async () => {
        const query = await counts.writeStream
          .format('kafka')
          .options({ 'kafka.bootstrap.servers': output.broker, topic: output.name, transactional: 'true' })
          .outputMode('update')
          .option('checkpointLocation', path.join(folder, 'checkpoint'))
          .trigger(Trigger.AvailableNow())
          .start();
        await query.awaitTermination();
        return query.lastProgress;
      };
      await send(input, 0, 30);
      const first = await runOnce();
      expect(first?.sources[0]?.description).toBe(`KafkaV2[Subscribe[${input.name}]]`);
      expect(first?.sources[0]?.endOffset).toEqual({ [input.name]: { 0: 10, 1: 10, 2: 10 } });
      expect(first?.numInputRows).toBe(30);
      // The commit of the last batch is lost: it runs again and must find itself in Kafka.
      rmSync(path.join(folder, 'checkpoint', 'commits'), { recursive: true });
      await send(input, 30, 60);
      await runOnce();
      const rows = await session.read
        .format('kafka')
        .options({
          'kafka.bootstrap.servers': output.broker,
          subscribe: output.name,
          'kafka.isolation.level': 'read_committed',
        })
        .load()
        .selectExpr('CAST(key AS STRING) AS action', "get_json_object(CAST(value AS STRING), '$.count') AS n")
        .collect();
      const counted = rows.map(({ action, n }) => `${String(action)}:${String(n)}`).toSorted();
      expect(counted).toEqual(['close:20', 'close:40', 'open:10', 'open:20']);
      await session.stop();
    }),
  );

  it('a record is in the sink soon after it was sent, without polling', () =>
    withFixture(async (input, _output, folder) => {
      const session = MillraceSession.builder().getOrCreate();
      const seen: string[] = [];
      let arrived: () => void = () => {};
      const query = await read(session, input)
        .selectExpr('CAST(value AS STRING) AS value')
        .writeStream.foreachBatch(async (batch) => {
          for (const { value } of await batch.collect()) seen.push(String(value));
          arrived();
        })
        .option('checkpointLocation', path.join(folder, 'checkpoint'))
        .start();
      for (const value of ['a', 'b', 'c']) {
        const arrival = new Promise<void>((resolve) => (arrived = resolve));
        await input.send([value], 1);
        if (!seen.includes(value)) await arrival;
        expect(seen.at(-1)).toBe(value);
      }
      await query.stop();
      await session.stop();
    }));

  it('Trigger.RealTime gives rows as records come, counts over batches', () =>
    withFixture(async (input, _output, folder) => {
      const session = MillraceSession.builder().getOrCreate();
      const rows = read(session, input)
        .selectExpr('CAST(value AS STRING) AS action')
        .groupBy('action')
        .count()
        .toObservable({
          outputMode: 'update',
          trigger: Trigger.RealTime('5 minutes'),
          checkpointLocation: path.join(folder, 'checkpoint'),
        });
      const seen: string[] = [];
      const done = new Promise<void>((resolve, reject) => {
        const subscription = rows.subscribe({
          next: (batch) => {
            seen.push(...batch.map(({ action, count }) => `${String(action)} ${String(count)}`));
            if (seen.includes('open 2')) {
              subscription.unsubscribe();
              resolve();
            }
          },
          error: reject,
        });
      });
      await input.send(['open']);
      await input.send(['open'], 1);
      await done;
      expect(seen.at(-1)).toBe('open 2');
      await session.stop();
    }));
});
