/** The container's health check: exit code 0 when the job's event loop has turned lately (see heartbeat.mjs). */
import { statSync } from 'node:fs';

const HEARTBEAT_FILE = '/tmp/millrace-heartbeat';
const MAX_AGE_MS = 30_000;

const ageMs = Date.now() - (statSync(HEARTBEAT_FILE, { throwIfNoEntry: false })?.mtimeMs ?? 0);
process.exit(ageMs <= MAX_AGE_MS ? 0 : 1);
