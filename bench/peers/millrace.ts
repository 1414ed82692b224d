/** Ourselves: the programs of end-to-end/, run by this Node on the built package in dist/. */
import { fileURLToPath } from 'node:url';
import type { Engine } from '../harness/work.ts';

export const millrace: Engine = {
  name: 'millrace',
  programs: ['seed', 'high-cardinality', 'files', 'latency', 'state', 'group', 'kafka'],
  install() {},
  command: (program) => [process.execPath, fileURLToPath(new URL(`../end-to-end/${program}.ts`, import.meta.url))],
};
