/** Calendar windows in queries: on streams, in SQL, refused. */
import { describe, expect, it } from 'vitest';
import { functions as F } from '../../src/index.ts';
import { addData, checkNewAnswer, createTestSession, testStream } from '../../src/testing/index.ts';

const SCHEMA = 'time TIMESTAMP, v BIGINT';

describe('calendar windows', () => {
  it('close with the watermark at local midnight, also on the day clocks change', async () => {
    const session = createTestSession();
    const input = session.memoryStream(SCHEMA);
    const days = input
      .toDF()
      .withWatermark('time', '0 seconds')
      .groupBy(F.window('time', '1 day', { calendar: true, timeZone: 'Europe/Berlin' }))
      .count();
    const sunday = { start: '2026-03-28T23:00:00Z', end: '2026-03-29T22:00:00Z' };
    await testStream(
      days,
      'append',
      addData(input, ['2026-03-28T23:00:00Z', 1n], ['2026-03-29T21:59:59Z', 1n]),
      checkNewAnswer(),
      addData(input, ['2026-03-29T22:00:00Z', 1n]),
      checkNewAnswer([sunday, 2n]),
    );
  });

  it('are those of the session time zone when none is given, in SQL too', async () => {
    const session = createTestSession();
    session.conf.set('spark.sql.session.timeZone', 'America/New_York');
    const rows = session.createDataFrame([['2026-01-01T03:00:00Z', 1n]], SCHEMA);
    const expected = [
      '{"window":{"start":"2025-12-01T00:00:00.000-05:00","end":"2026-01-01T00:00:00.000-05:00"},"count":1}',
    ];
    expect(
      await rows
        .groupBy(F.window('time', '1 month', { calendar: true }))
        .count()
        .toJSON()
        .collect(),
    ).toEqual(expected);
    rows.createOrReplaceTempView('t');
    const sql = "SELECT window, count(*) AS count FROM t GROUP BY calendar_window(time, '1 month')";
    expect(await session.sql(sql).toJSON().collect()).toEqual(expected);
  });

  it('are refused where they are no whole days or months, or the zone does not exist', () => {
    const rows = createTestSession().createDataFrame([], SCHEMA);
    const conditionOf = (duration: string, timeZone = 'UTC'): unknown => {
      try {
        return rows.groupBy(F.window('time', duration, { calendar: true, timeZone })).count().columns;
      } catch (error) {
        return (error as { readonly condition?: string }).condition;
      }
    };
    const refused = ['36 hours', '1 month 2 days', '-1 day', '0 days'].map((duration) => conditionOf(duration));
    expect(refused).toEqual(Array.from(refused, () => 'CALENDAR_WINDOW_INVALID'));
    expect(conditionOf('1 day', 'Mars/Olympus')).toBe('INVALID_TIMEZONE');
  });
});
