/** The value at `x` of the cubic curve through four neighbouring points; `xs` ascend, `x` is among them, and `yAt` says their other halves. */
export function cubicInterpolation(xs: Float64Array, yAt: (index: number) => number, x: number): number {
  const last = xs.length - 1;
  if (x === xs[last]) return yAt(last);
  let low = 0;
  let high = last;
  while (low + 1 < high) {
    const middle = low + Math.floor((high - low) / 2);
    if ((xs[middle] as number) <= x) low = middle;
    else high = middle;
  }
  const start = low === 0 ? 0 : low === last - 1 ? low - 2 : low - 1;
  let sum = 0;
  for (let i = 0; i < 4; i++) {
    let numerator = 1;
    let denominator = 1;
    const own = xs[start + i] as number;
    for (let j = 0; j < 4; j++) {
      if (j === i) continue;
      const other = xs[start + j] as number;
      numerator *= x - other;
      denominator *= own - other;
    }
    sum += (yAt(start + i) * numerator) / denominator;
  }
  return sum;
}
