import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { compileKernels, kernelBinaryText } from '../../scripts/kernel-compiler.ts';
import { threadKernels } from '../../src/kernels/kernel-instance.ts';

const COMPILER_TIMEOUT_MS = 300_000;

test(
  'the committed module is that of the sources; npm run kernels makes it',
  async () => {
    const committed = readFileSync(new URL('../../src/kernels/kernel-binary.ts', import.meta.url), 'utf8');
    expect(kernelBinaryText(await compileKernels())).toBe(committed);
  },
  COMPILER_TIMEOUT_MS,
);

test('the twins are chosen by MILLRACE_KERNELS=typescript', () => {
  expect(threadKernels('typescript')).toBeUndefined();
  expect(threadKernels('wasm')).toBe(threadKernels('wasm'));
});
