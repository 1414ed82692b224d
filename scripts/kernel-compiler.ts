/** Compiles the kernels, for the build and for the test that the committed module is that of the sources. */
import { Buffer } from 'node:buffer';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { main } from 'assemblyscript/asc';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const ENTRY = 'src/kernels/assembly/kernel-exports.ts';
const FLAGS = ['--enable', 'simd', '--runtime', 'stub', '-O3', '--converge', '--noAssert', '--initialMemory', '1'];

/** The WebAssembly module; what the compiler has to say goes into the error. */
export async function compileKernels(): Promise<Uint8Array> {
  const folder = mkdtempSync(path.join(tmpdir(), 'millrace-kernels-'));
  try {
    const outFile = path.join(folder, 'kernels.wasm');
    let text = '';
    const stderr = { write: (part: string | Uint8Array) => void (text += Buffer.from(part).toString()) };
    const args = [ENTRY, '--baseDir', ROOT, '--outFile', path.relative(ROOT, outFile), ...FLAGS];
    const { error } = await main(args, { stderr });
    if (error !== null) throw new Error(text, { cause: error });
    return readFileSync(outFile);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The text of src/kernels/kernel-binary.ts. */
export function kernelBinaryText(binary: Uint8Array): string {
  const base64 = Buffer.from(binary).toString('base64');
  return `/** The module of the kernels, made by \`npm run kernels\` from assembly/; not edited by hand. */\nexport const KERNEL_BINARY =\n  '${base64}';\n`;
}
