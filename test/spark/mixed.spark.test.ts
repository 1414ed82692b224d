/** Many kinds of queries over drawn rows, started again between files, as a real PySpark answers them. */
import { testScenarios } from './scenario-suite.ts';

testScenarios('mixed');
