/**
 * The program of a worker thread: serves the queries it is handed until the session ends the thread. A file of its own in the package,
 * beside the file of the environment that starts it. It has Node keep the compiled form of the package (see
 * `module.enableCompileCache`; NODE_DISABLE_COMPILE_CACHE=1 turns it off), which is a third of what a thread costs to start.
 */
import * as nodeModule from 'node:module';
import { parentPort } from 'node:worker_threads';
import type { OpenQuery } from '../engine/worker-messages.ts';

nodeModule.enableCompileCache();
const { createEnvironment, serveOn, systemParts } = await import('./default-environment.ts');
const environment = createEnvironment(systemParts());

parentPort?.on('message', (open: OpenQuery) => {
  serveOn(environment, open);
  // Now, as most of the code has come with the first query, and the end of a thread is not awaited.
  nodeModule.flushCompileCache();
});
