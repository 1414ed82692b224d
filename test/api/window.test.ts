/** Window functions of the DataFrame API. */
import { expect, test } from 'vitest';

import { MillraceSession, Window, functions as F } from '../../src/index.ts';

const session = MillraceSession.builder().config('spark.sql.session.timeZone', 'UTC').create();
const rows = session.createDataFrame(
  [
    { k: 'a', n: 1 },
    { k: 'a', n: 3 },
    { k: 'b', n: 2 },
    { k: 'a', n: 3 },
  ],
  'k STRING, n INT',
);

test('a window has a partitioning, an order and a frame', async () => {
  const window = Window.partitionBy('k').orderBy(F.col('n').desc());
  const result = rows.select(
    F.col('k'),
    F.col('n'),
    F.row_number().over(window).as('number'),
    F.rank().over(window).as('rank'),
    F.dense_rank().over(window).as('dense'),
    F.sum('n').over(window.rowsBetween(Window.unboundedPreceding, Window.currentRow)).as('running'),
    F.count('*').over(Window.partitionBy('k')).as('all'),
    F.lag('n', 1, -1).over(window).as('before'),
    F.lead('n').over(window).as('behind'),
  );
  expect(await result.orderBy('k', 'number').collect()).toEqual([
    { k: 'a', n: 3, number: 1, rank: 1, dense: 1, running: 3n, all: 3n, before: -1, behind: 3 },
    { k: 'a', n: 3, number: 2, rank: 1, dense: 1, running: 6n, all: 3n, before: 3, behind: 1 },
    { k: 'a', n: 1, number: 3, rank: 3, dense: 2, running: 7n, all: 3n, before: 3, behind: null },
    { k: 'b', n: 2, number: 1, rank: 1, dense: 1, running: 2n, all: 1n, before: -1, behind: null },
  ]);
});

test('a range goes by the values of the sort key', async () => {
  const window = Window.orderBy('n').rangeBetween(-1, Window.currentRow);
  const result = rows.select(
    F.col('n'),
    F.count('*').over(window).as('near'),
    F.ntile(2).over(Window.orderBy('n')).as('half'),
  );
  expect(await result.collect()).toEqual([
    { n: 1, near: 1n, half: 1 },
    { n: 2, near: 2n, half: 1 },
    { n: 3, near: 3n, half: 2 },
    { n: 3, near: 3n, half: 2 },
  ]);
});

test('columns of windows may be added and stand inside expressions', async () => {
  const share = F.col('n').divide(F.sum('n').over(Window.partitionBy('k')));
  const result = rows.withColumn('share', share).where('k = "b"');
  expect(await result.collect()).toEqual([{ k: 'b', n: 2, share: 1 }]);
});

test('lag, lead and nth_value may leave out nulls', async () => {
  const gaps = session.createDataFrame(
    [
      { i: 1, v: 7 },
      { i: 2, v: null },
      { i: 3, v: 9 },
    ],
    'i INT, v INT',
  );
  const window = Window.orderBy('i');
  const result = gaps.select(
    F.lag('v', 1, null, true).over(window).as('before'),
    F.lead('v', 1, null, true).over(window).as('behind'),
    F.nth_value('v', 2, true)
      .over(window.rowsBetween(Window.unboundedPreceding, Window.unboundedFollowing))
      .as('second'),
    F.percent_rank().over(window).as('percent'),
    F.cume_dist().over(window).as('share'),
  );
  expect(await result.collect()).toEqual([
    { before: null, behind: 9, second: 9, percent: 0, share: 1 / 3 },
    { before: 7, behind: 9, second: 9, percent: 0.5, share: 2 / 3 },
    { before: 7, behind: null, second: 9, percent: 1, share: 1 },
  ]);
});

test('a stream has no window functions', async () => {
  const input = session.memoryStream('k STRING, n INT');
  const counted = input
    .toDF()
    .select(F.col('k'), F.row_number().over(Window.partitionBy('k').orderBy('n')).as('number'));
  const started = counted.writeStream.format('memory').queryName('numbers').start();
  await expect(started).rejects.toMatchObject({
    condition: 'NON_TIME_WINDOW_NOT_SUPPORTED_IN_STREAMING',
    parameters: { windowFunc: 'ROW_NUMBER()', columnName: '`number`' },
  });
});
