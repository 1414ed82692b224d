/**
 * The program of a worker thread: serves the queries it is handed until the session ends the thread. A file of its own in the package,
 * beside the file of the environment that starts it.
 */
import { parentPort } from 'node:worker_threads';
import type { OpenQuery } from '../engine/worker-messages.ts';
import { createEnvironment, serveOn, systemParts } from './default-environment.ts';

const environment = createEnvironment(systemParts());

parentPort?.on('message', (open: OpenQuery) => serveOn(environment, open));
