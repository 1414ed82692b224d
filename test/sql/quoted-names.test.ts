import { expect, test } from 'vitest';

import { MillraceSession } from '../../src/index.ts';

const SETTING = 'spark.sql.ansi.doubleQuotedIdentifiers';

function session(isOn: boolean): MillraceSession {
  return MillraceSession.builder().config(SETTING, isOn).create();
}

test('double quotes are around names where the setting says so, and a doubled one is part of the name', async () => {
  const df = session(true).sql('SELECT "x"."a b" AS "c""d", \'text\' AS t FROM VALUES (1) AS "x"("a b")');
  expect(df.columns).toEqual(['c"d', 't']);
  expect(await df.collect()).toEqual([{ 'c"d': 1, t: 'text' }]);
});

test('double quotes are around texts without the setting', async () => {
  expect(await session(false).sql('SELECT "a" AS t').collect()).toEqual([{ t: 'a' }]);
});

test('double quotes are around texts without ANSI mode', async () => {
  const legacy = session(true);
  legacy.conf.set('spark.sql.ansi.enabled', false);
  expect(await legacy.sql('SELECT "a" AS t').collect()).toEqual([{ t: 'a' }]);
});
