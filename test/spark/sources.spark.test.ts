/** What sources give batch by batch over limits, triggers and restarts, and the whole progress, as a real PySpark has it. */
import { testScenarios } from './scenario-suite.ts';

testScenarios('sources');
