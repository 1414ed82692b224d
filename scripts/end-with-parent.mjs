/**
 * Loaded by run.mjs into every task before its own program: when run.mjs is gone, however it went, the pipe at file descriptor 3 closes
 * and the task gets the SIGTERM that run.mjs can no longer pass on. Keeps nothing alive by itself.
 */
import { Socket } from 'node:net';

const PARENT_FD = 3;

const parent = new Socket({ fd: PARENT_FD, readable: true, writable: false });
parent.on('error', () => {});
parent.on('close', () => process.kill(process.pid, 'SIGTERM'));
parent.resume().unref();
