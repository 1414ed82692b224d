/** What coordinator and workers of one query tell each other; plain data. Rows travel beside this, through the mailroom. */
import type { MessagePort } from 'node:worker_threads';
import type { EvaluationContext } from '../functions/define-function.ts';
import type { InputPartition } from '../source/source.ts';
import type { StateMetrics } from '../state/state-store.ts';
import type { PlanMessage } from '../workers/plan-message.ts';
import type { StateCommits } from './epoch-runner.ts';
import type { Epoch } from './operators/operator.ts';
import type { Stages } from './stages.ts';

/** Opens a query on a worker thread. */
export interface OpenQuery {
  /** The number of the thread in this query. */
  readonly index: number;
  readonly numWorkers: number;
  readonly plan: PlanMessage;
  readonly settings: ReadonlyMap<string, string>;
  readonly outputMode: Epoch['outputMode'];
  readonly workerScans: readonly number[];
  /** The epoch of the checkpoint, and what errors call it; undefined for queries without durable state. */
  readonly checkpoint: { readonly epoch: number; readonly location: string } | undefined;
  /** To the coordinator. */
  readonly port: MessagePort;
  /** To the other workers, by their number. */
  readonly peers: ReadonlyMap<number, MessagePort>;
}

/** What a worker is told of an epoch. */
export interface EpochMessage {
  readonly number: number;
  readonly batchId: number;
  readonly outputMode: Epoch['outputMode'];
  readonly context: EvaluationContext;
  readonly lateWatermarkMs: number;
  readonly evictionWatermarkMs: number;
  readonly tracksLateRows: boolean;
}

/** What a worker answers to `commit`. */
export interface CommitMessage {
  readonly commits: StateCommits;
  readonly metrics: Readonly<Record<string, StateMetrics>>;
}

/** What a worker asks for when it is ready to read more; answered by an InputPartition, or undefined when there are no more. */
export interface PartitionRequest {
  readonly number: number;
  readonly scanIndex: number;
}

export type PartitionAnswer = InputPartition | undefined;

/** The scans that workers read, for the message that opens a query. */
export function workerScansOf(stages: Stages): number[] {
  const scans: number[] = [];
  const visit = (operator: Stages['root']): void => {
    if (operator.kind === 'leaf' && operator.scanIndex !== undefined && stages.placeOf(operator) === 'workers')
      scans.push(operator.scanIndex);
    operator.inputs.forEach(visit);
  };
  visit(stages.root);
  return scans;
}

/** An entry of state for the coordinator to write. */
export interface StateEntryMessage {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** CRC-32C of the bytes. */
  readonly crc32c: number;
}
