/** Which joins a stream can do: by type, sides and output mode. The rest is refused with Spark's sentences. */
import type { Join } from './logical-plan.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { joinTypeText } from './join-type.ts';
import { joinPartsOf } from './join-keys.ts';
import { hasEventTimeKey, rangeBoundOf } from './join-watermarks.ts';
import { isStreaming } from './logical-plan.ts';
import { unsupported } from './unsupported.ts';

/** An output mode as Spark's messages spell it: `Append`. */
export function modeName(mode: string): string {
  return mode.charAt(0).toUpperCase() + mode.slice(1);
}

/** True when both sides are streams, so that the join keeps state. */
export function isStreamJoin({ left, right }: Join): boolean {
  return isStreaming(left) && isStreaming(right);
}

/** Throws when a join that reads a stream cannot be run in this output mode. */
export function checkStreamingJoin(join: Join, outputMode: string): void {
  checkSetOperation(join);
  if (isStreamJoin(join)) checkStreamJoin(join, outputMode);
  else checkTableJoin(join, isStreaming(join.left));
}

function checkSetOperation({ setOperation, right }: Join): void {
  if (setOperation === 'except' && isStreaming(right))
    throw unsupported(
      'Except on a streaming DataFrame/Dataset on the right is not supported',
      'Put the stream on the left and a table on the right.',
    );
  if (setOperation === 'intersect')
    throw unsupported('Intersect of streaming DataFrames/Datasets is not supported', 'Join them over their columns.');
}

function checkTableJoin({ joinType }: Join, isLeftStream: boolean): void {
  switch (joinType) {
    case 'inner':
    case 'cross':
      return;
    case 'leftOuter':
    case 'leftSemi':
    case 'leftAnti':
      if (isLeftStream) return;
      if (joinType === 'leftAnti') throw antiJoin('Put the stream on the left.');
      throw unsupported(
        `${joinTypeText(joinType)} join with a streaming DataFrame/Dataset on the right and a static DataFrame/Dataset on the left is not supported`,
        'Put the stream on the left.',
      );
    case 'rightOuter':
      if (!isLeftStream) return;
      throw unsupported(
        'RightOuter join with a streaming DataFrame/Dataset on the left and a static DataFrame/DataSet on the right not supported',
        'Put the stream on the right, or use a left outer join.',
      );
    case 'fullOuter':
      throw unsupported(
        `FullOuter joins with streaming DataFrames/Datasets on the ${isLeftStream ? 'left' : 'right'} and a static DataFrame/Dataset on the ${isLeftStream ? 'right' : 'left'} is not supported`,
        'Use an outer join that keeps the rows of the stream.',
      );
  }
}

function antiJoin(hint: string): MillraceError {
  return unsupported('LeftAnti joins with a streaming DataFrame/Dataset on the right are not supported', hint);
}

function checkStreamJoin(join: Join, outputMode: string): void {
  const { joinType } = join;
  if (joinType === 'leftAnti') throw antiJoin('Use a left outer join and keep the rows whose right key is null.');
  const takesUpdate = joinType === 'inner' || joinType === 'cross' || joinType === 'leftSemi';
  if (outputMode !== 'append' && !(takesUpdate && outputMode === 'update')) {
    const modes = takesUpdate ? 'Append and Update output modes' : 'Append output mode';
    throw unsupported(
      `${joinTypeText(joinType)} join between two streaming DataFrames/Datasets is not supported in ${modeName(outputMode)} output mode, only in ${modes}`,
      'Use outputMode("append").',
    );
  }
  if (joinType !== 'inner' && joinType !== 'cross') checkBounds(join);
}

/** Throws when two streams are joined without an equality; in an optimized plan, where filters have become conditions. */
export function checkJoinKeys(join: Join): void {
  if (!isStreamJoin(join) || joinPartsOf(join).keys.length > 0) return;
  throw new MillraceError(
    '_LEGACY_ERROR_TEMP_1181',
    {},
    { hint: 'Add an equality between a column of each side to the condition.' },
  );
}

/** Rows that come out for want of a partner need a moment from which no partner can come. */
function checkBounds(join: Join): void {
  const { joinType } = join;
  const isBounded =
    hasEventTimeKey(join) ||
    (joinType !== 'rightOuter' && rangeBoundOf(join, 'left') !== undefined) ||
    ((joinType === 'rightOuter' || joinType === 'fullOuter') && rangeBoundOf(join, 'right') !== undefined);
  if (isBounded) return;
  throw unsupported(
    `Stream-stream ${joinTypeText(joinType)} join between two streaming DataFrame/Datasets is not supported without a watermark in the join keys, or a watermark on the nullable side and an appropriate range condition`,
    'Call withWatermark on both sides and bound one event time by the other in the condition, as in rightTime >= leftTime AND rightTime <= leftTime + INTERVAL 1 HOUR.',
  );
}
