/** examples/rxjs-to-files.ts: every closed window is in exactly one file, once. */
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { runExample } from './run-example.ts';

it('writes the averages of closed windows as JSON files', async () => {
  const output = await mkdtemp(path.join(tmpdir(), 'millrace-example-'));
  try {
    const result = await runExample('rxjs-to-files', { OUTPUT: output, NUM_READINGS: '200' });
    expect(result.stderr).toBe('');
    expect(result.exitCode).toBe(0);
    const folder = path.join(output, 'windows');
    const names = (await readdir(folder)).filter((name) => name.endsWith('.json'));
    const texts = await Promise.all(names.map((name) => readFile(path.join(folder, name), 'utf8')));
    const rows = texts
      .flatMap((text) => text.split('\n').filter(Boolean))
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    // 200 readings, one every 50 ms: ten seconds, of which the watermark closes eight or nine, times three sensors.
    const keys = rows.map((row) => JSON.stringify([row['window'], row['sensor']]));
    expect(new Set(keys).size).toBe(keys.length);
    expect(keys.length).toBeGreaterThanOrEqual(24);
    for (const row of rows) expect(Number(row['readings'])).toBeGreaterThanOrEqual(6);
  } finally {
    await rm(output, { recursive: true, force: true });
  }
});
