"""Session windows: where sessions meet, late rows, gaps per row, aggregates, what is refused; and windows of windows."""

from cases.program import COUNT, case, cast, col, dedup, field, fn, group, lit, named, order, row, select, watermark, when, where, window, with_column

EVENTS = "time TIMESTAMP, action STRING, v BIGINT"
GAPS = "time TIMESTAMP, action STRING, gap STRING"
NY = {"spark.sql.session.timeZone": "America/New_York"}
TEN = watermark("time", "10 seconds")
ONE = watermark("time", "1 second")


def at(*clocks, action="a"):
    return [row(time=f"2026-01-01T{c}Z", action=action, v=i) for i, c in enumerate(clocks)]


def gaps(*pairs, action="a"):
    return [row(time=f"2026-01-01T{clock}Z", action=action, gap=gap) for clock, gap in pairs]


def session(gap="10 seconds", column="time"):
    return fn("session_window", col(column), gap)


def bounds(name="session_window", *more):
    return select(*[named(cast(field(col(name), part), "STRING"), part) for part in ("start", "end")], *more)


BY_ACTION = group([session(), col("action")], [COUNT])
PER_ROW = group([fn("session_window", col("time"), col("gap")), col("action")], [COUNT])
SUM = named(fn("sum", col("n")), "n")

CASES = [
    case("session-exact-gap", "events exactly one gap apart are one session, a microsecond more are two", EVENTS,
         [at("10:00:00", "10:00:10", "10:00:20.000001"), at("10:00:40.000001", "10:00:30.000001"), at("10:02:00")], [TEN, BY_ACTION, bounds("session_window", col("n"))]),
    case("session-bridge", "one late event joins two stored sessions into one", EVENTS,
         [at("10:00:00", "10:00:18"), at("10:00:09"), at("10:01:00"), at("10:03:00")], [TEN, BY_ACTION]),
    case("session-bridge-three", "an event of a long gap swallows three stored sessions", GAPS,
         [gaps(("10:00:00", "2 seconds"), ("10:00:05", "2 seconds"), ("10:00:10", "2 seconds"), ("10:01:00", "2 seconds")), gaps(("10:00:01", "9 seconds")), gaps(("10:00:58", "90 seconds"))],
         [watermark("time", "2 minutes"), PER_ROW]),
    case("session-earlier-start", "an earlier event moves the start of a stored session", EVENTS,
         [at("10:00:20"), at("10:00:15"), at("10:00:12", "10:00:07"), at("10:02:00")], [watermark("time", "30 seconds"), BY_ACTION]),
    case("session-inside", "an event inside a session changes its count only", EVENTS,
         [at("10:00:00", "10:00:08", "10:00:16"), at("10:00:08", "10:00:03"), at("10:02:00")], [watermark("time", "30 seconds"), BY_ACTION]),
    case("session-late-own-window", "the late test looks at the event's own gap, not at the session it would join", EVENTS,
         [at("10:00:00", "10:00:09", "10:00:18"), at("10:00:19"), at("10:00:08", "10:00:07.999"), at("10:00:08.001"), at("10:00:08", action="b"), at("10:00:40")], [ONE, BY_ACTION]),
    case("session-late-exact", "an event whose gap ends at the watermark is late, a millisecond later it is not", EVENTS,
         [at("10:00:30"), at("10:00:31"), at("10:00:19", action="b"), at("10:00:19.001", action="c"), at("10:00:19.0009", action="d"), at("10:01:30")], [ONE, BY_ACTION]),
    case("session-closes-exact", "a session closes when the watermark reaches its end", EVENTS,
         [at("10:00:00"), at("10:00:10.999", action="b"), at("10:00:11", action="b"), at("10:00:11.001", action="b"), at("10:01:00")], [ONE, BY_ACTION]),
    case("session-reopened", "after its session was put out a key begins anew", EVENTS,
         [at("10:00:00"), at("10:01:00"), at("10:01:05", "10:01:30"), at("10:03:00")], [ONE, BY_ACTION]),
    case("session-nulls", "rows without a time are left out, a null key is a key", EVENTS,
         [at("10:00:00") + [row(action="a", v=1), row(time="2026-01-01T10:00:03Z", v=2), row()], [row(time="2026-01-01T10:00:08Z", v=2)], at("10:02:00")], [TEN, BY_ACTION]),
    case("session-two-keys", "sessions per combination of keys, NaN and the zeros among them", "time TIMESTAMP, x DOUBLE, s STRING",
         [[row(time="2026-01-01T10:00:00Z", x=0.0, s="p"), row(time="2026-01-01T10:00:05Z", x=-0.0, s="p"), '{"time":"2026-01-01T10:00:00Z","x":"NaN","s":"q"}'],
          ['{"time":"2026-01-01T10:00:09Z","x":"NaN","s":"q"}', row(time="2026-01-01T10:00:09Z", x=0.0), row(time="2026-01-01T10:00:15Z", x=0.0, s="p")],
          [row(time="2026-01-01T10:05:00Z", x=1.5, s="p")]],
         [TEN, group([session(), col("x"), col("s")], [COUNT])]),
    case("session-key-order", "keys stand where they were written", EVENTS, [at("10:00:00", "10:00:04"), at("10:02:00")],
         [TEN, group([col("action"), session(), col("v")], [COUNT])]),
    case("session-many-aggregates", "merged sessions merge every kind of aggregate", EVENTS,
         [at("10:00:00", "10:00:18"), at("10:00:27", "10:00:09"), at("10:03:00")],
         [TEN, group([session(), col("action")], [
             COUNT, named(fn("sum", col("v")), "s"), named(fn("avg", col("v")), "a"), named(fn("min", col("time")), "lo"), named(fn("max", col("v")), "hi"),
             named(fn("sort_array", fn("collect_list", col("v"))), "l"), named(fn("sort_array", fn("collect_set", col("action"))), "cs"),
             named(fn("approx_count_distinct", col("v")), "d"), named(fn("max_by", col("v"), col("time")), "mb"), named(fn("min_by", col("v"), col("time")), "nb"),
             named(fn("var_pop", col("v")), "vp"), named(fn("count_if", fn(">", col("v"), 0)), "ci"), named(fn("bool_or", fn(">", col("v"), 0)), "bo")])]),
    case("session-collect-order", "collect_list, first and last follow the event time within a session", EVENTS,
         [[row(time="2026-01-01T10:00:05Z", action="a", v=5), row(time="2026-01-01T10:00:01Z", action="a", v=1), row(time="2026-01-01T10:00:03Z", action="a", v=3)],
          [row(time="2026-01-01T10:00:04Z", action="a", v=4), row(time="2026-01-01T10:00:00Z", action="a", v=0)],
          [row(time="2026-01-01T10:00:09Z", action="a", v=9), row(time="2026-01-01T10:00:07Z", action="a", v=7)], [row(time="2026-01-01T10:05:00Z", action="a", v=100)]],
         [TEN, group([session(), col("action")], [named(fn("collect_list", col("v")), "l"), named(fn("first", col("v")), "f"), named(fn("last", col("v")), "z")])], skip=["oneBatch", "batch"]),
    case("session-complete-late", "complete drops no late event and closes no session", EVENTS,
         [at("10:00:00", "10:10:00"), at("10:00:05"), at("10:05:00", action="b"), at("10:00:14")], [TEN, BY_ACTION], "complete"),
    case("session-complete-order", "a sorted complete table of sessions", EVENTS, [at("10:00:00", "10:10:00"), at("10:00:05", "10:05:00")],
         [BY_ACTION, order({"desc": col("session_window")})], "complete", ordered=True, skip=["resumed"]),
    case("session-complete-filter", "a filter on the merged session stays above the aggregation, one on the key goes below", EVENTS,
         [at("10:00:00", "10:00:06"), at("10:00:12"), at("10:05:00", action="b")],
         [BY_ACTION, where(fn(">", fn("-", fn("unix_timestamp", field(col("session_window"), "end")), fn("unix_timestamp", field(col("session_window"), "start"))), 15)), where(fn("=", col("action"), "a"))], "complete"),
    case("session-gap-per-row-filtered", "rows whose gap is null, zero, negative or no interval are left out", GAPS,
         [gaps(("10:00:00", "5 seconds"), ("10:00:01", "0 seconds"), ("10:00:02", "-3 seconds"), ("10:00:03", None), ("10:00:04", "soon")), gaps(("10:00:05", "1 minute"), ("10:00:30", "1 second")), gaps(("10:05:00", "1 second"))],
         [TEN, PER_ROW]),
    case("session-gap-per-row-nested", "the end of a session is the furthest end of its rows", GAPS,
         [gaps(("10:00:00", "60 seconds"), ("10:00:10", "5 seconds")), gaps(("10:00:59.5", "1 second"), ("10:01:00.5", "1 second"), ("10:01:01.6", "1 second")), gaps(("10:05:00", "1 second"))],
         [TEN, PER_ROW]),
    case("session-gap-by-key", "the gap depends on the key, by CASE", EVENTS, [at("10:00:00", "10:00:12") + at("10:00:00", "10:00:12", action="b"), at("10:05:00")],
         [TEN, group([fn("session_window", col("time"), when((fn("=", col("action"), "b"), lit("15 seconds")), otherwise=lit("10 seconds"))), col("action")], [COUNT])]),
    case("session-gap-zero", "a fixed gap of zero keeps no row", EVENTS, [at("10:00:00", "10:00:00"), at("10:05:00")], [TEN, group([session("0 seconds"), col("action")], [COUNT])]),
    case("session-gap-negative", "a fixed negative gap keeps no row", EVENTS, [at("10:00:00", "10:00:00"), at("10:05:00")], [TEN, group([session("-5 seconds"), col("action")], [COUNT])]),
    case("session-gap-nonsense", "a fixed gap that cannot be read", EVENTS, [at("10:00:00")], [TEN, group([session("ten seconds"), col("action")], [COUNT])]),
    case("session-gap-day", "a gap of a day is a day of the session time zone", EVENTS,
         [[row(time="2026-03-07T18:00:00Z", action="a", v=1), row(time="2026-03-08T17:00:00Z", action="a", v=2), row(time="2026-03-07T18:00:00Z", action="b", v=1), row(time="2026-03-08T17:00:01Z", action="b", v=2)]],
         [group([session("1 day"), col("action")], [COUNT])], "complete", conf=NY),
    case("session-gap-month", "a gap of a month", EVENTS,
         [[row(time="2026-01-31T00:00:00Z", action="a", v=1), row(time="2026-02-28T00:00:00Z", action="a", v=2)], [row(time="2026-03-28T00:00:01Z", action="a", v=3)]],
         [group([session("1 month"), col("action")], [COUNT])], "complete"),
    case("session-before-1970", "sessions before the epoch, to the microsecond", EVENTS,
         [[row(time="1969-12-31T23:59:59.999999Z", action="a", v=1), row(time="1969-12-31T23:59:50Z", action="a", v=1), row(time="1970-01-01T00:00:09.999999Z", action="a", v=1)], [row(time="1969-12-31T23:59:39.999999Z", action="a", v=1)]],
         [BY_ACTION, bounds("session_window", col("n"))], "complete"),
    case("session-ntz", "sessions over times without zone", "time TIMESTAMP_NTZ, action STRING",
         [[row(time="2026-01-01T10:00:00", action="a"), row(time="2026-01-01T10:00:10", action="a")], [row(time="2026-01-01T10:00:15", action="a")]], [BY_ACTION], "complete", conf=NY),
    case("session-select-raw", "without an aggregation each row has its own gap", EVENTS, [at("10:00:00", "10:00:05"), at("10:00:07")], [select(col("v"), session())]),
    case("session-selected-then-grouped", "a session column that was selected first is merged all the same", EVENTS,
         [at("10:00:00", "10:00:05"), at("10:00:14"), at("10:02:00")], [TEN, select(named(session(), "s"), col("action")), group([col("s"), col("action")], [COUNT])]),
    case("session-alias", "a session window under another name", EVENTS, [at("10:00:00", "10:00:05"), at("10:02:00")], [TEN, group([named(session(), "s"), col("action")], [COUNT])]),
    case("session-window-time", "the event time of a session is its last microsecond", EVENTS, [at("10:00:00", "10:00:05"), at("10:02:00")],
         [TEN, BY_ACTION, select(named(cast(fn("window_time", col("session_window")), "STRING"), "t"), col("n"))]),
    case("session-then-window", "sessions counted per minute of their end", EVENTS,
         [at("10:00:00", "10:00:05") + at("10:00:30", action="b"), at("10:01:10"), at("10:01:50", action="b"), at("10:04:00"), at("10:09:00")],
         [TEN, BY_ACTION, group([fn("window", col("session_window"), "1 minute")], [COUNT, SUM])]),
    case("window-then-session", "windows that follow each other are one session", EVENTS,
         [at("10:00:00", "10:00:11", "10:00:41"), at("10:00:21"), at("10:02:00"), at("10:05:00")],
         [TEN, group([window("time", "10 seconds"), col("action")], [COUNT]), group([fn("session_window", fn("window_time", col("window")), "10 seconds"), col("action")], [COUNT, SUM])]),
    case("session-of-sessions", "sessions of sessions", EVENTS,
         [at("10:00:00", "10:00:15") + at("10:00:02", action="b"), at("10:00:45"), at("10:02:00"), at("10:06:00")],
         [TEN, BY_ACTION, group([fn("session_window", fn("window_time", col("session_window")), "20 seconds"), col("action")], [COUNT, SUM])]),
    case("session-after-dedup", "sessions over rows without duplicates", EVENTS, [at("10:00:00", "10:00:05"), at("10:00:00", "10:00:05", "10:00:09"), at("10:02:00")],
         [TEN, dedup("time", "action"), BY_ACTION]),
    case("session-group-by-time-too", "the event time itself as second key", EVENTS, [at("10:00:00", "10:00:05"), at("10:02:00"), at("10:03:00")], [TEN, group([session(), col("time")], [COUNT])]),
    case("session-having", "a filter over the count of closed sessions", EVENTS, [at("10:00:00", "10:00:05") + at("10:00:00", action="b"), at("10:02:00")], [TEN, BY_ACTION, where(fn(">", col("n"), 1))]),
    case("session-no-key", "a session window without another key is refused on a stream", EVENTS, [at("10:00:00", "10:00:05", "10:00:40")], [TEN, group([session()], [COUNT])]),
    case("session-no-key-complete", "a session window without another key, complete", EVENTS, [at("10:00:00", "10:00:05", "10:00:40")], [group([session()], [COUNT])], "complete"),
    case("session-no-watermark", "sessions in append need a watermark", EVENTS, [at("10:00:00")], [BY_ACTION]),
    case("session-update-no-watermark", "sessions in update are refused without a watermark too", EVENTS, [at("10:00:00")], [BY_ACTION], "update"),
    case("session-count-distinct", "distinct counts per session in a batch job", EVENTS, [at("10:00:00", "10:00:05", "10:00:05") + at("10:00:01"), at("10:00:15")],
         [TEN, group([session(), col("action")], [named(fn("count_distinct", col("v")), "d")])]),
    case("session-two-gaps", "two session windows in one grouping", EVENTS, [at("10:00:00")], [TEN, group([session(), session("20 seconds"), col("action")], [COUNT])]),
    case("session-and-window", "a session and a time window in one grouping", EVENTS, [at("10:00:00")], [TEN, group([session(), window("time", "10 seconds"), col("action")], [COUNT])]),
    case("session-on-long", "a session window over a number", EVENTS, [at("10:00:00")], [group([session(column="v"), col("action")], [COUNT])], "complete"),
    case("session-on-string", "a session window over text", EVENTS, [[row(action="2026-01-01 10:00:00", v=1)]], [group([session(column="action"), col("v")], [COUNT])], "complete"),
    case("session-gap-number", "a gap that is a number", EVENTS, [at("10:00:00")], [TEN, group([fn("session_window", col("time"), col("v")), col("action")], [COUNT])]),
    case("session-of-window", "a session window over a window column", EVENTS, [at("10:00:00")],
         [TEN, group([window("time", "10 seconds"), col("action")], [COUNT]), group([fn("session_window", col("window"), "10 seconds"), col("action")], [COUNT])]),
    case("window-keys-of-two-times-update", "a window and its event time as keys, update", EVENTS, [at("10:00:00", "10:00:05"), at("10:02:00")], [TEN, group([window("time", "10 seconds"), col("time")], [COUNT])], "update"),
    case("window-keys-of-two-times-complete", "a window and its event time as keys, complete", EVENTS, [at("10:00:00", "10:00:05"), at("10:02:00")], [TEN, group([window("time", "10 seconds"), col("time")], [COUNT])], "complete"),
    case("window-keys-of-two-times-copied", "the event time under two names as keys of a deduplication", EVENTS, [at("10:00:00", "10:00:05"), at("10:02:00")], [TEN, with_column("t2", col("time")), dedup("time", "t2")]),
    case("session-update-late-key", "an event time as key beside a session of another time", "time TIMESTAMP, t2 TIMESTAMP", [[row(time="2026-01-01T10:00:00Z", t2="2026-01-01T09:00:00Z")], [row(time="2026-01-01T10:02:00Z", t2="2026-01-01T10:00:00Z")], [row(time="2026-01-01T10:04:00Z", t2="2026-01-01T10:01:00Z")]], [TEN, group([session(column="t2"), col("time")], [COUNT])]),
    case("window-of-window", "a window grouped into longer windows", EVENTS, [at("10:00:01", "10:00:12"), at("10:00:49", "10:01:00"), at("10:02:30"), at("10:05:00")],
         [TEN, group([window("time", "10 seconds")], [COUNT]), group([fn("window", col("window"), "1 minute")], [COUNT, SUM])]),
    case("window-of-window-sliding", "a sliding window whose slide does not divide it, over windows with a start time", EVENTS,
         [at("10:00:01", "10:00:12"), at("10:00:49", "10:01:00"), at("10:02:30"), at("10:05:00")],
         [TEN, group([window("time", "10 seconds", "10 seconds", "3 seconds")], [COUNT]), group([fn("window", col("window"), "25 seconds", "10 seconds")], [SUM])]),
    case("window-of-window-of-window", "three windows in a row", EVENTS, [at("10:00:01", "10:00:12"), at("10:01:49"), at("10:04:30"), at("10:11:00"), at("10:40:00")],
         [TEN, group([window("time", "10 seconds")], [COUNT]), group([fn("window", col("window"), "1 minute")], [SUM]), group([fn("window", col("window"), "5 minutes")], [SUM])]),
    case("window-time-twice", "window_time beside its window, then grouped by both", EVENTS, [at("10:00:01", "10:00:12"), at("10:01:49"), at("10:04:30")],
         [TEN, group([window("time", "10 seconds"), col("action")], [COUNT]), with_column("t", fn("window_time", col("window"))), group([window("t", "30 seconds"), col("action")], [SUM])]),
    case("window-select-only", "a window without an aggregation copies each row", EVENTS, [at("10:00:01", "10:00:12"), at("10:01:49")], [select(col("v"), window("time", "10 seconds", "4 seconds"))]),
]
