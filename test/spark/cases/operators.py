"""Operators beyond one aggregation: union, dedup, session windows, distinct, limit."""

from cases.program import COUNT, case, cast, col, dedup, drop, field, fn, group, limit, lit, named, order, row, select, union, watermark, where, window, with_column

EVENTS = "time TIMESTAMP, action STRING, v BIGINT"


def at(*clocks, action="a"):
    return [row(time=f"2026-01-01T{c}Z", action=action, v=i) for i, c in enumerate(clocks)]


TEN = watermark("time", "10 seconds")
SESSION = fn("session_window", col("time"), "10 seconds")
DUPES = [at("10:00:01", "10:00:01", "10:00:02"), at("10:00:01", "10:00:30"), at("10:00:05", "10:00:15", "10:00:30"), at("10:02:00"), at("10:00:40", "10:02:00")]
SESSIONS = [at("10:00:00", "10:00:10", "10:00:25"), at("10:00:18", action="a"), at("10:00:33", action="b"), at("10:01:30"), at("10:00:10", "10:01:41"), at("10:05:00")]

CASES = [
    case("op-union", "two streams, their rows one after the other", EVENTS, [at("10:00:01"), at("10:00:02")], [union(), select(col("time"), col("action"))], other=[at("10:00:03", action="o"), at("10:00:04", action="o")]),
    case("op-union-uneven", "one stream ends sooner", EVENTS, [at("10:00:01"), at("10:00:02"), at("10:00:03")], [union()], other=[at("10:00:09", action="o")]),
    case("op-union-aggregated", "an aggregation over two streams, one of them filtered and projected", EVENTS, [at("10:00:01", "10:00:02"), at("10:00:12")],
         [select(col("time"), named(fn("upper", col("action")), "kind")), union(where(fn(">", col("v"), 0)), select(col("time"), named(fn("concat", "o-", col("action")), "x"))), group([window("time", "10 seconds"), col("kind")], [COUNT])],
         "update", other=[at("10:00:03", "10:00:04"), at("10:00:11", "10:00:14", action="b")]),
    case("op-union-widens", "a union by position takes the wider type", "time TIMESTAMP, action STRING, v INT", [[row(action="a", v=1)]],
         [select(col("action"), col("v")), union(select(col("action"), named(fn("*", cast(col("v"), "DOUBLE"), 1.5), "w")))], other=[[row(action="b", v=3)]]),
    case("op-self-union", "a stream beside itself, filtered twice", EVENTS, [at("10:00:01", "10:00:02"), at("10:00:03")],
         [where(fn("=", col("v"), 0)), {"op": "union", "input": "main", "ops": [where(fn("=", col("v"), 1))]}]),
    case("op-projection-chain", "projection, filter, projection", EVENTS, [at("10:00:01", "10:00:02"), at("10:00:12")],
         [with_column("minute", fn("date_trunc", "MINUTE", col("time"))), where(fn(">=", col("v"), 0)), select(col("minute"), named(fn("+", col("v"), 1), "next")), drop("minute"), with_column("x", fn("*", col("next"), 10))]),
    case("op-stateless-update", "a stateless query in update is as in append", EVENTS, [at("10:00:01", "10:00:02"), at("10:00:12")], [where(fn("=", col("v"), 0))], "update"),
    case("op-dedup-with-time", "duplicates over the event time and a key", EVENTS, DUPES, [TEN, dedup("time", "action"), select(col("time"), col("action"))], needs=["dedup"]),
    case("op-dedup-key-only", "duplicates over a key keep their state for ever; late rows are dropped", EVENTS, DUPES, [TEN, dedup("v")], needs=["dedup"], skip=["oneBatch", "batch"]),
    case("op-dedup-no-watermark", "duplicates without a watermark", "a INT, b STRING", [[row(a=1, b="x"), row(a=1, b="x"), row(a=None)], [row(a=1, b="y"), row(a=None), row(a=1, b="x")]], [dedup()], needs=["dedup"]),
    case("op-dedup-within-watermark", "dropDuplicatesWithinWatermark forgets after the delay", EVENTS, DUPES, [TEN, {"op": "dropDuplicatesWithinWatermark", "names": ["v"]}, select(col("v"))], needs=["dedup"], skip=["batch"]),
    case("op-dedup-then-window", "duplicates removed before a windowed count", EVENTS, DUPES, [TEN, dedup("time", "v"), group([window("time", "10 seconds")], [COUNT])], needs=["dedup", "chained_aggregation"]),
    case("op-distinct-complete", "distinct as an aggregation in update", "a INT, b STRING", [[row(a=1, b="x"), row(a=1, b="x")], [row(a=1, b="y"), row()]], [dedup("a", "b")], "update", needs=["dedup"]),
    case("op-session-window", "sessions grow, merge across batches and close", EVENTS, SESSIONS, [TEN, group([SESSION, col("action")], [COUNT])], needs=["session_window"]),
    case("op-session-window-complete", "sessions in complete", EVENTS, SESSIONS, [group([SESSION, col("action")], [COUNT, named(fn("sum", col("v")), "s")])], "complete", needs=["session_window"]),
    case("op-session-window-gap-expression", "the gap depends on the row", EVENTS, SESSIONS,
         [TEN, group([{"fn": "session_window", "args": [col("time"), {"case": [[fn("=", col("action"), "b"), lit("5 seconds")]], "else": lit("20 seconds")}]}, col("action")], [COUNT])], needs=["session_window"]),
    case("op-limit-append", "limit over a stream", EVENTS, [at("10:00:01", "10:00:02"), at("10:00:12", "10:00:13")], [select(col("v")), limit(3)], needs=["limit"]),
    case("op-limit-complete", "the first rows of a sorted complete table", EVENTS, [at("10:00:01", "10:00:02"), at("10:00:12", "10:00:13")], [group([col("time")], [COUNT]), order({"desc": col("time")}), limit(2)], "complete", ordered=True, needs=["limit"]),
    case("op-explode", "explode of an array", "k STRING, r ARRAY<INT>", [['{"k":"a","r":[1,2,null]}', '{"k":"b","r":[]}'], ['{"k":"c"}', '{"k":"d","r":[3]}']], [select(col("k"), named(fn("explode", col("r")), "x"))], needs=["explode"]),
    case("op-explode-then-count", "words counted", "line STRING", [[row(line="to be or not"), row(line="to be")], [row(line="be"), row()]], [select(named(fn("explode", fn("split", col("line"), " ")), "word")), group([col("word")], [COUNT])], "update", needs=["explode"]),
    case("op-collect", "collect_list and collect_set per window", EVENTS, [at("10:00:01", "10:00:02"), at("10:00:03", "10:00:12")],
         [group([window("time", "10 seconds")], [named(fn("sort_array", fn("collect_list", col("v"))), "l"), named(fn("sort_array", fn("collect_set", col("action"))), "s")])], "update", needs=["collect"]),
    case("op-statistics", "stddev, variance and their kin", "k STRING, x DOUBLE", [[row(k="a", x=1.0), row(k="a", x=3.0)], [row(k="a", x=5.0), row(k="b", x=2.0)]],
         [group([col("k")], [named(fn("stddev", col("x")), "sd"), named(fn("var_pop", col("x")), "vp"), named(fn("count_if", fn(">", col("x"), 2.5)), "c")])], "update", needs=["statistics"], skip=["oneBatch", "batch"]),
    case("op-min-max-by", "max_by and min_by", EVENTS, [at("10:00:01", "10:00:05"), at("10:00:03")], [group([col("action")], [named(fn("max_by", col("v"), col("time")), "x"), named(fn("min_by", col("v"), col("time")), "n")])], "update", needs=["max_by"]),
    case("op-window-fields-grouped-again", "an update aggregation followed by a stateless top", EVENTS, [at("10:00:01", "10:00:05"), at("10:00:13")],
         [group([window("time", "10 seconds")], [COUNT]), select(named(fn("unix_timestamp", field(col("window"), "start")), "from"), named(fn("-", fn("unix_timestamp", field(col("window"), "end")), fn("unix_timestamp", field(col("window"), "start"))), "length"), col("n"))], "update"),
]
