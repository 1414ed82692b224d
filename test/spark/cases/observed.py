"""observe(): metrics of the rows that pass a place of the query, per batch."""

from cases.program import COUNT, case, cast, col, fn, group, limit, lit, named, row, select, union, watermark, where, window

EVENTS = "time TIMESTAMP, action STRING, v BIGINT"
ROWS = [
    [row(time="2026-01-01T10:00:01Z", action="a", v=1), row(time="2026-01-01T10:00:09Z", action="b", v=2), row(time="2026-01-01T10:00:12Z", v=None)],
    [row(time="2026-01-01T10:00:41Z", action="a", v=5), row(time="2026-01-01T10:00:02Z", action="c", v=7)],
]


def observe(name, *exprs):
    return {"op": "observe", "name": name, "exprs": list(exprs)}


def obs(name, about, ops, mode="append", **more):
    return case(f"observe-{name}", about, EVENTS, ROWS, ops, mode, **more)


N = named(fn("count", 1), "n")

CASES = [
    obs("counts", "counts and sums per batch", [observe("m", N, named(fn("sum", col("v")), "s"), named(fn("max", col("action")), "last")), select(col("v"))]),
    obs("types", "how values of each type are written",
        [observe("m", named(fn("max", col("time")), "t"), named(fn("avg", col("v")), "a"), named(cast(fn("max", col("time")), "DATE"), "d"), named(cast(fn("sum", col("v")), "DECIMAL(10,2)"), "dec"),
                 named(fn("sort_array", fn("collect_list", col("v"))), "l"), named(fn("max", fn("struct", col("v"), col("action"))), "st"), named(fn("bool_or", fn("=", col("v"), 1)), "b"), named(lit("x"), "c"), named(fn("sum", fn("/", col("v"), 0.5)), "dbl"))], skip=["oneBatch"]),
    obs("twice", "two observations see the rows of their own place", [observe("all", N), where(fn(">", col("v"), 1)), observe("big", N)]),
    obs("after-aggregation", "observed rows of an aggregation are those it puts out", [watermark("time", "5 seconds"), group([window("time", "10 seconds")], [COUNT]), observe("closed", named(fn("count", 1), "windows"), named(fn("sum", col("n")), "rows"))]),
    obs("before-aggregation", "observed below an aggregation, in batches without input too", [watermark("time", "5 seconds"), observe("seen", N), group([window("time", "10 seconds")], [COUNT])]),
    obs("update", "observed rows of an update", [group([col("action")], [COUNT]), observe("changed", N, named(fn("max", col("n")), "most"))], "update"),
    obs("unnamed", "a metric without a name is named as a column would be", [observe("m", fn("count", 1), fn("sum", fn("+", col("v"), 1)))]),
    obs("same-name", "two observations of one name", [observe("m", N), where(fn(">", col("v"), 1)), observe("m", named(fn("sum", col("v")), "s"))]),
    obs("column", "a column outside of an aggregate", [observe("m", col("v"))]),
    obs("distinct", "a distinct aggregate", [observe("m", named(fn("count_distinct", col("v")), "d"))]),
    obs("nested", "an aggregate in an aggregate", [observe("m", named(fn("sum", fn("count", 1)), "d"))]),
    obs("random", "a random number outside of an aggregate", [observe("m", named(fn("rand"), "r"))]),
    obs("missing-name", "an empty name", [observe("", N)]),
    obs("filter-not-pushed", "a filter above does not change what is observed", [select(col("v"), col("action")), observe("m", N), where(fn("=", col("v"), 1))]),
    obs("unused-column", "an observed column that nobody else reads", [observe("m", named(fn("max", col("time")), "t")), select(col("action"))]),
]
