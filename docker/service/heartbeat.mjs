/** Loaded before the job: its event loop touches a file every few seconds, which healthcheck.mjs looks at. Needs nothing of the job. */
import { writeFileSync } from 'node:fs';

const HEARTBEAT_FILE = '/tmp/millrace-heartbeat';
const INTERVAL_MS = 5000;

const beat = () => writeFileSync(HEARTBEAT_FILE, String(Date.now()));
beat();
setInterval(beat, INTERVAL_MS).unref();
