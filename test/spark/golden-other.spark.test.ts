/** Every other golden query, beginning with the second: see golden-suite.ts. */
import { testGoldens } from './golden-suite.ts';

testGoldens(1);
