/** `node scripts/generate-docs.ts`: writes the reference pages of docs/ from the definitions; reference-pages.ts makes their text. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { referencePages } from './reference-pages.ts';

mkdirSync('docs', { recursive: true });
for (const [path, text] of referencePages()) {
  writeFileSync(path, text);
  process.stdout.write(`${path}\n`);
}
