"""A query is started again on its checkpoint after its program changed: what Spark takes, what it refuses, and what comes out."""

from cases.program import COUNT, cast, col, dedup, drop, fn, group, join, limit, lit, named, order, select, union, watermark, where, window, with_column
from cases.scenarios.words import TEN, at, scenario

SUM = named(fn("sum", col("v")), "s")
TENS = window("time", "10 seconds")
FILES = [
    [at("10:00:01", "a", 1), at("10:00:04", "b", 2), at("10:00:09", "a", 3), at("10:00:12", "c", 4)],
    [at("10:00:14", "a", 5), at("10:00:31", "b", 6), at("10:00:04", "b", 9)],
    [at("10:00:33", "b", 7), at("10:01:40", "d", 8)],
]
OTHER = [
    [at("10:00:02", "a", 101), at("10:00:05", "z", 102)],
    [at("10:00:15", "a", 103), at("10:00:33", "b", 104), at("10:00:12", "c", 105)],
    [at("10:00:34", "b", 106), at("10:01:42", "e", 107)],
]


def changed(name, about, before, after, mode="update", **more):
    """One file with `before`, two with `after`, which is a list of steps or what else changes."""
    step = {"ops": after} if isinstance(after, list) else after
    return scenario(f"restart-{name}", about, more.pop("inputs", FILES), [{}, {"files": 2, **step}], before, mode, **more)


def by(*columns, agg=(COUNT,)):
    return [group([c if isinstance(c, dict) else col(c) for c in columns], list(agg))]


def windowed(length="10 seconds", delay="10 seconds", *slide, agg=(COUNT,), keys=("k",)):
    return [watermark("time", delay), group([window("time", length, *slide), *[col(k) for k in keys]], list(agg))]


BOUND = "l.k = r.k AND r.time >= l.time AND r.time <= l.time + INTERVAL 10 SECONDS"


def joined(how="inner", on=BOUND, left=(), right=(), delays=("10 seconds", "10 seconds"), then=None, input="other"):
    output = [named(col("l.k"), "lk"), named(col("l.v"), "lv")]
    if how != "leftsemi":
        output += [named(col("r.k"), "rk"), named(col("r.v"), "rv")]
    sides = [watermark("time", delays[0])] if delays[0] else []
    others = [watermark("time", delays[1])] if delays[1] else []
    return [*sides, *left, {"op": "alias", "name": "l"}, join(input, [*others, *right, {"op": "alias", "name": "r"}], {"expr": on}, how), select(*(then or output))]


TWO = {"main": FILES, "other": OTHER}


def rejoined(name, about, before, after, mode="append"):
    return changed(f"join-{name}", about, before, after, mode, inputs=TWO)


def within(*names):
    return {"op": "dropDuplicatesWithinWatermark", "names": list(names)}


def sessions(gap="5 seconds", *keys):
    gap = fn("session_window", col("time"), gap)
    return [TEN, group([gap, *[col(k) for k in keys or ("k",)]], [COUNT])]


SCENARIOS = [
    # Aggregations without a watermark.
    changed("same", "nothing changed", by("k"), by("k")),
    changed("filter-added", "a filter is added", by("k"), [where(fn(">", col("v"), lit(5))), *by("k")]),
    changed("projection", "columns that are not in the state are added", by("k"), [*by("k"), with_column("twice", fn("*", col("n"), lit(2)))]),
    changed("having", "a filter over the groups is added", by("k"), [*by("k"), where(fn(">", col("n"), lit(1)))]),
    changed("key-renamed", "the grouping column has another name", by("k"), by(named(col("k"), "key"))),
    changed("key-computed", "the grouping column is computed", by("k"), by(named(fn("upper", col("k")), "k"))),
    changed("key-other-same-type", "another grouping column of the same type", by("k"), by(named(fn("concat", col("k"), lit("!")), "x"))),
    changed("key-type", "a grouping column of another type", by("k"), by("v")),
    changed("key-widened", "the grouping column is wider", by(named(cast(col("v"), "INT"), "v")), by("v")),
    changed("key-added", "one grouping column more", by("k"), by("k", "v")),
    changed("key-removed", "one grouping column less", by("k", "v"), by("k")),
    changed("keys-swapped", "grouping columns in another order", by("k", "v"), by("v", "k")),
    changed("keys-swapped-same-type", "grouping columns of one type in another order", by("k", named(fn("upper", col("k")), "u")), by(named(fn("upper", col("k")), "u"), "k")),
    changed("keys-to-none", "grouped before, then not", by("k"), by()),
    changed("none-to-keys", "not grouped before, then grouped", by(), by("k")),
    changed("aggregate-renamed", "the aggregate has another name", by("k"), by("k", agg=[named(fn("count", 1), "other")])),
    changed("aggregate-count-sum", "count becomes sum", by("k"), by("k", agg=[SUM])),
    changed("aggregate-sum-count", "sum becomes count", by("k", agg=[SUM]), by("k")),
    changed("aggregate-min-max", "min becomes max", by("k", agg=[named(fn("min", col("v")), "m")]), by("k", agg=[named(fn("max", col("v")), "m")])),
    changed("aggregate-sum-max", "sum becomes max", by("k", agg=[SUM]), by("k", agg=[named(fn("max", col("v")), "m")])),
    changed("aggregate-type", "max of text instead of a number", by("k", agg=[named(fn("max", col("v")), "m")]), by("k", agg=[named(fn("max", col("k")), "m")])),
    changed("aggregate-added", "one aggregate more", by("k"), by("k", agg=[COUNT, SUM])),
    changed("aggregate-removed", "one aggregate less", by("k", agg=[COUNT, SUM]), by("k")),
    changed("aggregates-swapped", "aggregates in another order", by("k", agg=[COUNT, SUM]), by("k", agg=[SUM, COUNT])),
    changed("aggregates-swapped-same", "aggregates of one type in another order", by("k", agg=[named(fn("min", col("v")), "a"), named(fn("max", col("v")), "b")]), by("k", agg=[named(fn("max", col("v")), "b"), named(fn("min", col("v")), "a")])),
    changed("aggregate-avg-sum", "avg becomes sum", by("k", agg=[named(fn("avg", col("v")), "m")]), by("k", agg=[SUM])),
    changed("aggregate-other-column", "the sum of another column of its type", by("k", agg=[SUM]), by("k", agg=[named(fn("sum", fn("*", col("v"), lit(10))), "s")])),
    changed("mode-update-complete", "update becomes complete", by("k"), {"outputMode": "complete"}),
    changed("mode-complete-update", "complete becomes update", by("k"), {"outputMode": "update"}, "complete"),
    changed("trigger-once", "AvailableNow becomes Once", by("k"), {"trigger": "once"}),
    changed("partitions", "another number of partitions", by("k"), {"conf": {"spark.sql.shuffle.partitions": "5"}}),
    changed("time-zone", "another time zone of the session", by(named(cast(col("time"), "STRING"), "t")), {"conf": {"spark.sql.session.timeZone": "Asia/Kolkata"}}),
    changed("sorted", "a sort is added", by("k"), [*by("k"), order(col("k"))], "complete"),
    # Windows and watermarks.
    changed("window-longer", "longer windows", windowed(), windowed("20 seconds")),
    changed("window-longer-append", "longer windows, append", windowed(), windowed("20 seconds"), "append"),
    changed("window-sliding", "sliding windows", windowed(), windowed("10 seconds", "10 seconds", "5 seconds"), "append"),
    changed("window-removed", "no window any more", windowed(), [TEN, *by("k")]),
    changed("window-added", "a window is added", by("k"), windowed()),
    changed("window-renamed", "the window column has another name", windowed(), [TEN, group([named(TENS, "w"), col("k")], [COUNT])], "append"),
    changed("mode-append-update", "append becomes update", windowed(), {"outputMode": "update"}, "append"),
    changed("mode-update-append", "update becomes append", windowed(), {"outputMode": "append"}),
    changed("mode-append-complete", "append becomes complete", windowed(), {"outputMode": "complete"}, "append"),
    changed("mode-complete-append", "complete becomes append", windowed(), {"outputMode": "append"}, "complete"),
    changed("delay-longer", "a longer delay", windowed(), windowed("10 seconds", "30 seconds"), "append"),
    changed("delay-shorter", "a shorter delay", windowed(), windowed("10 seconds", "0 seconds"), "append"),
    changed("watermark-removed", "no watermark any more", windowed(), [group([TENS, col("k")], [COUNT])]),
    changed("watermark-added", "a watermark is added", [group([TENS, col("k")], [COUNT])], windowed()),
    changed("watermark-column", "another column has the watermark", [with_column("t2", {"expr": "time - INTERVAL 5 SECONDS"}), *windowed()],
            [with_column("t2", {"expr": "time - INTERVAL 5 SECONDS"}), watermark("t2", "10 seconds"), group([window("t2", "10 seconds"), col("k")], [COUNT])], "append"),
    changed("policy", "the policy of several watermarks is that of the checkpoint", [TEN, union(watermark("time", "0 seconds")), group([TENS], [COUNT])], {"conf": {"spark.sql.streaming.multipleWatermarkPolicy": "max"}}, "append", inputs=TWO),
    changed("no-data-batches-off", "no-data batches are switched off", windowed(), {"conf": {"spark.sql.streaming.noDataMicroBatches.enabled": "false"}}, "append"),
    # Other operators.
    changed("operator-added", "a stateful operator where there was none", [select(col("k"))], by("k")),
    changed("operator-removed", "no stateful operator any more", by("k"), [select(col("k"))]),
    changed("operator-exchanged", "duplicates instead of groups", by("k"), [dedup("k")]),
    changed("operator-second", "a second stateful operator below", windowed(), [TEN, dedup("time", "k"), *windowed()[1:]], "append"),
    changed("operator-second-above", "a second stateful operator above", windowed(), [*windowed(), group([named(fn("window", col("window"), "30 seconds"), "w")], [COUNT])], "append"),
    changed("operators-swapped", "two operators in another order", [TEN, dedup("time", "k"), *windowed()[1:]], [*windowed(), dedup("window", "k")], "append"),
    changed("dedup-same", "duplicates, nothing changed", [dedup("k"), select(col("k"))], [dedup("k"), select(col("k"))], "append"),
    changed("dedup-column-added", "one column of duplicates more", [dedup("k"), select(col("k"))], [dedup("k", "v"), select(col("k"))], "append"),
    changed("dedup-column-other", "another column of the same type", [with_column("u", fn("upper", col("k"))), dedup("k"), select(col("k"))], [with_column("u", fn("upper", col("k"))), dedup("u"), select(col("u"))], "append"),
    changed("dedup-columns-swapped", "columns of duplicates in another order", [dedup("k", "v"), select(col("k"))], [dedup("v", "k"), select(col("k"))], "append"),
    changed("dedup-watermark-added", "duplicates get a watermark", [dedup("k", "time"), select(col("k"))], [TEN, dedup("k", "time"), select(col("k"))], "append"),
    changed("dedup-to-within", "duplicates become duplicates within the watermark", [TEN, dedup("k"), select(col("k"))], [TEN, within("k"), select(col("k"))], "append"),
    changed("within-to-dedup", "and the other way", [TEN, within("k"), select(col("k"))], [TEN, dedup("k"), select(col("k"))], "append"),
    changed("within-column", "another column within the watermark", [TEN, within("k"), select(col("k"))], [TEN, within("v"), select(col("k"))], "append"),
    changed("limit-added", "a limit is added", [select(col("k"))], [select(col("k")), limit(2)], "append"),
    changed("limit-removed", "no limit any more", [select(col("k")), limit(5)], [select(col("k"))], "append"),
    changed("limit-larger", "a larger limit", [select(col("k")), limit(5)], [select(col("k")), limit(6)], "append"),
    changed("session-gap", "another gap of sessions", sessions(), sessions("20 seconds"), "append"),
    changed("session-gap-per-row", "a gap per row", sessions(), sessions({"expr": "IF(k = 'a', '1 second', '20 seconds')"}), "append"),
    changed("session-to-window", "windows instead of sessions", sessions(), windowed(), "append"),
    changed("window-to-session", "sessions instead of windows", windowed(), sessions(), "append"),
    changed("session-key-added", "one key of sessions more", sessions("5 seconds", "k"), sessions("5 seconds", "k", "v"), "append"),
    # Joins of two streams.
    rejoined("same", "a join, nothing changed", joined(), joined()),
    *[rejoined(f"{a}-{b}", f"{a} becomes {b}", joined(a), joined(b)) for a, b in (
        ("inner", "left"), ("inner", "right"), ("inner", "full"), ("inner", "leftsemi"), ("left", "inner"), ("left", "right"), ("left", "full"),
        ("right", "inner"), ("right", "left"), ("full", "inner"), ("full", "left"), ("leftsemi", "inner"), ("leftsemi", "left"))],
    rejoined("key-other", "another key of the same type", joined(), joined(on=BOUND.replace("l.k = r.k", "upper(l.k) = upper(r.k)"))),
    rejoined("key-type", "a key of another type", joined(), joined(on=BOUND.replace("l.k = r.k", "l.v = r.v"))),
    rejoined("key-added", "one key more", joined(), joined(on=BOUND + " AND l.v = r.v - 100")),
    rejoined("range-wider", "a wider range", joined(), joined(on=BOUND.replace("10 SECONDS", "1 MINUTE"))),
    rejoined("range-removed", "no range any more", joined(), joined(on="l.k = r.k")),
    rejoined("watermark-removed", "no watermarks any more", joined(), joined(delays=(None, None))),
    rejoined("delay", "other delays", joined("left"), joined("left", delays=("0 seconds", "30 seconds"))),
    rejoined("one-sided-condition", "a condition on one side is added", joined("left"), joined("left", on=BOUND + " AND l.v > 5")),
    rejoined("column-added", "one side has a column more", joined(then=[named(col("l.k"), "lk"), named(col("r.v"), "rv")]), joined()),
    rejoined("column-removed", "one side has a column less", joined(), joined(then=[named(col("l.k"), "lk"), named(col("r.v"), "rv")])),
    rejoined("column-renamed", "a column of one side has another name", joined(), joined(left=[select(col("time"), col("k"), named(col("v"), "w"))], then=[named(col("l.k"), "lk"), named(col("l.w"), "lv"), named(col("r.k"), "rk"), named(col("r.v"), "rv")])),
    rejoined("then-window", "an aggregation above is added", joined(), [*joined(then=[named(col("l.time"), "time"), named(col("l.k"), "k")]), group([TENS], [COUNT])]),
    # Sources.
    changed("source-added", "a second source", by("k"), [union(), *by("k")], inputs=TWO),
    changed("source-removed", "one source less", [union(), *by("k")], by("k"), inputs=TWO),
    changed("source-static", "the second source becomes a table", joined("inner"), [{"op": "alias", "name": "l"}, join("other", [{"op": "alias", "name": "r"}], {"expr": BOUND}, "inner", static=True), select(named(col("l.k"), "lk"))], "append", inputs=TWO),
    changed("source-table-added", "a join with a table is added", by("k"), [join("other", [drop("time", "v"), dedup("k")], ["k"], "leftsemi", static=True), *by("k")], inputs=TWO),
    changed("source-other-format", "another kind of source", [select(col("v"))], {"ops": [select(named(col("value"), "v"))], "sources": {"main": {"format": "rate-micro-batch", "options": {"rowsPerBatch": "2"}}}}, "append"),
    changed("source-files-per-trigger", "other limits of the source", by("k"), {"filesPerTrigger": 2}),
    changed("source-schema", "the source has a column more", by("k"), {"schema": "time TIMESTAMP, k STRING, v BIGINT, more STRING"}),
    changed("source-column-type", "a column of the source has another type", by("k", agg=[SUM]), {"schema": "time TIMESTAMP, k STRING, v INT"}),
]
