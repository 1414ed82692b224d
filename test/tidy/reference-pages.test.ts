/** The generated pages of docs/ say what the definitions say. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

import { referencePages } from '../../scripts/reference-pages.ts';
import { ROOT } from './project-files.ts';

test.for([...referencePages()])('%s is what `node scripts/generate-docs.ts` writes', ([path, text]) => {
  expect(readFileSync(join(ROOT, path), 'utf8').split('\n')).toEqual(text.split('\n'));
});
