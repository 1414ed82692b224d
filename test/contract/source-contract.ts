/** The contract of sources (src/testing/source-contract.ts) as tests of this project, and its tools for other tests of sources. */
import { test } from 'vitest';
import { sourceContract, type SourceContractOptions, type SourceDriver } from '../../src/testing/source-contract.ts';

export {
  memorySourceLog,
  nextOffset,
  readRange,
  sourceContext,
  type SourceContractOptions,
  type SourceDriver,
} from '../../src/testing/source-contract.ts';

/** Registers the tests of the contract for one source. */
export function testSourceContract(
  name: string,
  start: () => Promise<SourceDriver>,
  options: SourceContractOptions = {},
): void {
  for (const { name: rule, run } of sourceContract(start, options)) test(`${name}: ${rule}`, run);
}
