/** Programs that changed between two runs on one checkpoint: taken or refused as by a real PySpark, with its rows. */
import { testScenarios } from './scenario-suite.ts';

testScenarios('restarts');
