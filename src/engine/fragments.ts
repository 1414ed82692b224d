/**
 * The part of an epoch that one thread runs: every piece of the plan between two edges that lies in its place. Each piece ends in an
 * edge, or, on the coordinator, in the sink. The same code runs on the coordinator and on the workers.
 */
import type { Observable, Subscription } from 'rxjs';
import type { ColumnBatch } from '../types/column-batch.ts';
import type { EdgeSender, Mailroom } from '../workers/mailroom.ts';
import type { Epoch, Operator } from './operators/operator.ts';
import type { Edge, Place, Stages } from './stages.ts';
import { EMPTY, Observable as RxObservable, concat } from 'rxjs';
import { bucketsOf, ownersOfBuckets, rowsByOwner, splitBuckets } from '../state/bucket-range.ts';
import { gatherBatch } from '../types/vector-ops.ts';
import { readsOf } from './operators/operator.ts';
import { FlowControl } from './rx.ts';

/** An epoch without its input, and how a scan of this thread is read, held back by a flow control. */
export interface ThreadEpoch extends Omit<Epoch, 'input' | 'mayEmit' | 'holding'> {
  /** Counts the epochs of the run, repetitions included; tells their batches apart on the edges. */
  readonly number: number;
  readonly readScan: (scanIndex: number, columns: readonly string[], flow: FlowControl) => Observable<ColumnBatch>;
}

/** How many batches of one thread may be on their way on one edge. */
const MAX_IN_FLIGHT = 8;

export class Fragments {
  readonly #stages: Stages;
  readonly #place: Place;
  readonly #mailroom: Mailroom;
  readonly #owners: Uint8Array;

  constructor(stages: Stages, place: Place, mailroom: Mailroom) {
    this.#stages = stages;
    this.#place = place;
    this.#mailroom = mailroom;
    this.#owners = ownersOfBuckets(splitBuckets(stages.numWorkers));
  }

  /** Runs every piece that ends in an edge. `done` is called when all have come to their end, `failed` at the first error. */
  run(epoch: ThreadEpoch, done: () => void, failed: (error: unknown) => void): Subscription[] {
    const edges = this.#stages.edges.filter(({ from }) => from === this.#place);
    let numRunning = edges.length;
    if (numRunning === 0) done();
    return edges.map((edge) => {
      const flow = new FlowControl(MAX_IN_FLIGHT);
      const sender = this.#mailroom.sender(epoch.number, edge.id, flow);
      const pieceEpoch = this.#epochOf(epoch, flow);
      const rows = this.#connect(edge.producer, pieceEpoch, epoch.number, flow);
      const reduced = edge.reduction === undefined ? rows : rows.pipe(edge.reduction.before(pieceEpoch));
      const subscription = reduced.subscribe({
        next: (batch) => this.#send(edge, sender, batch, pieceEpoch),
        error: failed,
        complete: () => {
          sender.end();
          numRunning -= 1;
          if (numRunning === 0) done();
        },
      });
      subscription.add(() => flow.open());
      return subscription;
    });
  }

  /** The rows for the sink; on the coordinator only. */
  result(epoch: ThreadEpoch, flow: FlowControl): Observable<ColumnBatch> {
    const { root, rootEdge } = this.#stages;
    if (rootEdge !== undefined) return this.#receive(rootEdge, epoch.number, flow);
    return this.#connect(root, this.#epochOf(epoch, flow), epoch.number, flow);
  }

  #epochOf(epoch: ThreadEpoch, flow: FlowControl): Epoch {
    return {
      ...epoch,
      input: (scanIndex, columns) => epoch.readScan(scanIndex, columns, flow),
      mayEmit: () => flow.ready(),
      holding: flow,
    };
  }

  #connect(operator: Operator, epoch: Epoch, epochNumber: number, flow: FlowControl): Observable<ColumnBatch> {
    if (operator.kind === 'leaf') return operator.read(epoch);
    let isReduced = false;
    const inputs = readsOf(operator).map((input, i) => {
      const edge = this.#stages.inputEdge(operator, i);
      if (edge === undefined) return this.#connect(input, epoch, epochNumber, flow);
      isReduced ||= edge.reduction !== undefined;
      return this.#receive(edge, epochNumber, flow);
    });
    if (operator.kind === 'combine') return operator.combine(epoch, inputs);
    const [first = EMPTY, ...others] = inputs;
    const input = others.length === 0 ? first : concat(first, ...others);
    return input.pipe(
      isReduced && operator.reduction !== undefined ? operator.reduction.process(epoch) : operator.process(epoch),
    );
  }

  /** The batches of an edge; each is acknowledged when it has been worked off and what it led to may be sent. */
  #receive(edge: Edge, epochNumber: number, flow: FlowControl): Observable<ColumnBatch> {
    return new RxObservable((subscriber) => {
      this.#mailroom.read(epochNumber, edge.id, {
        next: (batch, taken) => {
          subscriber.next(batch);
          void flow.ready().then(taken);
        },
        complete: () => subscriber.complete(),
      });
    });
  }

  #send(edge: Edge, sender: EdgeSender, batch: ColumnBatch, { context }: Epoch): void {
    const shape = Math.max(0, edge.shapes.indexOf(batch.schema));
    const { numWorkers } = this.#stages;
    if (edge.keysOf === undefined) {
      sender.send(numWorkers, batch, shape, false);
      return;
    }
    if (batch.numRows === 0) return;
    const buckets = bucketsOf(edge.keysOf(batch, context), batch.numRows);
    rowsByOwner(buckets, this.#owners, numWorkers).forEach((rows, owner) => {
      if (rows.length === 0) return;
      const isWhole = rows.length === batch.numRows;
      sender.send(owner, isWhole ? batch : gatherBatch(batch, rows, rows.length), shape, !isWhole);
    });
  }
}
