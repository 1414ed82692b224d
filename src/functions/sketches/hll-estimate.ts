/** How many different values a HyperLogLog sketch is of, when only its coupons or registers tell: the estimators of Apache DataSketches. */
import { cubicInterpolation } from './cubic-interpolation.ts';
import { COUPON_COUNTS, COUPON_ESTIMATES, rawEstimatesOf } from './hll-measurements.ts';

/** The registers of a sketch in short. */
export interface RegisterSummary {
  readonly lgK: number;
  /** The sum of 2 to the power of minus each rank. */
  readonly sum: number;
  readonly numEmpty: number;
}

const HARMONIC_TERMS = [1 / 12, -1 / 120, 1 / 252, -1 / 240];
const EULER = 0.5772156649015329;
const NUM_EXACT = 25;

/** 2 to the power of a negated rank. */
export function invertedPower(rank: number): number {
  return 2 ** -rank;
}

/** The estimate of a number of coupons, or of registers. */
export function hllEstimate(known: number | RegisterSummary): number {
  if (typeof known !== 'number') return registerEstimate(known);
  return Math.max(
    known,
    cubicInterpolation(COUPON_COUNTS, (i) => COUPON_ESTIMATES[i] as number, known),
  );
}

function registerEstimate({ lgK, sum, numEmpty }: RegisterSummary): number {
  const numRegisters = 2 ** lgK;
  const factor = { 4: 0.673, 5: 0.697, 6: 0.709 }[lgK] ?? 0.7213 / (1 + 1.079 / numRegisters);
  const raw = (factor * numRegisters * numRegisters) / sum;
  const { estimates, stride } = rawEstimatesOf(lgK);
  const last = estimates.length - 1;
  const greatest = estimates[last] as number;
  if (raw < (estimates[0] as number)) return 0;
  if (raw > greatest) return raw * ((stride * last) / greatest);
  const adjusted = cubicInterpolation(estimates, (i) => stride * i, raw);
  if (adjusted > 3 * numRegisters) return adjusted;
  const linear =
    numEmpty === 0
      ? numRegisters * Math.log(numRegisters / 0.5)
      : numRegisters * (harmonic(numRegisters) - harmonic(numEmpty));
  const crossing = { 4: 0.718, 5: 0.672 }[lgK] ?? 0.64;
  return (adjusted + linear) / 2 > crossing * numRegisters ? adjusted : linear;
}

/** 1 + 1/2 + … + 1/n. */
function harmonic(n: number): number {
  if (n < NUM_EXACT) {
    let sum = 0;
    for (let i = 1; i <= n; i++) sum += 1 / i;
    return sum;
  }
  let sum = Math.log(n) + EULER + 1 / (2 * n);
  let power = 1;
  for (const term of HARMONIC_TERMS) {
    power /= n * n;
    sum -= power * term;
  }
  return sum;
}
