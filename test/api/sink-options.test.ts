/** What is wrong with a sink is refused before the checkpoint is touched. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createTestSession } from '../../src/testing/index.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sink-options-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('an unknown option or an output mode the sink cannot do leaves no checkpoint behind', async () => {
  const checkpoint = join(folder, 'checkpoint');
  const rows = createTestSession().memoryStream('a INT').toDF();
  const writer = rows.writeStream.format('json').option('checkpointLocation', checkpoint);
  await expect(writer.option('compresion', 'gzip').start(join(folder, 'out'))).rejects.toMatchObject({
    condition: 'UNKNOWN_OPTION',
  });
  const update = rows.writeStream.format('json').option('checkpointLocation', checkpoint).outputMode('update');
  await expect(update.start(join(folder, 'out'))).rejects.toMatchObject({
    condition: 'STREAMING_OUTPUT_MODE.UNSUPPORTED_DATASOURCE',
    parameters: { outputMode: 'update' },
  });
  expect(existsSync(checkpoint)).toBe(false);
});
