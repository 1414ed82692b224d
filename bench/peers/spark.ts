/** Apache Spark 4.3.0, `local[2]`, through PySpark: of MILLRACE_TEST_PYSPARK (a Python that has it) or from PyPI. Needs Java 17. */
import { fileURLToPath } from 'node:url';
import type { Engine } from '../harness/work.ts';
import { pythonWith, requireJava } from './python.ts';

let python = process.env['MILLRACE_TEST_PYSPARK'] ?? '';

export const spark: Engine = {
  name: 'spark',
  programs: ['seed', 'high-cardinality', 'files', 'latency'],
  install() {
    requireJava();
    if (python === '') python = pythonWith('pyspark', '4.3.0');
  },
  command: (program) => [python, fileURLToPath(new URL(`spark/${program.replaceAll('-', '_')}.py`, import.meta.url))],
};
