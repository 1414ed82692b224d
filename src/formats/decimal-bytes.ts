/** How many bytes hold the unscaled values of a precision in two's complement, as Parquet and Avro keep decimals. */
export function decimalBytes(precision: number): number {
  let bytes = 1;
  while (2n ** BigInt(8 * bytes - 1) <= 10n ** BigInt(precision) - 1n) bytes++;
  return bytes;
}
