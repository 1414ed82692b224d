/** The contract of exactly-once sinks (src/testing/sink-contract.ts) as tests of this project, and its tools for other tests of sinks. */
import { describe, test } from 'vitest';
import { sinkContract, type SinkContractDriver } from '../../src/testing/sink-contract.ts';

export {
  batchOf,
  conditionOf,
  ID_NAME,
  identity,
  openSink,
  sinkContext,
  streamOf,
  type SinkContractDriver,
  type SinkRequest,
} from '../../src/testing/sink-contract.ts';

/** Registers the tests of the contract for one sink. */
export function describeSinkContract(name: string, driver: SinkContractDriver): void {
  describe(`${name} keeps the sink contract`, () => {
    for (const { name: rule, run } of sinkContract(driver)) test(rule, run);
  });
}
