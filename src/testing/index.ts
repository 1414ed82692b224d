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
  checkProgress,
  checkState,
  crash,
  expectError,
  processAllAvailable,
  startStream,
  stopStream,
  testStream,
} from './test-stream.ts';
export type { StreamAction, StreamRun } from './test-stream.ts';
export type { ExpectedRow } from './expected-rows.ts';
export type { CrashPoint } from './crash-points.ts';
export { matchers } from './matchers.ts';
export type { MatcherResult, MillraceMatchers } from './matchers.ts';
export { ProcessorTester } from './processor-tester.ts';
export type { ProcessorTesterOptions } from './processor-tester.ts';
export { startEmbeddedKinesis } from '../emulator/kinesis/embedded-kinesis.ts';
export type { EmbeddedKinesis, EmbeddedKinesisOptions } from '../emulator/kinesis/embedded-kinesis.ts';
export type { KinesisFault, KinesisFaults } from '../emulator/kinesis/faults.ts';
export type { KinesisServer } from '../emulator/kinesis/serve-kinesis.ts';
export { createReplaySession, recordStream, replayStream } from './replay.ts';
export type { RecordedStream, RecordStreamOptions } from './replay.ts';
export { sourceContract } from './source-contract.ts';
export type { ContractCase, FormatDriver, SourceContractOptions, SourceDriver } from './source-contract.ts';
export { sinkContract } from './sink-contract.ts';
export type { SinkContractDriver, SinkDestination } from './sink-contract.ts';
