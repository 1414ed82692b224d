/** The memory checkpoint keeps the contract of all stores. */
import { MemoryCheckpoint, MemoryCheckpointContent } from '../../src/checkpoint/memory-checkpoint.ts';
import { describeCheckpointContract } from '../contract/checkpoint-contract.ts';

describeCheckpointContract('the memory checkpoint', {
  fresh: () => {
    const content = new MemoryCheckpointContent();
    return Promise.resolve(() => new MemoryCheckpoint(content));
  },
});
