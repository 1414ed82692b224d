"""Lateness: boundaries, late rows in each mode, no-data batches, delays, filters around the watermark."""

from cases.program import COUNT, case, cast, col, fn, group, lit, named, row, select, union, watermark, where, window, with_column

EVENTS = "time TIMESTAMP, action STRING, v BIGINT"


def at(*clocks, action="a"):
    return [row(time=f"2026-01-01T{c}Z", action=action, v=i) for i, c in enumerate(clocks)]


def old(*texts):
    return [row(time=t, action="a", v=1) for t in texts]


WINDOW_COUNT = group([window("time", "10 seconds")], [COUNT])
TEN = watermark("time", "10 seconds")
LATE = [
    at("10:00:05", "10:00:15"),
    at("10:00:40"),
    at("10:00:05", "10:00:21", "10:00:29.999", "10:00:30"),
    at("10:00:19.999", "10:00:20", "10:00:41"),
    at("10:01:30", "10:00:35"),
    at("10:00:35", "10:01:19"),
]

CASES = [
    case("watermark-late-append", "late rows are dropped by window end, not by row time, append", EVENTS, LATE, [TEN, WINDOW_COUNT]),
    case("watermark-late-update", "late rows are dropped in update, changed windows come each batch", EVENTS, LATE, [TEN, WINDOW_COUNT], "update"),
    case("watermark-late-complete", "complete drops nothing and keeps everything", EVENTS, LATE, [TEN, WINDOW_COUNT], "complete"),
    case("watermark-exact-end", "a window closes when the watermark equals its end",
         EVENTS, [at("10:00:05"), at("10:00:20"), at("10:00:09.999", "10:00:10"), at("10:00:20.001")], [TEN, WINDOW_COUNT]),
    case("watermark-one-ms-before-end", "a millisecond before the end keeps the window open",
         EVENTS, [at("10:00:05"), at("10:00:19.999"), at("10:00:09.999"), at("10:00:20")], [TEN, WINDOW_COUNT]),
    case("watermark-micros-floored", "the watermark keeps milliseconds, floored",
         EVENTS, [at("10:00:05"), at("10:00:19.999999"), at("10:00:09.999999"), at("10:00:20.000001")], [TEN, WINDOW_COUNT]),
    case("watermark-no-data-batch", "a batch without data emits what the last batch closed",
         EVENTS, [at("10:00:01", "10:05:00")], [watermark("time", "1 minute"), WINDOW_COUNT]),
    case("watermark-no-data-off", "without no-data batches the closed windows wait",
         EVENTS, [at("10:00:01", "10:05:00"), at("10:05:01")], [watermark("time", "1 minute"), WINDOW_COUNT],
         conf={"spark.sql.streaming.noDataMicroBatches.enabled": "false"}),
    case("watermark-same-batch", "rows of one batch never make each other late",
         EVENTS, [at("11:00:00", "10:00:00", "09:00:00"), at("10:00:01"), at("09:00:01")], [watermark("time", "1 second"), WINDOW_COUNT]),
    case("watermark-zero-delay", "no delay at all", EVENTS, [at("10:00:05"), at("10:00:10"), at("10:00:09"), at("10:00:20")],
         [watermark("time", "0 seconds"), WINDOW_COUNT]),
    case("watermark-never-goes-back", "the watermark only grows",
         EVENTS, [at("10:01:00"), at("10:00:55"), at("10:00:57"), at("10:01:05")], [watermark("time", "10 seconds"), WINDOW_COUNT], "update"),
    case("watermark-empty-batches", "batches without rows leave the watermark alone",
         EVENTS, [at("10:00:05"), [], at("10:00:30"), []], [TEN, WINDOW_COUNT]),
    case("watermark-starts-at-zero", "events at or before 1970 are late from the start",
         EVENTS, [old("1969-12-31T23:59:59Z", "1970-01-01T00:00:00Z", "1970-01-01T00:00:01Z"), old("1969-12-31T00:00:00Z", "1970-01-01T00:00:20Z")],
         [watermark("time", "1 second"), WINDOW_COUNT]),
    case("watermark-starts-at-zero-update", "events before 1970 are late in update too",
         EVENTS, [old("1969-12-31T23:59:59Z", "1969-12-31T23:59:49Z", "1970-01-01T00:00:01Z"), old("1969-12-31T00:00:00Z")],
         [watermark("time", "1 second"), WINDOW_COUNT], "update"),
    *[
        case(f"watermark-delay-{name}", f"delay of {delay}", EVENTS,
             [old("2026-03-31T12:00:00Z"), old("2026-03-31T12:00:01Z"), old("2026-05-15T00:00:00Z")],
             [watermark("time", delay), WINDOW_COUNT], "update")
        for name, delay in [("minutes", "5 minutes"), ("hours", "2 hours"), ("days", "1 day"), ("week", "1 week"), ("month", "1 month"),
                            ("milliseconds", "1500 milliseconds"), ("microseconds", "1500 microseconds"), ("mixed", "1 hour 30 minutes"),
                            ("interval-word", "interval 10 seconds"), ("year", "1 year"), ("singular", "1 second"), ("fraction", "1.5 seconds")]
    ],
    case("watermark-group-by-time", "the bare event time as the key: late when it is at or before the watermark",
         EVENTS, [at("10:00:05", "10:00:05"), at("10:00:20"), at("10:00:10", "10:00:10.001", "10:00:09")], [TEN, group([col("time")], [COUNT])]),
    case("watermark-group-by-time-update", "the bare event time as the key, update",
         EVENTS, [at("10:00:05", "10:00:05"), at("10:00:20"), at("10:00:10", "10:00:10.001", "10:00:09")], [TEN, group([col("time")], [COUNT])], "update"),
    case("watermark-other-keys-update", "keys without the event time are never dropped nor removed",
         EVENTS, [at("10:00:05", action="x"), at("11:00:00", action="y"), at("10:00:06", action="x")], [TEN, group([col("action")], [COUNT])], "update"),
    case("watermark-filter-not-on-time", "a filter on another column goes below the watermark: its rows do not move it",
         EVENTS, [at("10:00:05"), at("11:00:00", action="drop"), at("10:00:06"), at("10:00:30")],
         [TEN, where(fn("!=", col("action"), "drop")), WINDOW_COUNT]),
    case("watermark-filter-on-time", "a filter on the event time stays above: its rows move the watermark",
         EVENTS, [at("10:00:05"), at("11:00:00"), at("10:00:06"), at("10:00:30")],
         [TEN, where(fn("<", col("time"), cast(lit("2026-01-01 10:30:00"), "TIMESTAMP"))), WINDOW_COUNT]),
    case("watermark-filter-conjuncts", "conjuncts go below or stay above one by one",
         EVENTS, [at("10:00:05"), at("11:00:00"), at("12:00:00", action="drop"), at("10:00:06"), at("11:00:30")],
         [TEN, where(fn("and", fn("!=", col("action"), "drop"), fn("<", col("time"), cast(lit("2026-01-01 10:30:00"), "TIMESTAMP")))), WINDOW_COUNT]),
    case("watermark-filter-before", "a filter written before the watermark never moves it",
         EVENTS, [at("10:00:05"), at("11:00:00"), at("10:00:06"), at("10:00:30")],
         [where(fn("<", col("time"), cast(lit("2026-01-01 10:30:00"), "TIMESTAMP"))), TEN, WINDOW_COUNT]),
    case("watermark-filter-after-projection", "a filter on a computed column of another column",
         EVENTS, [at("10:00:05"), at("11:00:00", action="drop"), at("10:00:06"), at("10:00:30")],
         [TEN, select(col("time"), named(fn("upper", col("action")), "kind")), where(fn("=", col("kind"), "A")), WINDOW_COUNT]),
    case("watermark-stateless", "a watermark without a stateful operator only shows in the progress",
         EVENTS, [at("10:00:05"), at("11:00:00"), at("10:00:06")], [TEN, select(col("time"), col("v"))]),
    case("watermark-renamed-column", "the event time keeps its watermark through an alias",
         EVENTS, [at("10:00:05"), at("10:00:40"), at("10:00:06")], [TEN, select(named(col("time"), "t"), col("v")), group([window("t", "10 seconds")], [COUNT])]),
    case("watermark-with-column-time", "the watermark is set on a computed timestamp",
         EVENTS, [at("10:00:05"), at("10:00:40"), at("10:00:06")],
         [with_column("minute", fn("date_trunc", "MINUTE", col("time"))), watermark("minute", "30 seconds"), group([window("minute", "1 minute")], [COUNT])]),
    case("watermark-state-metrics", "sums and counts with rows updated, removed and dropped",
         EVENTS, [at("10:00:01", "10:00:11", "10:00:21"), at("10:00:45", "10:00:12"), at("10:00:05", "10:00:06", "10:00:46"), at("10:00:05", "10:02:00")],
         [TEN, group([window("time", "10 seconds"), col("action")], [COUNT, named(fn("sum", col("v")), "s")])], "update"),
    case("watermark-sliding-late", "a late row may still belong to the younger of its windows",
         EVENTS, [at("10:00:10"), at("10:00:27"), at("10:00:08", "10:00:13"), at("10:00:40"), at("10:00:29")],
         [watermark("time", "5 seconds"), group([window("time", "10 seconds", "5 seconds")], [COUNT])]),
    case("watermark-sliding-late-update", "late sliding windows in update",
         EVENTS, [at("10:00:10"), at("10:00:27"), at("10:00:08", "10:00:13"), at("10:00:40"), at("10:00:29")],
         [watermark("time", "5 seconds"), group([window("time", "10 seconds", "5 seconds")], [COUNT])], "update"),
    case("watermark-day-window-zone", "local days by date_trunc in a zone with daylight saving",
         EVENTS, [old("2026-03-08T04:59:59Z", "2026-03-08T05:00:00Z"), old("2026-03-09T03:59:59Z", "2026-03-09T04:00:00Z")],
         [group([named(cast(fn("date_trunc", "DAY", col("time")), "STRING"), "day")], [COUNT])], "complete",
         conf={"spark.sql.session.timeZone": "America/New_York"}),
    case("watermark-min-of-union", "two watermarks: the slower one rules",
         EVENTS, [at("10:00:05"), at("10:00:40"), at("10:01:40")], [TEN, union(TEN), WINDOW_COUNT],
         other=[at("10:00:01"), at("10:00:02"), at("10:01:40")]),
    case("watermark-max-of-union", "policy max: the faster one rules",
         EVENTS, [at("10:00:05"), at("10:00:40"), at("10:01:40")], [TEN, union(TEN), WINDOW_COUNT],
         other=[at("10:00:01"), at("10:00:02"), at("10:01:40")], conf={"spark.sql.streaming.multipleWatermarkPolicy": "max"}),
    case("watermark-on-window-struct", "a window may carry the watermark", EVENTS, [at("10:00:05"), at("10:00:40")],
         [with_column("w", window("time", "10 seconds")), watermark("w", "10 seconds"), select(col("w"), col("v"))]),
    case("watermark-chained-aggregations", "two aggregations in append, the second over the window of the first",
         EVENTS, [at("10:00:05", "10:00:15"), at("10:00:40"), at("10:01:30"), at("10:03:00"), at("10:10:00")],
         [TEN, WINDOW_COUNT, group([window("window", "1 minute")], [named(fn("sum", col("n")), "rows"), named(fn("count", 1), "windows")])],
         needs=["chained_aggregation"]),
]
