/** The event times of streaming tests: seconds after ten o'clock. */
export function at(second: number): string {
  return new Date(Date.UTC(2026, 0, 1, 10, 0, second)).toISOString();
}
