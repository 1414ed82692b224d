/** Every other golden query, beginning with the first: see golden-suite.ts. */
import { testGoldens } from './golden-suite.ts';

testGoldens(0);
