"""Stateful operators one after the other, several watermarks, grouping sets, limits, and keys that are not plain; late rows on exact boundaries."""

from cases.program import COUNT, case, cast, col, dedup, drop, field, fn, group, join, limit, lit, named, order, row, select, union, watermark, where, window, with_column

EVENTS = "time TIMESTAMP, k STRING, v BIGINT"
TEN = watermark("time", "10 seconds")
ZERO = watermark("time", "0 seconds")
TENS = window("time", "10 seconds")
SUM = named(fn("sum", col("v")), "s")
WINDOW_TIME = with_column("time", fn("window_time", col("window")))
WITHIN = {"op": "dropDuplicatesWithinWatermark", "names": ["k"]}
FIRST = {"skip": ["oneBatch", "batch"], "firstRows": True}


def at(clock, k="a", v=1, day="2026-01-01"):
    return row(time=f"{day}T{clock}Z", k=k, v=v)


def chain(name, about, ops, mode="append", batches=None, **more):
    return case(f"chain-{name}", about, EVENTS, batches or LATE, ops, mode, **more)


#: Windows of ten seconds close at 15, 30 and 90 with a delay of ten; each batch after that has rows on the edge.
LATE = [
    [at("10:00:01", "a", 1), at("10:00:04", "b", 2), at("10:00:09.999", "a", 3)],
    [at("10:00:12", "a", 4), at("10:00:25", "b", 5)],
    [at("10:00:09.999", "a", 6), at("10:00:10", "a", 7), at("10:00:15", "b", 8), at("10:00:14.999", "b", 9), at("10:00:15.001", "a", 10)],
    [at("10:00:40", "c", 11), row(k="n", v=12)],
    [at("10:00:20", "a", 13), at("10:00:29.999", "b", 14), at("10:00:30", "a", 15), at("10:01:40", "c", 16)],
    [at("10:01:29.999", "a", 17), at("10:01:30", "b", 18), at("10:02:30", "d", 19)],
]
OTHER = [
    [at("10:00:02", "a", 101), at("10:00:05", "b", 102)],
    [at("10:00:13", "a", 103), at("10:00:26", "c", 104)],
    [at("10:00:10", "a", 105), at("10:00:15", "b", 106)],
    [at("10:00:41", "b", 107)],
    [at("10:00:31", "a", 108), at("10:01:41", "c", 109)],
    [at("10:01:30", "b", 110), at("10:02:31", "d", 111)],
]


def ranged(how, *before, after="l"):
    """A join within ten seconds of the left row, with the columns of one side kept."""
    bound = {"fn": "<=", "args": [col("r.time"), {"expr": "l.time + INTERVAL 10 SECONDS"}]}
    condition = fn("and", fn("and", fn("=", col("l.k"), col("r.k")), fn(">=", col("r.time"), col("l.time"))), bound)
    return [{"op": "alias", "name": "l"}, join("other", [TEN, *before, {"op": "alias", "name": "r"}], condition, how),
            select(named(col(f"{after}.time"), "time"), named(col(f"{after}.k"), "k"), named(col(f"{after}.v"), "v"))]


def grouped(kind, by, **more):
    return {"op": kind, "by": by, "agg": [SUM, named(fn("count", 1), "n"), named(fn("grouping_id"), "g"), *more.pop("also", [])], **more}


CHAINS = [
    chain("dedup-window", "duplicates of a key and time go, the rest is counted", [TEN, dedup("time", "k"), group([TENS, col("k")], [COUNT])]),
    chain("dedup-key-window", "the first row of each key is counted", [TEN, dedup("k"), group([TENS], [COUNT])], **FIRST),
    chain("dedup-within-window", "keys that come again after the delay are counted again", [TEN, WITHIN, group([TENS], [COUNT])], **FIRST),
    chain("dedup-dedup-within", "two kinds of duplicates one after the other", [TEN, dedup("time", "k"), WITHIN, select(col("k"), col("time"))], **FIRST),
    chain("dedup-session", "sessions of rows without duplicates", [TEN, dedup("time", "k"), group([fn("session_window", col("time"), "10 seconds"), col("k")], [COUNT])]),
    chain("window-dedup", "windows of equal sums come out once", [TEN, group([TENS, col("k")], [COUNT]), dedup("window", "n")], **FIRST),
    chain("window-window", "windows of windows, by window_time", [TEN, group([TENS, col("k")], [SUM]), WINDOW_TIME, group([window("time", "30 seconds")], [named(fn("sum", col("s")), "t")])]),
    chain("window-window-implicit", "a window over a window column", [TEN, group([TENS, col("k")], [SUM]), group([named(fn("window", col("window"), "30 seconds"), "w")], [named(fn("sum", col("s")), "t")])]),
    chain("window-sliding", "sliding windows of windows", [TEN, group([TENS], [COUNT]), group([named(fn("window", col("window"), "40 seconds", "20 seconds"), "w")], [named(fn("sum", col("n")), "t")])]),
    chain("window-thrice", "three windows, one upon the other", [TEN, group([TENS], [COUNT]), WINDOW_TIME, group([window("time", "20 seconds")], [named(fn("sum", col("n")), "m")]), WINDOW_TIME, group([window("time", "1 minute")], [named(fn("sum", col("m")), "t")])]),
    chain("session-window", "windows of sessions", [TEN, group([fn("session_window", col("time"), "5 seconds"), col("k")], [COUNT]), group([named(fn("window", fn("window_time", col("session_window")), "30 seconds"), "w")], [named(fn("sum", col("n")), "t")])]),
    chain("window-session", "sessions of windows", [TEN, group([TENS, col("k")], [COUNT]), WINDOW_TIME, group([fn("session_window", col("time"), "12 seconds"), col("k")], [named(fn("sum", col("n")), "t")])]),
    chain("union-dedup-window", "two streams, without duplicates over both, counted", [TEN, union(TEN), dedup("time", "k"), group([TENS], [COUNT])], other=OTHER),
    chain("windows-union", "two aggregations, their rows one after the other", [TEN, group([TENS, col("k")], [COUNT]), union(TEN, group([TENS, col("k")], [COUNT]))], other=OTHER),
    chain("join-window-right-time", "windows over the time of the right side", [TEN, *ranged("inner", after="r"), group([TENS], [COUNT])], other=OTHER),
    chain("join-right-window", "windows over a right outer join", [TEN, *ranged("right", after="r"), group([TENS], [COUNT, SUM])], other=OTHER),
    chain("join-semi-window", "windows over a semi join", [TEN, *ranged("leftsemi"), group([TENS], [COUNT, SUM])], other=OTHER),
    chain("join-session", "sessions over joined rows", [TEN, *ranged("inner"), group([fn("session_window", col("time"), "10 seconds"), col("k")], [COUNT])], other=OTHER),
    chain("join-dedup-within", "joined rows once per key", [TEN, *ranged("inner"), WITHIN, select(col("k"))], other=OTHER, **FIRST),
    chain("dedup-join", "both sides without duplicates before they are joined", [TEN, dedup("time", "k"), *ranged("inner", dedup("time", "k"))], other=OTHER, skip=["oneBatch", "batch"]),
    chain("dedup-join-left", "left rows without duplicates and their partners", [TEN, dedup("time", "k"), *ranged("left")], other=OTHER, skip=["oneBatch", "batch"]),
    chain("windows-join-right", "windows of two streams, right outer", [TEN, group([TENS, col("k")], [COUNT]), join("other", [TEN, group([TENS, col("k")], [SUM])], ["window", "k"], "right")], other=OTHER),
    chain("windows-join-full", "windows of two streams, full outer", [TEN, group([TENS, col("k")], [COUNT]), join("other", [TEN, group([TENS, col("k")], [SUM])], ["window", "k"], "full")], other=OTHER),
    chain("windows-join-semi", "windows that the other stream has too", [TEN, group([TENS, col("k")], [COUNT]), join("other", [TEN, group([TENS, col("k")], [SUM])], ["window", "k"], "leftsemi")], other=OTHER),
    chain("windows-join-window", "windows of two streams joined and counted again", [TEN, group([TENS, col("k")], [COUNT]), join("other", [TEN, group([TENS, col("k")], [SUM])], ["window", "k"], "inner"), WINDOW_TIME, group([window("time", "1 minute")], [named(fn("sum", col("n")), "t")])], other=OTHER),
    chain("table-window", "rows joined with a table and counted", [TEN, join("other", [select(col("k"), named(col("v"), "w"))], ["k"], "inner", static=True), group([TENS], [COUNT, named(fn("sum", col("w")), "s")])], other=OTHER, skip=["oneBatch"]),
    chain("window-table", "closed windows joined with a table", [TEN, group([TENS, col("k")], [COUNT]), join("other", [select(col("k"), named(col("v"), "w"))], ["k"], "left", static=True)], other=OTHER, skip=["oneBatch"]),
    chain("table-semi-dedup", "rows the table has, once", [TEN, join("other", [], ["k"], "leftsemi", static=True), dedup("time", "k")], other=OTHER, skip=["oneBatch", "batch"]),
    chain("table-anti-window", "rows the table has not, counted", [TEN, join("other", [where(fn("<", col("v"), 104))], ["k"], "leftanti", static=True), group([TENS, col("k")], [COUNT])], other=OTHER, skip=["oneBatch"]),
    chain("dedup-update-aggregation", "duplicates go before a count in update", [TEN, dedup("time", "k"), group([col("k")], [COUNT])], "update"),
    chain("dedup-complete-aggregation", "duplicates go before a count in complete", [TEN, dedup("time", "k"), group([col("k")], [COUNT])], "complete"),
    chain("join-update-aggregation", "joined rows counted in update", [TEN, *ranged("inner"), group([col("k")], [COUNT])], "update", other=OTHER),
    chain("filter-above-window", "a filter over the keys and one over the sum", [TEN, group([TENS, col("k")], [SUM]), where(fn(">", col("s"), 4)), where(fn("!=", col("k"), "c"))]),
    chain("no-data-off-window-window", "without batches for the watermark alone", [TEN, group([TENS], [COUNT]), WINDOW_TIME, group([window("time", "30 seconds")], [named(fn("sum", col("n")), "t")])], conf={"spark.sql.streaming.noDataMicroBatches.enabled": "false"}),
    chain("explode-dedup-window", "generated rows without duplicates, counted", [TEN, with_column("x", fn("explode", fn("array", col("k"), lit("z")))), dedup("time", "x"), group([TENS, col("x")], [COUNT])]),
    chain("two-generators", "every pair of two generators", [select(col("k"), named(fn("explode", fn("array", 1, 2)), "x"), named(fn("explode", fn("array", col("k"), lit("z"))), "y"))]),
    chain("generator-over-aggregate", "the elements of a collected list", [group([col("k")], [COUNT, named(fn("explode", fn("sort_array", fn("collect_list", col("v")))), "x")])], "complete"),
]

LIMITS = [
    chain("limit", "the first rows of a stream, over batches", [limit(4), select(col("k"), col("v"))], skip=["oneBatch", "batch"]),
    chain("limit-zero", "no rows at all", [limit(0)], skip=["batch"]),
    chain("limit-one-batch", "more rows than the first batch has", [limit(100), select(col("v"))]),
    chain("dedup-limit", "the first keys", [TEN, dedup("k"), limit(3), select(col("k"))], **FIRST),
    chain("limit-dedup", "keys of the first rows", [TEN, limit(6), dedup("k"), select(col("k"))], **FIRST),
    chain("window-limit", "the first closed windows", [TEN, group([TENS], [COUNT]), limit(2), select(col("n"))], skip=["oneBatch", "batch"]),
    chain("join-limit", "the first joined rows", [TEN, *ranged("inner"), limit(2), group([], [COUNT])], "complete", other=OTHER, skip=["oneBatch", "batch"]),
    chain("limit-window", "a count over the first rows", [TEN, limit(7), group([TENS], [COUNT])], skip=["oneBatch", "batch"]),
    chain("sort-limit", "the largest sums of the whole table", [group([col("k")], [SUM]), order({"desc": col("s")}), limit(2)], "complete", ordered=True, skip=["resumed"]),
    chain("sort-nulls", "a sort with a null key", [group([named(fn("nullif", col("k"), "b"), "k")], [SUM]), order(col("k"))], "complete", ordered=True, skip=["resumed"]),
    chain("having-sort", "sums above a bound, sorted", [group([col("k")], [SUM]), where(fn(">", col("s"), 10)), order({"desc": col("k")})], "complete", ordered=True, skip=["resumed"]),
]

SETS = [
    chain("rollup-update", "rollup in update", [grouped("rollup", [col("k"), named(fn("%", col("v"), 2), "odd")])], "update"),
    chain("rollup-complete", "rollup in complete", [grouped("rollup", [col("k"), named(fn("%", col("v"), 2), "odd")])], "complete"),
    chain("rollup-append", "rollup by window and key in append: sums of all windows never close", [TEN, grouped("rollup", [TENS, col("k")])]),
    chain("rollup-window-last", "rollup by key and window in append", [TEN, grouped("rollup", [col("k"), TENS])]),
    chain("rollup-window-update", "rollup by window in update", [TEN, grouped("rollup", [TENS, col("k")])], "update"),
    chain("cube-append", "cube by window and key", [TEN, grouped("cube", [TENS, col("k")])]),
    chain("cube-complete", "cube of two keys", [grouped("cube", [col("k"), named(fn("%", col("v"), 3), "m")], also=[named(fn("grouping", col("k")), "gk")])], "complete"),
    chain("grouping-sets-append", "sets that all hold the window", [TEN, with_column("w", TENS), grouped("groupingSets", [col("w"), col("k")], sets=[["w"], ["w", "k"]])]),
    chain("grouping-sets-order", "columns named in another order than in the sets", [grouped("groupingSets", [col("k"), col("v")], sets=[["v"], ["v", "k"], []])], "update"),
    chain("grouping-sets-more", "a set with a column that is not put out", [grouped("groupingSets", [col("k")], sets=[["v"], ["k"]])], "update"),
    chain("grouping-sets-twice", "one set twice", [grouped("groupingSets", [col("k")], sets=[["k"], ["k"], []])], "update"),
    chain("pivot-append", "a pivot of numbers in append", [TEN, {"op": "pivot", "by": [TENS], "column": "k", "values": ["a", "b"], "agg": [SUM]}]),
    chain("pivot-lists-append", "a pivot of lists in append", [TEN, {"op": "pivot", "by": [TENS], "column": "k", "values": ["a", "b"], "agg": [named(fn("sort_array", fn("collect_list", col("v"))), "l"), named(fn("count", col("v")), "c")]}]),
    chain("pivot-lists-update", "a pivot of lists in update", [{"op": "pivot", "by": [col("v")], "column": "k", "values": ["a", "b"], "agg": [fn("max", col("k"))]}], "update"),
    chain("pivot-batch", "a pivot without values", [{"op": "pivot", "by": [col("v")], "column": "k", "agg": [SUM]}], "complete"),
]

POLICIES = []
for policy in ("min", "max"):
    CONF = {"conf": {"spark.sql.streaming.multipleWatermarkPolicy": policy}, "other": OTHER}
    POLICIES += [
        chain(f"policy-{policy}-union", f"windows over two streams of different delays, policy {policy}", [TEN, union(watermark("time", "30 seconds")), group([TENS], [COUNT])], **CONF),
        chain(f"policy-{policy}-dedup", f"duplicates over two streams of different delays, policy {policy}", [TEN, union(ZERO), dedup("time", "k"), select(col("k"), col("time"))], **CONF),
        chain(f"policy-{policy}-update", f"update over two streams, policy {policy}", [ZERO, union(watermark("time", "20 seconds")), group([TENS, col("k")], [SUM])], "update", **CONF),
        chain(f"policy-{policy}-join", f"a join of streams of different delays, policy {policy}", [ZERO, *ranged("left")], **CONF),
        chain(f"policy-{policy}-late-start", f"the second stream starts later, policy {policy}", [TEN, union(TEN), group([TENS], [COUNT])], conf=CONF["conf"], other=[[], [], [], OTHER[0], OTHER[4], OTHER[5]]),
    ]

CASES = [*CHAINS, *LIMITS, *SETS, *POLICIES]
