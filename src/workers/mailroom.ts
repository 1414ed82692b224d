/**
 * The exchange of rows between the threads of one query. Each thread has a number; workers count from 0, the coordinator comes last. On an
 * edge of the plan every producing thread sends batches to consuming threads and in the end says that it is done. A consumer acknowledges
 * each batch when it is ready for more, which is how memory stays bounded: senders look at `FlowGauge`.
 */
import type { ColumnBatch } from '../types/column-batch.ts';
import type { StructType } from '../types/data-type.ts';
import type { Block } from './block-codec.ts';
import type { Link } from './link.ts';
import { present } from '../errors/assert.ts';
import { BlockDecoder, BlockEncoder } from './block-codec.ts';

/** Counts batches that were sent and not yet taken. */
export interface FlowGauge {
  produced(): void;
  consumed(): void;
}

/** What goes over a link between two threads of a query besides calls. */
type Mail =
  | {
      readonly kind: 'batch';
      readonly epoch: number;
      readonly edge: number;
      readonly shape: number;
      readonly block: Block;
    }
  | { readonly kind: 'end'; readonly epoch: number; readonly edge: number }
  | { readonly kind: 'taken'; readonly epoch: number; readonly edge: number };

/** Takes the batches of an edge on the consuming side. */
export interface EdgeReader {
  /** Called in order of arrival per producer. `taken` is to be called when the batch is worked off. */
  next(batch: ColumnBatch, taken: () => void): void;
  /** All producers are done. */
  complete(): void;
}

type Arrival = { readonly batch: ColumnBatch; readonly taken: () => void };

/** The consuming end of an edge in one epoch: keeps what arrives before somebody reads. */
class Inbox {
  readonly #numProducers: number;
  readonly #waiting: Arrival[] = [];
  #numEnded = 0;
  #reader: EdgeReader | undefined;

  constructor(numProducers: number) {
    this.#numProducers = numProducers;
  }

  read(reader: EdgeReader): void {
    this.#reader = reader;
    for (const { batch, taken } of this.#waiting.splice(0)) reader.next(batch, taken);
    if (this.#numEnded === this.#numProducers) reader.complete();
  }

  arrived(batch: ColumnBatch, taken: () => void): void {
    if (this.#reader === undefined) this.#waiting.push({ batch, taken });
    else this.#reader.next(batch, taken);
  }

  ended(): void {
    this.#numEnded += 1;
    if (this.#numEnded === this.#numProducers) this.#reader?.complete();
  }
}

/** An edge as the mailroom sees it. */
export interface EdgeRoute {
  readonly id: number;
  readonly producers: readonly number[];
  readonly consumers: readonly number[];
  /** The kinds of batches on it; a batch says which by its schema object, the first is meant when it has another one. */
  readonly shapes: readonly StructType[];
}

export class Mailroom {
  readonly #self: number;
  readonly #links: ReadonlyMap<number, Link>;
  readonly #routes: ReadonlyMap<number, EdgeRoute>;
  readonly #inboxes = new Map<string, Inbox>();
  readonly #decoders = new Map<string, BlockDecoder>();
  readonly #gauges = new Map<string, FlowGauge>();

  /** `links` are those to the other threads, by their numbers; their notes must be given to `receive`. */
  constructor(self: number, links: ReadonlyMap<number, Link>, routes: readonly EdgeRoute[]) {
    this.#self = self;
    this.#links = links;
    this.#routes = new Map(routes.map((route) => [route.id, route]));
  }

  /** The sending end of an edge in an epoch. */
  sender(epoch: number, edge: number, gauge: FlowGauge): EdgeSender {
    const key = `${epoch}/${edge}`;
    this.#gauges.set(key, gauge);
    const route = this.#route(edge);
    const inbox = route.consumers.includes(this.#self) ? this.#inbox(epoch, edge) : undefined;
    return new EdgeSender({ epoch, route, self: this.#self, links: this.#links, inbox, gauge });
  }

  /** Begins to read an edge in an epoch. */
  read(epoch: number, edge: number, reader: EdgeReader): void {
    this.#inbox(epoch, edge).read(reader);
  }

  /** Takes a note that came over the link to thread `from`. */
  receive(from: number, content: unknown): void {
    const mail = content as Mail;
    const { epoch, edge } = mail;
    if (mail.kind === 'taken') this.#gauges.get(`${epoch}/${edge}`)?.consumed();
    else if (mail.kind === 'end') this.#inbox(epoch, edge).ended();
    else {
      const key = `${epoch}/${edge}/${from}`;
      const decoder = this.#decoders.get(key) ?? new BlockDecoder();
      this.#decoders.set(key, decoder);
      const schema = present(this.#route(edge).shapes[mail.shape], 'a batch has one of the shapes of its edge');
      const link = this.#links.get(from);
      const taken = (): void => link?.note({ kind: 'taken', epoch, edge } satisfies Mail);
      this.#inbox(epoch, edge).arrived(decoder.decode(mail.block, schema), taken);
    }
  }

  /** Forgets an epoch; all its edges have come to their end. */
  forget(epoch: number): void {
    const prefix = `${epoch}/`;
    for (const map of [this.#inboxes, this.#decoders, this.#gauges])
      for (const key of map.keys()) if (key.startsWith(prefix)) map.delete(key);
  }

  #inbox(epoch: number, edge: number): Inbox {
    const key = `${epoch}/${edge}`;
    const known = this.#inboxes.get(key);
    if (known !== undefined) return known;
    const inbox = new Inbox(this.#route(edge).producers.length);
    this.#inboxes.set(key, inbox);
    return inbox;
  }

  #route(edge: number): EdgeRoute {
    return present(this.#routes.get(edge), 'an edge is one of the plan');
  }
}

interface SenderParts {
  readonly epoch: number;
  readonly route: EdgeRoute;
  readonly self: number;
  readonly links: ReadonlyMap<number, Link>;
  /** Of this thread, when it consumes the edge too. */
  readonly inbox: Inbox | undefined;
  readonly gauge: FlowGauge;
}

/** Sends the batches of one thread on one edge in one epoch. */
export class EdgeSender {
  readonly #parts: SenderParts;
  readonly #encoders = new Map<number, BlockEncoder>();

  constructor(parts: SenderParts) {
    this.#parts = parts;
  }

  /** Sends a batch to one consumer; `shape` is its place in the edge's shapes. An `owned` batch is given away. */
  send(consumer: number, batch: ColumnBatch, shape: number, owned: boolean): void {
    const { epoch, route, self, links, inbox, gauge } = this.#parts;
    gauge.produced();
    if (consumer === self) {
      inbox?.arrived(batch, () => gauge.consumed());
      return;
    }
    const encoder = this.#encoders.get(consumer) ?? new BlockEncoder();
    this.#encoders.set(consumer, encoder);
    const { block, transfer } = encoder.encode(batch, owned);
    links.get(consumer)?.note({ kind: 'batch', epoch, edge: route.id, shape, block } satisfies Mail, transfer);
  }

  /** This thread has nothing more for anybody. */
  end(): void {
    const { epoch, route, self, links, inbox } = this.#parts;
    for (const consumer of route.consumers) {
      if (consumer === self) inbox?.ended();
      else links.get(consumer)?.note({ kind: 'end', epoch, edge: route.id } satisfies Mail);
    }
  }
}
