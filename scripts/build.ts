/** `npm run build`: compiles `src/` into an emptied `dist/`, one file in, one file out; other files beside the sources, such as WASM, are copied. */
import { spawnSync } from 'node:child_process';
import { cpSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const NOT_COPIED = new Set(['.ts', '.md']);

rmSync(path.join(root, 'dist'), { recursive: true, force: true });
const { status } = spawnSync('tsc', ['-p', 'tsconfig.build.json'], {
  cwd: root,
  stdio: 'inherit',
  shell: process.platform === 'win32',
});
if (status === 0) {
  const isCopied = (file: string): boolean => !NOT_COPIED.has(path.extname(file));
  cpSync(path.join(root, 'src'), path.join(root, 'dist'), { recursive: true, filter: isCopied });
}
process.exitCode = status ?? 1;
