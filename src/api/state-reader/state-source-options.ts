/**
 * The options of `format('statestore')`, with Spark's names, rules and errors. What needs the checkpoint (the last batch, which stores there
 * are) is settled by whoever reads it.
 */
import type { Options } from '../../types/options.ts';
import { MillraceError } from '../../errors/millrace-error.ts';
import { optionText } from '../../types/options.ts';

export const STATE_SOURCE_OPTIONS = [
  'batchId',
  'operatorId',
  'storeName',
  'joinSide',
  'snapshotStartBatchId',
  'snapshotPartitionId',
  'readChangeFeed',
  'changeStartBatchId',
  'changeEndBatchId',
  'stateVarName',
  'readRegisteredTimers',
  'flattenCollectionTypes',
] as const;

const JOIN_SIDES = ['left', 'right', 'none'] as const;

type OptionName = (typeof STATE_SOURCE_OPTIONS)[number];

export interface StateSourceOptions {
  readonly path: string;
  readonly operatorId: number;
  readonly storeName: string;
  readonly joinSide: 'left' | 'right' | 'none';
  readonly stateVarName: string | undefined;
  readonly readRegisteredTimers: boolean;
  readonly flattenCollectionTypes: boolean;
  /** Undefined: the last batch. Not with `changes`. */
  readonly batchId: number | undefined;
  readonly snapshot: { readonly startBatchId: number; readonly partitionId: number } | undefined;
  /** The batches whose changes are read; `end` undefined: the last. */
  readonly changes: { readonly start: number; readonly end: number | undefined } | undefined;
}

/** Reads and checks the options; STDS_REQUIRED_OPTION_UNSPECIFIED, STDS_CONFLICT_OPTIONS or STDS_INVALID_OPTION_VALUE. */
export function stateSourceOptions(options: Options): StateSourceOptions {
  const path = optionText(options, 'path');
  if (path === undefined) throw new MillraceError('STDS_REQUIRED_OPTION_UNSPECIFIED', { optionName: 'path' });
  const operatorId = notNegative('operatorId', numberOf(options, 'operatorId') ?? 0);
  const storeName = (optionText(options, 'storeName') ?? 'default').trim();
  if (storeName === '') throw new MillraceError('STDS_INVALID_OPTION_VALUE.IS_EMPTY', { optionName: 'storeName' });
  const stateVarName = optionText(options, 'stateVarName')?.trim();
  const readRegisteredTimers = booleanOf(options, 'readRegisteredTimers', false);
  if (readRegisteredTimers && stateVarName !== undefined) throw conflict('readRegisteredTimers', 'stateVarName');
  const flattenCollectionTypes = booleanOf(options, 'flattenCollectionTypes', true);
  const joinSide = JOIN_SIDES.find((side) => side === (optionText(options, 'joinSide') ?? 'none'));
  if (joinSide === undefined) throw invalid('joinSide', 'Valid values are left,right,none');
  if (joinSide !== 'none' && storeName !== 'default') throw conflict('joinSide', 'storeName');
  const common = { path, operatorId, storeName, joinSide, stateVarName, readRegisteredTimers, flattenCollectionTypes };
  if (booleanOf(options, 'readChangeFeed', false)) return { ...common, ...changesOf(options, joinSide) };
  for (const name of ['changeStartBatchId', 'changeEndBatchId'] as const)
    if (numberOf(options, name) !== undefined)
      throw invalid(name, 'Only specify this option when readChangeFeed is set to true.');
  const batchId = numberOf(options, 'batchId');
  if (batchId !== undefined) notNegative('batchId', batchId);
  return { ...common, batchId, changes: undefined, snapshot: snapshotOf(options, batchId) };
}

type Range = Pick<StateSourceOptions, 'batchId' | 'snapshot' | 'changes'>;

function changesOf(options: Options, joinSide: string): Range {
  if (joinSide !== 'none') throw conflict('joinSide', 'readChangeFeed');
  for (const name of ['batchId', 'snapshotStartBatchId', 'snapshotPartitionId'] as const)
    if (numberOf(options, name) !== undefined) throw conflict(name, 'readChangeFeed');
  const start = numberOf(options, 'changeStartBatchId');
  if (start === undefined)
    throw new MillraceError('STDS_REQUIRED_OPTION_UNSPECIFIED', { optionName: 'changeStartBatchId' });
  notNegative('changeStartBatchId', start);
  const end = numberOf(options, 'changeEndBatchId');
  if (end !== undefined) checkChangeEnd(start, end);
  return { batchId: undefined, snapshot: undefined, changes: { start, end } };
}

/** The end of a change feed must not lie before its start. */
export function checkChangeEnd(start: number, end: number): void {
  if (end >= start) return;
  throw invalid(
    'changeEndBatchId',
    `changeEndBatchId cannot be smaller than changeStartBatchId. Please check the input to changeEndBatchId, or if you are using its default value, make sure that changeStartBatchId is less than ${end}.`,
  );
}

function snapshotOf(options: Options, batchId: number | undefined): StateSourceOptions['snapshot'] {
  const startBatchId = numberOf(options, 'snapshotStartBatchId');
  const partitionId = numberOf(options, 'snapshotPartitionId');
  if (startBatchId === undefined && partitionId === undefined) return undefined;
  if (startBatchId === undefined || partitionId === undefined) {
    const optionName = startBatchId === undefined ? 'snapshotStartBatchId' : 'snapshotPartitionId';
    throw new MillraceError('STDS_REQUIRED_OPTION_UNSPECIFIED', { optionName });
  }
  notNegative('snapshotPartitionId', partitionId);
  notNegative('snapshotStartBatchId', startBatchId);
  if (batchId !== undefined && startBatchId > batchId) throw snapshotTooLate(batchId);
  return { startBatchId, partitionId };
}

/** The error for a snapshot that is younger than the batch that is read. */
export function snapshotTooLate(batchId: number): MillraceError {
  return invalid('snapshotStartBatchId', `value should be less than or equal to ${batchId}`);
}

/** An option whose value does not do. */
export function invalid(optionName: OptionName, message: string): MillraceError {
  return new MillraceError('STDS_INVALID_OPTION_VALUE.WITH_MESSAGE', { optionName, message });
}

function conflict(...names: readonly OptionName[]): MillraceError {
  const options = `[${names.map((name) => `'${name}'`).join(', ')}]`;
  return new MillraceError('STDS_CONFLICT_OPTIONS', { options });
}

function notNegative(optionName: OptionName, value: number): number {
  if (value < 0) throw new MillraceError('STDS_INVALID_OPTION_VALUE.IS_NEGATIVE', { optionName });
  return value;
}

function numberOf(options: Options, name: OptionName): number | undefined {
  const text = optionText(options, name);
  if (text === undefined) return undefined;
  if (/^\s*[+-]?\d+\s*$/.test(text)) return Number(text);
  throw invalid(name, `For input string: "${text}"`);
}

function booleanOf(options: Options, name: OptionName, otherwise: boolean): boolean {
  const text = optionText(options, name)?.toLowerCase();
  if (text === undefined) return otherwise;
  if (text === 'true' || text === 'false') return text === 'true';
  throw invalid(name, 'Boolean value is expected');
}
