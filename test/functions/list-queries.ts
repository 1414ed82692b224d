/** Prints the queries that make-edge-goldens.py asks Spark for, as JSON: the examples and the calls at the edges. */
import { edgeQueries } from './edge-queries.ts';
import { exampleQueries } from './example-queries.ts';

process.stdout.write(JSON.stringify({ examples: exampleQueries(), edges: edgeQueries() }));
