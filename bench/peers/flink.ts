/** Apache Flink 2.3.0 as streaming SQL with parallelism 2 and checkpoints on disk, through PyFlink from PyPI. Needs Java 17. */
import { fileURLToPath } from 'node:url';
import type { Engine } from '../harness/work.ts';
import { pythonWith, requireJava } from './python.ts';

let python = process.env['MILLRACE_BENCH_PYFLINK'] ?? '';

export const flink: Engine = {
  name: 'flink',
  programs: ['seed'],
  install() {
    requireJava();
    if (python === '') python = pythonWith('apache-flink', '2.3.0');
  },
  command: (program) => [python, fileURLToPath(new URL(`flink/${program.replaceAll('-', '_')}.py`, import.meta.url))],
};
