/**
 * `npm run kernels`: compiles src/kernels/assembly with the AssemblyScript compiler and writes the module as base64 to
 * src/kernels/kernel-binary.ts, which is committed, so that whatever reads the sources needs no step before. A test compares the two.
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { compileKernels, kernelBinaryText } from './kernel-compiler.ts';

writeFileSync(
  fileURLToPath(new URL('../src/kernels/kernel-binary.ts', import.meta.url)),
  kernelBinaryText(await compileKernels()),
);
