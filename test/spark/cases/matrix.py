"""The matrix of queries and output modes: every operator alone and every pair of them, with and without a watermark.

Each step leaves the columns time, action and v, so that any step can follow any other.
"""

from cases.program import COUNT, col, dedup, drop, field, fn, group, join, limit, lit, named, order, select, union, watermark, where, window, with_column

SCHEMA = "time TIMESTAMP, action STRING, v BIGINT"
TEN = watermark("time", "10 seconds")
WINDOW = window("time", "10 seconds")
SESSION = fn("session_window", col("time"), "10 seconds")
WINDOW_TIME = fn("window_time", col("window"))
KEPT = [select(col("time"), col("action"), col("v"))]
SUM = named(fn("sum", col("v")), "v")


def on(*conditions):
    first, *others = [fn(op, col(left), col(right)) for left, op, right in conditions]
    for other in others:
        first = fn("and", first, other)
    return first


def two(how, *conditions, marked=True):
    """A join of the two streams under the names l and r."""
    side = [TEN] if marked else []
    return [{"op": "alias", "name": "l"}, join("other", [*side, {"op": "alias", "name": "r"}], on(*conditions), how),
            select(*[named(col(f"l.{name}"), name) for name in ("time", "action", "v")])]


def table(how, swap=False):
    kept = "l" if not swap else "r"
    other = "r" if not swap else "l"
    return [{"op": "alias", "name": kept}, join("other", [{"op": "alias", "name": other}], on(("l.action", "=", "r.action")), how, static=True, swap=swap),
            select(*[named(col(f"l.{name}" if how in ("leftsemi", "leftanti") else f"{kept}.{name}"), name) for name in ("time", "action", "v")])]


KEY = ("l.action", "=", "r.action")
AFTER = ("r.time", ">=", "l.time")
BEFORE = {"fn": "<=", "args": [col("r.time"), {"expr": "l.time + INTERVAL 10 SECONDS"}]}


def ranged(how, marked=True):
    steps = two(how, KEY, AFTER, marked=marked)
    steps[1] = {**steps[1], "on": fn("and", steps[1]["on"], BEFORE)}
    return steps


#: One step each; the pairs are made of these.
STEPS = {
    "select": [with_column("v", fn("+", col("v"), 1))],
    "where": [where(fn(">", col("v"), 0))],
    "window": [group([WINDOW, col("action")], [SUM]), with_column("time", WINDOW_TIME), *KEPT],
    "key": [group([col("action")], [SUM, named(fn("max", col("time")), "time")]), *KEPT],
    "time": [group([col("time"), col("action")], [SUM]), *KEPT],
    "session": [group([SESSION, col("action")], [SUM]), with_column("time", field(col("session_window"), "end")), *KEPT],
    "dedup": [dedup("action")],
    "dedup-time": [dedup("time", "action")],
    "dedup-within": [{"op": "dropDuplicatesWithinWatermark", "names": ["action"]}],
    "limit": [limit(5)],
    "sort": [order(col("v"))],
    "join": ranged("inner"),
    "join-left": ranged("left"),
    "table": table("inner"),
    "union": [union(TEN)],
}

JOINS = ("inner", "left", "right", "full", "leftsemi", "leftanti")


def _alone():
    """Steps beyond those above, by themselves."""
    found = {
        "map-nothing": [],
        "global": [group([], [SUM])],
        "window-of-window": [group([WINDOW, col("action")], [SUM]), group([named(fn("window", col("window"), "1 minute"), "w")], [SUM])],
        "session-only": [group([SESSION], [SUM])],
        "session-gap-column": [group([{"fn": "session_window", "args": [col("time"), {"case": [[fn("=", col("action"), "a"), lit("5 seconds")]], "else": lit("9 seconds")}]}, col("action")], [SUM])],
        "count-distinct": [group([WINDOW], [named(fn("count_distinct", col("v")), "n")])],
        "approx-count-distinct": [group([WINDOW], [named(fn("approx_count_distinct", col("v")), "n")])],
        "first-last": [group([WINDOW], [named(fn("first", col("v")), "f"), named(fn("last", col("v")), "l")])],
        "collect": [group([WINDOW], [named(fn("collect_list", col("v")), "l"), named(fn("collect_set", col("v")), "s")])],
        "percentile": [group([WINDOW], [named(fn("percentile_approx", col("v"), 0.5), "p")])],
        "window-start": [group([field(WINDOW, "start")], [SUM])],
        "truncated-time": [group([named(fn("date_trunc", "minute", col("time")), "m")], [SUM])],
        "map-key": [group([named(fn("map", col("action"), col("v")), "m")], [SUM])],
        "array-key": [group([named(fn("array", col("action")), "m")], [SUM])],
        "struct-key": [group([named(fn("struct", col("action"), col("v")), "m")], [SUM])],
        "map-dedup": [select(named(fn("map", col("action"), col("v")), "m")), dedup("m")],
        "distinct": [dedup()],
        "distinct-key": [select(col("action")), dedup()],
        "rollup": [{"op": "rollup", "by": [WINDOW, col("action")], "agg": [SUM]}],
        "cube": [{"op": "cube", "by": [col("action"), col("v")], "agg": [named(fn("max", col("time")), "t")]}],
        "cube-window": [{"op": "cube", "by": [WINDOW, col("action")], "agg": [SUM]}],
        "rollup-session": [{"op": "rollup", "by": [SESSION, col("action")], "agg": [SUM]}],
        "grouping-sets": [with_column("w", WINDOW), {"op": "groupingSets", "sets": [["w"], ["w", "action"]], "by": [col("w"), col("action")], "agg": [SUM]}],
        "pivot": [{"op": "pivot", "by": [WINDOW], "column": "action", "values": ["a", "b"], "agg": [SUM]}],
        "pivot-lists": [{"op": "pivot", "by": [WINDOW], "column": "action", "values": ["a", "b"], "agg": [fn("collect_list", col("v"))]}],
        "pivot-open": [{"op": "pivot", "by": [WINDOW], "column": "action", "agg": [SUM]}],
        "offset": [{"op": "offset", "count": 1}],
        "limit-offset": [limit(5), {"op": "offset", "count": 1}],
        "limit-twice": [limit(5), limit(3)],
        "row-number": [with_column("n", {"expr": "row_number() OVER (PARTITION BY action ORDER BY time)"})],
        "sum-over": [with_column("n", {"expr": "sum(v) OVER (PARTITION BY action)"})],
        "aggregated-row-number": [group([WINDOW], [SUM]), with_column("n", {"expr": "row_number() OVER (ORDER BY v)"})],
        "increasing-id": [with_column("n", fn("monotonically_increasing_id"))],
        "increasing-id-in-where": [where(fn(">", fn("monotonically_increasing_id"), 5))],
        "rand": [with_column("n", fn("rand", 5))],
        "partition-id": [with_column("n", fn("spark_partition_id"))],
        "now": [with_column("n", fn("now")), with_column("d", fn("current_date"))],
        "explode": [select(col("time"), named(fn("explode", fn("split", col("action"), "")), "x"))],
        "two-windows": [group([WINDOW, window("time", "20 seconds")], [SUM])],
        "window-and-session": [group([WINDOW, SESSION], [SUM])],
        "window-month": [group([window("time", "1 month")], [SUM])],
        "same-window-twice": [group([WINDOW, named(WINDOW, "again")], [SUM])],
        "window-selected": [select(WINDOW, col("v"))],
        "window-selected-then-grouped": [select(named(WINDOW, "w"), col("v")), group([col("w")], [SUM])],
        "window-selected-then-grouped-by-end": [select(named(WINDOW, "w"), col("v")), group([named(field(col("w"), "end"), "e")], [SUM])],
        "renamed-time": [select(named(col("time"), "t"), col("v")), group([window("t", "10 seconds")], [SUM])],
        "computed-time": [select(named({"expr": "time + INTERVAL 1 SECOND"}, "t"), col("v")), group([window("t", "10 seconds")], [SUM])],
        "cast-time": [select(named({"cast": [col("time"), "STRING"]}, "t"), col("v")), group([window("t", "10 seconds")], [SUM])],
        "watermark-again": [TEN, group([WINDOW], [SUM])],
        "watermark-other": [with_column("t", col("time")), watermark("t", "5 seconds"), group([window("t", "10 seconds")], [SUM])],
        "watermark-after-window": [group([WINDOW], [SUM]), with_column("t", WINDOW_TIME), watermark("t", "5 seconds")],
        "watermark-after-window-struct": [group([WINDOW], [SUM]), watermark("window", "5 seconds")],
        "watermark-dropped": [drop("time"), group([col("action")], [SUM])],
        "having": [group([WINDOW], [SUM]), where(fn(">", col("v"), 1))],
        "union-table": [{"op": "union", "input": "other", "ops": [], "static": True}],
        "table-union": [{"op": "union", "input": "other", "ops": [], "static": True, "swap": True}],
        "union-unmarked": [union()],
        "union-unmarked-window": [union(), group([WINDOW], [SUM])],
        "union-window": [union(TEN), group([WINDOW], [SUM])],
        "union-of-windows": [group([WINDOW, col("action")], [SUM]), {"op": "union", "input": "other", "ops": [TEN, group([WINDOW, col("action")], [SUM])]}],
        "self-union": [where(fn("=", col("v"), 0)), {"op": "union", "input": "main", "ops": [TEN, where(fn("=", col("v"), 1))]}],
        "intersect": [{"op": "intersect", "input": "other", "ops": [TEN]}],
        "intersect-table": [{"op": "intersect", "input": "other", "ops": [], "static": True}],
        "except": [{"op": "except", "input": "other", "ops": [TEN]}],
        "except-table": [{"op": "except", "input": "other", "ops": [], "static": True}],
        "table-except": [{"op": "except", "input": "other", "ops": [], "static": True, "swap": True}],
        "sample": [{"op": "sample", "fraction": 0.5, "seed": 3}],
        "sort-limit": [group([WINDOW], [SUM]), order(col("v")), limit(2)],
        "limit-sort": [group([WINDOW], [SUM]), limit(2), order(col("v"))],
        "sort-then-window": [order(col("v")), group([WINDOW], [SUM])],
        "sort-select": [group([WINDOW], [SUM]), order(col("v")), select(col("v"))],
        "cross": [{"op": "alias", "name": "l"}, join("other", [{"op": "alias", "name": "r"}], None, "cross")],
        "cross-table": [{"op": "alias", "name": "l"}, join("other", [{"op": "alias", "name": "r"}], None, "cross", static=True)],
        "join-not-equal": two("inner", ("l.v", "<", "r.v")),
        "join-windows": [with_column("w", WINDOW), {"op": "alias", "name": "l"}, join("other", [TEN, with_column("w", WINDOW), {"op": "alias", "name": "r"}], on(KEY, ("l.w", "=", "r.w")), "inner"), select(col("l.v"), col("r.w"))],
        "join-of-windows": [group([WINDOW, col("action")], [SUM]), join("other", [TEN, group([WINDOW, col("action")], [named(fn("max", col("v")), "m")])], ["window", "action"], "inner")],
        "join-of-windows-left": [group([WINDOW, col("action")], [SUM]), join("other", [TEN, group([WINDOW, col("action")], [named(fn("max", col("v")), "m")])], ["window", "action"], "left")],
        "observe": [{"op": "observe", "name": "o", "exprs": [named(fn("count", 1), "n")]}, group([WINDOW], [SUM])],
        "join-then-observe": [*ranged("inner"), {"op": "observe", "name": "o", "exprs": [named(fn("count", 1), "n")]}],
        "dedup-join-window": [dedup("time", "action"), *ranged("inner"), *STEPS["window"]],
        "join-join": [*ranged("inner"), {"op": "alias", "name": "x"}, join("third", [TEN, {"op": "alias", "name": "y"}], fn("and", fn("=", col("x.action"), col("y.action")), fn("=", col("x.time"), col("y.time"))), "inner")],
        "within-all": [{"op": "dropDuplicatesWithinWatermark", "names": ["time", "action", "v"]}],
    }
    for how in JOINS:
        found[f"table-{how}"] = table(how)
        found[f"table-swapped-{how}"] = table(how, swap=True)
        found[f"join-{how}-ranged"] = ranged(how)
        found[f"join-{how}-ranged-right-unmarked"] = ranged(how, marked=False)
        found[f"join-{how}-key"] = two(how, KEY)
        found[f"join-{how}-time-key"] = two(how, KEY, ("l.time", "=", "r.time"))
        found[f"join-{how}-one-bound"] = two(how, KEY, AFTER)
        found[f"join-{how}-other-bound"] = two(how, KEY, ("l.time", ">=", "r.time"))
    return found


#: Every query by name: its steps.
QUERIES = {}
for _name, _steps in {**STEPS, **_alone()}.items():
    QUERIES[_name] = [TEN, *_steps]
    QUERIES[f"{_name}, unmarked"] = _steps
for _first, _before in STEPS.items():
    for _second, _after in STEPS.items():
        if "select" not in (_first, _second) and "where" not in (_first, _second):
            QUERIES[f"{_first} then {_second}"] = [TEN, *_before, *_after]
