/** The warning of Node that kafkajs provokes is not printed; other warnings are. */
import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';

const FILE = new URL('../../src/storage/kafka/negative-timeout.ts', import.meta.url).href;

test('a negative time, as kafkajs sets it, makes no warning; other warnings are printed', () => {
  const script = `
    import { passNegativeTimeoutWarning } from ${JSON.stringify(FILE)};
    passNegativeTimeoutWarning();
    setTimeout(() => process.emitWarning('another'), -5);`;
  const args = ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', script];
  const { stderr, status } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  expect(status).toBe(0);
  expect(stderr).not.toContain('TimeoutNegativeWarning');
  expect(stderr).toContain('another');
});
