/**
 * A source of one's own: server-sent events over HTTP, counted per type. The stream's position is the id of the last event, which the
 * protocol itself can continue from (`Last-Event-ID`), so a restarted query asks the server for what it has not committed.
 */
import { MillraceSession, Trigger, defineSource, type SimpleStreamReader } from 'millrace';

const { SSE_URL = 'http://127.0.0.1:8080/events', CHECKPOINT = '.millrace/sse' } = process.env;

/** An event as a row, and its id. */
interface ServerEvent {
  readonly id: number;
  readonly row: readonly [bigint, string, string];
}

/** The events after `lastId` that the server has now: it is given a moment to send, then the connection is closed. */
async function eventsAfter(url: string, lastId: number): Promise<ServerEvent[]> {
  const events: ServerEvent[] = [];
  const signal = AbortSignal.timeout(1000);
  try {
    const response = await fetch(url, { headers: { 'Last-Event-ID': String(lastId) }, signal });
    let text = '';
    for await (const bytes of response.body ?? []) {
      text += Buffer.from(bytes).toString('utf8');
      const blocks = text.split('\n\n');
      text = blocks.pop() ?? '';
      events.push(...blocks.map(parseEvent));
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  return events;
}

function parseEvent(block: string): ServerEvent {
  const fields = new Map(block.split('\n').map((line) => [line.split(': ', 1)[0], line.slice(line.indexOf(': ') + 2)]));
  const id = Number(fields.get('id'));
  return { id, row: [BigInt(id), fields.get('event') ?? 'message', fields.get('data') ?? ''] };
}

defineSource({
  name: 'sse',
  options: ['url'],
  schema: 'id BIGINT, event STRING, data STRING',
  simpleStreamReader: ({ url = '' }): SimpleStreamReader<number> => ({
    initialOffset: () => 0,
    read: async (start) => {
      const events = await eventsAfter(url, start);
      return { rows: events.map(({ row }) => row), end: events.at(-1)?.id ?? start };
    },
    readBetweenOffsets: async (start, end) =>
      (await eventsAfter(url, start)).filter(({ id }) => id <= end).map(({ row }) => row),
  }),
});

const session = MillraceSession.builder().appName('sse-to-console').getOrCreate();
const query = await session.readStream
  .format('sse')
  .option('url', SSE_URL)
  .load()
  .groupBy('event')
  .count()
  .writeStream.outputMode('update')
  .option('checkpointLocation', CHECKPOINT)
  .trigger(Trigger.AvailableNow())
  .foreachBatch(async (counts) => {
    for (const line of await counts.orderBy('event').toJSON().collect()) console.log(line);
  })
  .start();
await query.awaitTermination();
await session.stop();
