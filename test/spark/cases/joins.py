"""Joins: two streams with every join type, a stream with a table, joins before and after other stateful operators."""

from cases.program import COUNT, case, cast, col, dedup, field, fn, group, join, lit, named, row, select, watermark, where, window, with_column

EVENTS = "k STRING, time TIMESTAMP, v INT"
JOIN = ["join"]


def at(*events):
    """`("a", "10:00:05", 1)`: key, clock and value; any of them may be None."""
    return [row(k=k, time=None if clock is None else f"2026-01-01T{clock}Z", v=v) for k, clock, v in events]


def expr(text):
    return {"expr": text}


def side(prefix, delay):
    """The columns of one side under names of its own, with a watermark unless `delay` is None."""
    columns = select(named(col("k"), prefix + "k"), named(col("time"), prefix + "t"), named(col("v"), prefix + "v"))
    return [columns] if delay is None else [columns, watermark(prefix + "t", delay)]


def windowed(prefix, delay):
    window_column = named(fn("window", col("time"), "10 seconds"), prefix + "w")
    return [watermark("time", delay), select(named(col("k"), prefix + "k"), window_column, named(col("v"), prefix + "v"))]


KEY = "lk = rk"
RANGE = "lk = rk AND rt >= lt AND rt <= lt + INTERVAL 20 SECONDS"
STRICT = "lk = rk AND rt > lt AND rt < lt + INTERVAL 20 SECONDS"
TURNED = "rk = lk AND lt BETWEEN rt - INTERVAL 20 SECONDS AND rt"
AFTER_ONLY = "lk = rk AND rt >= lt"
BEFORE_ONLY = "lk = rk AND rt <= lt + INTERVAL 20 SECONDS"
WINDOWS = "lk = rk AND lw = rw"

# Matches in the same batch and across batches, in both orders; rows without a partner; a long pause that evicts.
LEFT = [
    at(("a", "10:00:00", 1), ("b", "10:00:01", 2)),
    at(("c", "10:00:10", 3), ("a", "10:00:12", 4)),
    at(("d", "10:00:40", 5)),
    at(("e", "10:01:30", 6), ("a", "10:00:31", 7)),
    at(("f", "10:02:30", 8)),
]
RIGHT = [
    at(("a", "10:00:05", 11)),
    at(("b", "10:00:15", 12), ("c", "10:00:09", 13), ("x", "10:00:14", 14)),
    at(("a", "10:00:30", 15), ("d", "10:00:45", 16)),
    at(("e", "10:01:31", 17), ("a", "10:00:35", 18)),
    at(("g", "10:02:31", 19)),
]
# The watermark after the first two batches is 10:00:30 (10 seconds behind 10:00:40 on both sides).
EDGE_LEFT = [
    at(("a", "10:00:40", 1)),
    at(("a", "10:00:30", 2), ("a", "10:00:30.001", 3), ("a", "10:00:29.999", 4), ("b", "10:00:31", 5)),
    at(("z", "10:01:00", 6)),
    at(("a", "10:00:50", 7), ("b", "10:00:50.001", 8), ("b", "10:00:49", 9)),
    at(("z", "10:01:40", 10)),
]
EDGE_RIGHT = [
    at(("a", "10:00:40", 11)),
    at(("a", "10:00:30", 12), ("a", "10:00:30.001", 13), ("a", "10:00:45", 14)),
    at(("z", "10:01:00", 15), ("b", "10:00:51", 16)),
    at(("a", "10:00:50", 17), ("b", "10:00:50.001", 18)),
    at(("z", "10:01:40", 19)),
]
NULL_LEFT = [
    at(("a", "10:00:01", 1), (None, "10:00:02", 2), ("b", None, 3), (None, None, 4)),
    at(("a", "10:00:40", 5), (None, "10:00:41", 6)),
    at(("c", "10:02:00", None), (None, "10:05:00", 7)),
    at(("c", "10:03:00", None)),
]
NULL_RIGHT = [
    at((None, "10:00:02", 11), ("a", "10:00:03", None), ("b", None, 12), (None, None, 13)),
    at((None, "10:00:42", 14), ("a", None, 15)),
    at(("c", "10:02:01", 16)),
    at(("c", "10:03:00", None), (None, "10:05:00", 17)),
]
MANY_LEFT = [at(("a", "10:00:00", 1), ("a", "10:00:00", 1), ("a", "10:00:01", 2)), at(("a", "10:00:02", 3), ("b", "10:00:03", 4)), at(("z", "10:03:00", 0))]
MANY_RIGHT = [at(("a", "10:00:01", 11), ("a", "10:00:01", 11)), at(("a", "10:00:02", 12), ("b", "10:00:03", 13), ("b", "10:00:03", 13)), at(("z", "10:03:00", 10))]
TABLE = [at(("a", "10:00:00", 100), ("b", "10:00:30", 200)), at(("a", "10:00:05", 101), (None, "10:00:00", 300)), at(("q", "10:00:00", 400))]


def two(name, about, how, on=RANGE, left=LEFT, right=RIGHT, delays=("10 seconds", "10 seconds"), mode="append", then=(), sides=side, **more):
    """A join of the two streams."""
    l, r = delays
    return case(name, about, EVENTS, left, [*sides("l", l), join("other", sides("r", r), expr(on) if isinstance(on, str) else on, how), *then],
                mode, other=right, needs=JOIN + more.pop("needs", []), **more)


def table(name, about, how, on=KEY, swap=False, left=LEFT, then=(), mode="append", right_ops=None, **more):
    """A join of the stream with a table, or with `swap` of the table with the stream."""
    return case(name, about, EVENTS, left, [*side("l", "10 seconds"), join("other", right_ops or side("r", None), expr(on) if isinstance(on, str) else on, how, static=True, swap=swap), *then],
                mode, other=TABLE, needs=JOIN + more.pop("needs", []), **more)


SHORT = {"inner": "inner", "left": "left outer", "right": "right outer", "full": "full outer", "leftsemi": "left semi"}
MINUTE_COUNT = group([window("lt", "1 minute")], [COUNT])

CASES = [
    # One condition and input, every join type.
    *[two(f"join-{how}-range", f"{text}: a range in both directions bounds both states", how) for how, text in SHORT.items()],
    *[two(f"join-{how}-strict", f"{SHORT[how]}: strict bounds", how, STRICT) for how in ("inner", "left")],
    *[two(f"join-{how}-edges", f"{text}: rows exactly on the watermark and on the bounds of the range", how, left=EDGE_LEFT, right=EDGE_RIGHT, skip=[] if how == "inner" else ["resumed"]) for how, text in SHORT.items()],
    *[two(f"join-{how}-nulls", f"{text}: null keys never match, null times are neither late nor evicted", how, left=NULL_LEFT, right=NULL_RIGHT, crashed=how == "inner", skip=[] if how == "inner" else ["resumed"]) for how, text in SHORT.items()],
    *[two(f"join-{how}-windows", f"{text}: windows as keys", how, WINDOWS, sides=windowed) for how, text in SHORT.items() if how != "leftsemi"],
    two("join-leftsemi-windows", "left semi: windows as keys", "leftsemi", WINDOWS, sides=windowed),
    *[two(f"join-{how}-many", f"{SHORT[how]}: several equal rows on both sides", how, left=MANY_LEFT, right=MANY_RIGHT, skip=[] if how == "inner" else ["resumed"]) for how in ("inner", "full", "leftsemi")],
    *[two(f"join-{how}-one-sided", f"{text}: parts of the condition that read one side", how, RANGE + " AND lv > 2 AND rv < 18", crashed=how == "inner", skip=[] if how == "inner" else ["resumed"]) for how, text in SHORT.items()],
    *[two(f"join-{how}-time-key", f"{text}: the event times as a key", how, "lk = rk AND lt = rt", left=EDGE_LEFT, right=EDGE_RIGHT, skip=[] if how == "inner" else ["resumed"]) for how, text in SHORT.items() if how != "right"],
    # Inner only.
    two("join-inner-no-watermark", "without watermarks every row is kept", "inner", KEY, delays=(None, None)),
    two("join-inner-watermark-no-range", "watermarks alone drop late rows but bound no state", "inner", KEY),
    two("join-inner-turned", "the range written from the other side", "inner", TURNED),
    two("join-inner-after-only", "a bound on one side frees the other side's state only", "inner", AFTER_ONLY),
    two("join-inner-before-only", "the other bound alone", "inner", BEFORE_ONLY),
    two("join-inner-left-watermark", "a watermark on the left only", "inner", delays=("10 seconds", None)),
    two("join-inner-right-watermark", "a watermark on the right only", "inner", delays=(None, "10 seconds")),
    two("join-inner-uneven-delays", "the slower watermark is in force", "inner", delays=("5 seconds", "1 minute")),
    two("join-inner-policy-max", "the faster watermark is in force", "inner", delays=("5 seconds", "1 minute"), conf={"spark.sql.streaming.multipleWatermarkPolicy": "max"}),
    two("join-inner-policy-max-idle", "with max an idle side holds nothing back", "inner", right=[at(("a", "10:00:05", 11)), [], [], [], at(("g", "10:02:31", 19))],
        conf={"spark.sql.streaming.multipleWatermarkPolicy": "max"}),
    two("join-inner-idle-side", "with min a side without rows holds the watermark back", "inner", right=[[], [], at(("a", "10:00:30", 15)), [], at(("g", "10:02:31", 19))]),
    two("join-inner-no-data-off", "without no-data batches state waits for data", "inner", conf={"spark.sql.streaming.noDataMicroBatches.enabled": "false"}),
    two("join-inner-update", "inner in update", "inner", mode="update"),
    two("join-leftsemi-update", "left semi in update", "leftsemi", mode="update"),
    two("join-inner-using", "USING keeps one key column", "inner", ["k"], delays=(None, None), sides=lambda prefix, _: [select(col("k"), named(col("v"), prefix + "v"))]),
    two("join-inner-null-safe", "null equals null with <=>", "inner", "lk <=> rk AND rt >= lt AND rt <= lt + INTERVAL 20 SECONDS", left=NULL_LEFT, right=NULL_RIGHT, crashed=True),
    two("join-inner-expression-keys", "keys that are computed", "inner", "upper(lk) = upper(rk) AND lv % 2 = rv % 2 AND rt >= lt AND rt <= lt + INTERVAL 20 SECONDS"),
    two("join-inner-wider-key", "keys of different widths", "inner", "cast(lv AS BIGINT) + 10 = rv AND rt >= lt AND rt <= lt + INTERVAL 20 SECONDS"),
    two("join-inner-filter-above", "a filter above the join goes to the sides", "inner", then=[where(fn("and", fn(">", col("lv"), 1), fn("=", col("lk"), "a")))], crashed=True),
    two("join-inner-filter-inferred", "a filter on a key of one side holds for the other", "inner", RANGE + " AND lk = 'a'", crashed=True),
    two("join-inner-pruned-time", "a time nobody reads makes nothing late", "inner", KEY, then=[select(col("lk"), col("lv"), col("rv"))]),
    two("join-inner-range-no-key-order", "the time condition before the key", "inner", "rt - INTERVAL 20 SECONDS <= lt AND rt >= lt AND rk = lk"),
    two("join-inner-minutes-between", "an interval of several units", "inner", "lk = rk AND lt >= rt - INTERVAL '1 minute 30 seconds' AND lt < rt + INTERVAL 500 MILLISECONDS"),
    case("join-inner-float-keys", "NaN equals NaN and -0.0 equals 0.0", "k STRING, x DOUBLE", [[row(k="n", x="NaN"), row(k="z", x=-0.0)], [row(k="i", x="Infinity")]],
         [select(named(col("k"), "lk"), named(col("x"), "lx")), join("other", [select(named(col("k"), "rk"), named(col("x"), "rx"))], expr("lx = rx"), "inner")],
         other=[[row(k="N", x="NaN"), row(k="Z", x=0.0)], [row(k="I", x="Infinity"), row(k="x")]], needs=JOIN),
    # Outer.
    two("join-left-right-watermark", "left outer with a watermark on the right only", "left", delays=(None, "10 seconds")),
    two("join-right-left-watermark", "right outer with a watermark on the left only", "right", delays=("10 seconds", None)),
    two("join-left-filter-above", "a filter on the nullable side makes the outer join an inner one", "left", then=[where(fn(">", col("rv"), 11))]),
    two("join-left-filter-null", "a filter that lets nulls pass stays above", "left", then=[where(fn("isnull", col("rv")))]),
    two("join-left-filter-left", "a filter on the preserved side goes below the join", "left", then=[where(fn(">", col("lv"), 2))]),
    two("join-left-using", "left outer with USING over the window", "left", ["k", "w"], sides=lambda p, d: [watermark("time", d), select(col("k"), fn("window", col("time"), "10 seconds"), named(col("v"), p + "v")), select(col("k"), named(col("window"), "w"), col(p + "v"))],
        then=[select(col("k"), named(cast(field(col("w"), "start"), "STRING"), "s"), col("lv"), col("rv"))]),
    two("join-right-using", "right outer with USING keeps the right key", "right", ["k", "w"], sides=lambda p, d: [watermark("time", d), select(col("k"), named(fn("window", col("time"), "10 seconds"), "w"), named(col("v"), p + "v"))]),
    two("join-full-using", "full outer with USING merges the keys", "full", ["k", "w"], sides=lambda p, d: [watermark("time", d), select(col("k"), named(fn("window", col("time"), "10 seconds"), "w"), named(col("v"), p + "v"))]),
    two("join-left-no-data", "unmatched rows come in the batch without data", "left", left=LEFT[:2], right=RIGHT[:2], delays=("1 second", "1 second"), on="lk = rk AND rt >= lt AND rt <= lt + INTERVAL 2 SECONDS"),
    two("join-full-one-bound", "full outer needs a bound for one side only", "full", AFTER_ONLY),
    # Chains.
    two("join-inner-then-window", "a windowed count after an inner join", "inner", then=[MINUTE_COUNT], needs=["chained_aggregation"]),
    two("join-inner-then-window-update", "a windowed count after an inner join, in update", "inner", mode="update", then=[MINUTE_COUNT], needs=["chained_aggregation"]),
    two("join-left-then-window", "a windowed count after a left outer join counts the unmatched rows too", "left", then=[group([window("lt", "10 seconds")], [COUNT, named(fn("count", col("rv")), "matched")])], needs=["chained_aggregation"]),
    two("join-full-then-window", "a windowed count of the right times after a full outer join", "full", then=[group([window("rt", "10 seconds")], [COUNT])], needs=["chained_aggregation"]),
    two("join-inner-then-dedup", "duplicates removed after a join", "inner", left=MANY_LEFT, right=MANY_RIGHT, then=[select(col("lk"), col("lt")), dedup("lk", "lt")]),
    two("refused-join-two-event-times", "two event times below a stateful operator", "inner", left=MANY_LEFT, right=MANY_RIGHT, then=[dedup("lk", "lt")]),
    two("refused-join-two-event-times-of-a-side", "a side with a time and a window of it", "inner", WINDOWS, sides=lambda p, d: [*side(p, d), with_column(p + "w", fn("window", col(p + "t"), "10 seconds"))]),
    two("join-dedup-before", "duplicates removed on one side before the join", "inner", left=MANY_LEFT, right=MANY_RIGHT, sides=lambda p, d: [*side(p, d), dedup(p + "k", p + "t")]),
    *[two(f"join-{how}-of-aggregations", f"{text} join of two windowed counts", how, "lw = rw", sides=lambda p, d: [*side(p, d), group([named(window(p + "t", "10 seconds"), p + "w")], [named(fn("count", 1), p + "n")])],
          needs=["chained_aggregation"]) for how, text in [("inner", "inner"), ("left", "left outer")]],
    two("join-of-join", "a join of a join with the first stream again", "inner", then=[select(col("lk"), col("lt"), col("lv"), col("rv")), join("main", side("m", "10 seconds"), expr("lk = mk AND mt >= lt AND mt <= lt + INTERVAL 1 MINUTE"), "inner")], skip=["resumed"]),
    two("join-left-of-join", "a left outer join of an inner join with the first stream again", "inner", then=[select(col("lk"), col("lt"), col("lv"), col("rv")), join("main", side("m", "10 seconds"), expr("lk = mk AND mt > lt AND mt <= lt + INTERVAL 30 SECONDS"), "left")], skip=["resumed"]),
    # A stream with a table.
    *[table(f"join-table-{how}", f"stream with table, {how}", how) for how in ("inner", "left", "leftsemi", "leftanti", "cross")],
    *[table(f"join-table-swapped-{how}", f"table with stream, {how}", how, swap=True) for how in ("inner", "right")],
    table("join-table-left-nulls", "stream with table, null keys", "left", left=NULL_LEFT),
    table("join-table-leftanti-nulls", "stream with table, the rows without a partner", "leftanti", left=NULL_LEFT),
    table("join-table-not-equal", "stream with table, a condition without equality", "inner", "lt > rt"),
    table("join-table-left-not-equal", "stream with table, left outer without equality", "left", "lt > rt AND lv > 3"),
    table("join-table-leftanti-not-equal", "stream with table, the rows for which no row of the table is smaller", "leftanti", "lt > rt AND lv < rv - 96"),
    table("join-table-left-one-sided", "stream with table, parts of the condition that read one side", "left", KEY + " AND lv > 1 AND rv > 100"),
    table("join-table-using", "stream with table, USING", "left", ["lk"], right_ops=[select(named(col("k"), "lk"), named(col("v"), "rv"))]),
    table("join-table-aggregated", "the table is aggregated first", "left", right_ops=[*side("r", None), group([col("rk")], [named(fn("sum", col("rv")), "rv"), COUNT])]),
    table("join-table-update", "stream with table in update", "left", mode="update"),
    table("join-table-then-window", "a windowed count after a join with a table", "inner", then=[MINUTE_COUNT]),
    table("join-table-then-count-update", "a count by a column of the table, in update", "left", mode="update", then=[group([col("rv")], [COUNT])]),
    table("join-table-then-count-complete", "a count by a column of the table, in complete", "left", mode="complete", then=[group([col("rv")], [COUNT])]),
    # Refused.
    *[table(f"refused-join-table-{how}", f"stream with table, {how}", how) for how in ("right", "full")],
    *[table(f"refused-join-table-swapped-{how}", f"table with stream, {how}", how, swap=True) for how in ("left", "full", "leftsemi", "leftanti")],
    *[two(f"refused-join-{how}-no-watermark", f"{text} without a watermark", how, KEY, delays=(None, None)) for how, text in SHORT.items() if how != "inner"],
    *[two(f"refused-join-{how}-no-range", f"{text} without a range condition", how, KEY) for how, text in SHORT.items() if how != "inner"],
    two("refused-join-left-wrong-watermark", "left outer with a watermark on the left only", "left", delays=("10 seconds", None)),
    two("refused-join-left-wrong-bound", "left outer with a bound for the right side only", "left", BEFORE_ONLY.replace("rt <=", "rt >").replace("+ INTERVAL 20 SECONDS", "- INTERVAL 20 SECONDS").replace(">", "<")),
    *[two(f"refused-join-{how}-update", f"{SHORT[how]} in update", how, mode="update") for how in ("left", "right", "full")],
    *[two(f"refused-join-{how}-complete", f"{SHORT[how]} in complete", how, mode="complete") for how in ("inner", "left")],
    two("refused-join-complete-aggregated", "a join below an aggregation in complete", "inner", mode="complete", then=[MINUTE_COUNT]),
    two("refused-join-leftanti", "left anti of two streams", "leftanti"),
    two("refused-join-cross", "a cross join of two streams", "cross", None),
    two("refused-join-not-equal", "two streams without an equality", "inner", "rt >= lt AND rt <= lt + INTERVAL 20 SECONDS"),
    two("refused-join-ambiguous", "a column that both sides have", "inner", "k = k", sides=lambda p, d: []),
    two("refused-join-ambiguous-above", "a column that both sides have, named above the join", "inner", "l.k = r.k", sides=lambda p, d: [{"op": "alias", "name": p}], then=[select(col("v"))]),
    two("refused-join-unknown-column", "a column neither side has", "inner", "lk = nothing"),
    two("refused-join-using-left", "a USING column the left side lacks", "inner", ["rk"]),
    two("refused-join-using-right", "a USING column the right side lacks", "inner", ["lk"]),
    two("refused-join-type", "a join type that does not exist", "sideways"),
    two("refused-join-condition-type", "a condition that is no boolean", "inner", "lv + rv"),
    two("refused-join-key-types", "keys that cannot be compared", "inner", "lt = rv"),
]
