/** `millrace/testing`: the test kit for programs built on Millrace. */
export { ManualClock } from './manual-clock.ts';
export { createTestSession } from './test-session.ts';
export {
  addData,
  advanceClock,
  assertOnQuery,
  checkAnswer,
  checkLastBatch,
  checkNewAnswer,
  expectError,
  processAllAvailable,
  startStream,
  stopStream,
  testStream,
} from './test-stream.ts';
export type { StreamAction } from './test-stream.ts';
export type { ExpectedRow } from './expected-rows.ts';
