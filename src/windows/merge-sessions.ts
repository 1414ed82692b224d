/**
 * Sorts the sessions of single rows by group and start and joins those that meet: pure arithmetic on arrays. Two sessions meet when the
 * later one starts at or before the end of the earlier one, as in Spark: events exactly one gap apart are one session.
 */

/** The sessions of some rows, groups together, starts ascending within a group; no two of a group meet. */
export interface JoinedSessions {
  readonly count: number;
  /** All rows ordered by group and start; rows of equal start stay in their order. */
  readonly order: Int32Array;
  /** Session i holds the rows `order[firstRows[i]] … order[firstRows[i + 1] - 1]`; one entry more than sessions. */
  readonly firstRows: Int32Array;
  readonly groups: Int32Array;
  readonly starts: BigInt64Array;
  readonly ends: BigInt64Array;
}

/** Joins the rows' own sessions `[starts[i], ends[i])` of each group. */
export function joinSessions(
  groups: Int32Array,
  starts: BigInt64Array,
  ends: BigInt64Array,
  numRows: number,
): JoinedSessions {
  const order = orderOf(groups, starts, numRows);
  const joined = {
    order,
    firstRows: new Int32Array(numRows + 1),
    groups: new Int32Array(numRows),
    starts: new BigInt64Array(numRows),
    ends: new BigInt64Array(numRows),
  };
  let count = 0;
  for (let i = 0; i < numRows; i++) {
    const row = order[i] as number;
    const group = groups[row] as number;
    const start = starts[row] as bigint;
    const end = ends[row] as bigint;
    const last = count - 1;
    if (last >= 0 && joined.groups[last] === group && start <= (joined.ends[last] as bigint)) {
      if (end > (joined.ends[last] as bigint)) joined.ends[last] = end;
      continue;
    }
    joined.firstRows[count] = i;
    joined.groups[count] = group;
    joined.starts[count] = start;
    joined.ends[count] = end;
    count++;
  }
  joined.firstRows[count] = numRows;
  return { count, ...joined };
}

/** The rows by group and start. Times are compared as distances, exact numbers but for batches that span centuries. */
function orderOf(groups: Int32Array, starts: BigInt64Array, numRows: number): Int32Array {
  const order = Int32Array.from({ length: numRows }, (_, i) => i);
  const origin = starts[0] ?? 0n;
  const distances = new Float64Array(numRows);
  let isSorted = true;
  for (let i = 0; i < numRows; i++) {
    distances[i] = Number((starts[i] as bigint) - origin);
    if (i === 0 || !isSorted) continue;
    const sameGroup = groups[i] === groups[i - 1];
    isSorted = sameGroup
      ? (starts[i] as bigint) >= (starts[i - 1] as bigint)
      : (groups[i] as number) > (groups[i - 1] as number);
  }
  if (isSorted) return order;
  return order.sort((a, b) => {
    const byGroup = (groups[a] as number) - (groups[b] as number);
    if (byGroup !== 0) return byGroup;
    const byDistance = (distances[a] as number) - (distances[b] as number);
    return byDistance !== 0 ? byDistance : compareExactly(starts[a] as bigint, starts[b] as bigint);
  });
}

function compareExactly(a: bigint, b: bigint): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
