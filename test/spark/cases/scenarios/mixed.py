"""Many kinds of queries over rows drawn from fixed seeds, stopped and started again between files in different ways."""

import random

from cases.program import COUNT, cast, col, dedup, drop, field, fn, group, join, limit, lit, named, order, row, select, union, watermark, when, where, window, with_column
from cases.scenarios.words import scenario

SCHEMA = "time TIMESTAMP, k STRING, v BIGINT, d DOUBLE, p DECIMAL(12,2), day DATE, local TIMESTAMP_NTZ, gap STRING, xs ARRAY<INT>, st STRUCT<a: INT, b: STRING>"
TEN = watermark("time", "10 seconds")
SUM = named(fn("sum", col("v")), "s")
TENS = window("time", "10 seconds")
SLIDING = window("time", "20 seconds", "5 seconds")


def rows_of(seed, num_files=6, span=8, key_null=True, time_null=True, stamp="2026-01-01T10"):
    """Times move on by some seconds a file and lie on or beside edges of five seconds; some are late, some files are empty."""
    draw = random.Random(seed)
    files = []
    clock = 0
    for _ in range(num_files):
        lines = []
        for _ in range(draw.choice([0, 2, 3, 5, span])):
            millis = max(0, (clock + 5 * draw.randint(-6, 4)) * 1000 + draw.choice([0, 0, 0, -1, 1, 999, 2500]))
            fields = {
                "time": f"{stamp}:{millis // 60000 % 60:02d}:{millis % 60000 // 1000:02d}.{millis % 1000:03d}Z",
                "k": draw.choice(["a", "a", "b", "c"] + ([None] if key_null else [])),
                "v": draw.choice([0, 1, 2, 3, 10, -4, None]),
                "d": draw.choice([0.5, -0.0, 0.0, 1.25, "NaN", "-Infinity", None]),
                "p": draw.choice([1.25, 0.5, -3.75, 1.250, None]),
                "day": draw.choice(["2026-01-01", "1969-12-31", "0001-01-01", None]),
                "local": draw.choice(["2026-03-08T02:30:00", "1969-12-31T23:59:59.999999", None]),
                "gap": draw.choice(["5 seconds", "1 second", "20 seconds", "0 seconds", None]),
                "xs": draw.choice([[1, 2], [], [3], None, [None, 4]]),
                "st": draw.choice([{"a": 1, "b": "x"}, {"a": None, "b": "x"}, None]),
            }
            if time_null and draw.random() < 0.06:
                fields["time"] = None
            lines.append(row(**{name: value for name, value in fields.items() if value is not None}))
        files.append(lines)
        clock += draw.choice([0, 5, 10, 15, 40])
    return files


#: How many files come before each run.
CUTS = ([2, 1, 0, 3], [1, 3, 2], [4, 2], [1, 1, 1, 1, 1, 1])


def within(*names):
    return {"op": "dropDuplicatesWithinWatermark", "names": list(names)}


def ranged(how, low, high, *more, before=(), other=TEN, keys="l.k = r.k"):
    condition = " AND ".join([keys, f"r.time >= l.time + INTERVAL {low} SECONDS", f"r.time <= l.time + INTERVAL {high} SECONDS", *more])
    left = [named(col("l.time"), "lt"), named(col("l.k"), "lk"), named(col("l.v"), "lv")]
    right = [] if how == "leftsemi" else [named(col("r.time"), "rt"), named(col("r.k"), "rk"), named(col("r.v"), "rv")]
    return [TEN, *before, {"op": "alias", "name": "l"}, join("other", [other, {"op": "alias", "name": "r"}], {"expr": condition}, how), select(*left, *right)]


def sql(text):
    return {"op": "sql", "text": text, "views": {"others": {"input": "other"}}}


def session(gap="10 seconds"):
    return fn("session_window", col("time"), gap)


W_TIME = with_column("time", fn("window_time", col("window")))
S_TIME = with_column("time", fn("window_time", col("session_window")))
PER_ROW = session(col("gap"))

#: name: (what, program, output mode, more)
QUERIES = {
    "sliding-update": ("sliding windows with late rows, update", [TEN, group([SLIDING, col("k")], [COUNT, SUM])], "update", {}),
    "sliding-append": ("sliding windows with late rows, append", [TEN, group([window("time", "20 seconds", "7 seconds", "2 seconds"), col("k")], [COUNT])], "append", {}),
    "sliding-complete": ("sliding windows, complete, sorted, the first five", [TEN, group([SLIDING], [COUNT]), order({"desc": col("n")}, field(col("window"), "start")), limit(5)], "complete", {"ordered": True}),
    "session-gap": ("sessions with a gap per row", [TEN, group([PER_ROW, col("k")], [COUNT, SUM])], "append", {}),
    "session-complete": ("sessions, complete", [TEN, group([session("7 seconds"), col("k")], [COUNT])], "complete", {}),
    "session-window": ("windows of sessions with a gap per row", [TEN, group([PER_ROW, col("k")], [COUNT]), S_TIME, group([window("time", "30 seconds")], [named(fn("sum", col("n")), "t"), named(fn("count", 1), "m")])], "append", {}),
    "within-window": ("windows over duplicates within the watermark by key and number", [TEN, within("k", "v"), group([window("time", "1 hour")], [COUNT])], "append", {}),
    "dedup-window": ("windows over rows without duplicates", [TEN, dedup("time", "k", "v"), group([TENS, col("k")], [COUNT, SUM])], "append", {}),
    "dedup-types": ("duplicates by number, decimal, day, local time and struct", [TEN, dedup("time", "d", "p", "day", "local", "st"), select(*[col(n) for n in ("time", "d", "p", "day", "local", "st")])], "append", {}),
    "keys-types": ("groups by number, decimal, day, local time and struct", [group([col("d"), col("p"), col("day"), col("local"), col("st")], [COUNT])], "update", {}),
    "keys-window-types": ("windows and groups by number, decimal and array", [TEN, group([TENS, col("d"), col("p"), col("xs")], [COUNT])], "append", {}),
    "aggregates": ("many aggregates, update", [TEN, group([TENS], [COUNT, SUM, named(fn("avg", col("p")), "ap"), named(fn("min", col("d")), "lo"), named(fn("max", col("d")), "hi"), named(fn("sort_array", fn("collect_set", col("day"))), "days"),
                   named(fn("count_if", {"expr": "v > 1"}), "big"), named(fn("bool_and", {"expr": "v > 0"}), "all"), named(fn("bit_xor", col("v")), "x")])], "update", {}),
    "distinct-sums": ("a sum of sums by a computed key", [TEN, group([TENS, named(fn("coalesce", col("k"), lit("none")), "k")], [SUM]), W_TIME, group([window("time", "20 seconds"), col("k")], [named(fn("sum", col("s")), "t"), COUNT])], "append", {}),
    "window-and-time": ("a window with its start and end as keys", [TEN, group([TENS, named(field(TENS, "start"), "from")], [COUNT])], "append", {}),
    "exploded": ("windows over elements of arrays", [TEN, with_column("x", fn("explode_outer", col("xs"))), group([TENS, col("x")], [COUNT])], "append", {}),
    "filtered": ("filters on the time, on another column, and on both", [TEN, where({"expr": "v IS NOT NULL AND time > TIMESTAMP '2026-01-01 10:00:05Z'"}), group([TENS], [COUNT])], "append", {}),
    "filtered-above": ("a filter over windows", [TEN, group([TENS, col("k")], [COUNT]), where({"expr": "n > 1 AND window.start > TIMESTAMP '2026-01-01 10:00:05Z'"})], "update", {}),
    "computed-time": ("a watermark on a computed time", [with_column("t", {"expr": "timestamp_seconds(CAST(unix_timestamp(time) / 10 AS BIGINT) * 10 + coalesce(v, 0))"}), watermark("t", "5 seconds"), group([window("t", "10 seconds")], [COUNT])], "append", {}),
    "no-delay": ("no delay", [watermark("time", "0 seconds"), group([window("time", "5 seconds"), col("k")], [COUNT])], "append", {}),
    "long-delay": ("a delay longer than the input", [watermark("time", "1 hour"), group([TENS], [COUNT])], "append", {}),
    "time-key": ("groups by the time itself", [TEN, group([col("time"), col("k")], [COUNT])], "append", {}),
    "three-levels": ("three aggregations in a row", [TEN, group([TENS, col("k")], [COUNT]), W_TIME, group([window("time", "20 seconds"), col("k")], [named(fn("sum", col("n")), "n")]), W_TIME, group([window("time", "40 seconds")], [named(fn("sum", col("n")), "n"), named(fn("count", 1), "m")])], "append", {}),
    "dedup-of-window": ("windows without duplicates of their number", [TEN, group([TENS, col("k")], [COUNT]), dedup("window", "n"), group([named(fn("window", col("window"), "30 seconds"), "w")], [named(fn("count", 1), "m")])], "append", {}),
    "union": ("two streams with different delays", [TEN, union(watermark("time", "25 seconds")), group([TENS, col("k")], [COUNT])], "append", {"other": True}),
    "union-max": ("two streams with different delays, the faster one rules", [TEN, union(watermark("time", "25 seconds")), group([TENS, col("k")], [COUNT])], "append", {"other": True, "conf": {"spark.sql.streaming.multipleWatermarkPolicy": "max"}}),
    "union-update": ("two streams, update", [TEN, union(watermark("time", "0 seconds")), group([SLIDING], [COUNT])], "update", {"other": True}),
    "union-self": ("a stream twice", [TEN, select(col("time"), col("k")), {"op": "union", "input": "main", "ops": [TEN, select(col("time"), col("k"))]}, group([TENS, col("k")], [COUNT])], "append", {}),
    "union-dedup": ("two streams without duplicates over both", [TEN, select(col("time"), col("k")), union(watermark("time", "5 seconds"), select(col("time"), col("k"))), dedup("time", "k")], "append", {"other": True}),
    "union-within": ("duplicates within the watermark over two streams", [TEN, select(col("time"), col("k")), union(watermark("time", "5 seconds"), select(col("time"), col("k"))), within("k"), select(col("k"))], "append", {"other": True}),
    **{f"join-{how}": (f"a join, {how}, with a range on both sides", ranged(how, -5, 10), "append", {"other": True}) for how in ("inner", "left", "right", "full", "leftsemi")},
    **{f"join-{how}-conditions": (f"a join, {how}, with conditions on each side and on both", ranged(how, 0, 10, "l.v > 0", "r.v < 10", "l.v <> r.v", keys="l.k = r.k AND l.day <=> r.day"), "append", {"other": True}) for how in ("inner", "left", "right", "full", "leftsemi")},
    "join-types": ("a join by number, decimal, day and local time", ranged("inner", -10, 10, keys="l.d = r.d AND l.p = r.p AND l.local <=> r.local"), "append", {"other": True}),
    "join-slow": ("a left outer join with another delay on the right", ranged("left", 0, 20, other=watermark("time", "40 seconds")), "append", {"other": True}),
    "join-slow-max": ("a left outer join with another delay on the right, the faster one rules", ranged("full", 0, 5, other=watermark("time", "40 seconds")), "append", {"other": True, "conf": {"spark.sql.streaming.multipleWatermarkPolicy": "max"}}),
    "join-self": ("a stream joined with itself", [TEN, {"op": "alias", "name": "l"}, join("main", [TEN, {"op": "alias", "name": "r"}], {"expr": "l.k = r.k AND r.time > l.time AND r.time <= l.time + INTERVAL 10 SECONDS"}, "left"), select(named(col("l.time"), "lt"), col("l.k"), named(col("r.time"), "rt"))], "append", {}),
    "join-then-window": ("windows over a left outer join", [*ranged("left", 0, 10), group([window("lt", "10 seconds")], [COUNT, named(fn("count", col("rv")), "matched")])], "append", {"other": True}),
    "join-then-session": ("sessions over an inner join", [*ranged("inner", -5, 5), group([fn("session_window", col("lt"), "10 seconds"), col("lk")], [COUNT])], "append", {"other": True}),
    "join-of-dedup": ("a right outer join of rows without duplicates", ranged("right", -10, 0, before=[dedup("time", "k", "v")]), "append", {"other": True}),
    "join-of-windows": ("windows of two streams, full outer", [TEN, group([TENS, col("k")], [COUNT]), join("other", [TEN, group([TENS, col("k")], [SUM])], ["window", "k"], "full")], "append", {"other": True}),
    "join-window-key": ("windows of two streams as keys of rows, left outer", [TEN, with_column("w", TENS), select(col("w"), col("k"), col("v")), join("other", [TEN, with_column("w", TENS), select(col("w"), col("k"), named(col("v"), "rv"))], ["w", "k"], "left")], "append", {"other": True}),
    "table-then-window": ("windows over a stream joined with a table", [TEN, join("other", [group([col("k")], [named(fn("sum", col("v")), "total")])], ["k"], "left", static=True), group([TENS, col("total")], [COUNT])], "append", {"table": True}),
    "rollup": ("a rollup of windows, update", [TEN, {"op": "rollup", "by": [TENS, col("k")], "agg": [COUNT, named(fn("grouping_id"), "g")]}], "update", {}),
    "cube": ("a cube of two columns, complete", [{"op": "cube", "by": [col("k"), col("day")], "agg": [COUNT, SUM]}], "complete", {}),
    "having": ("groups that reach a sum, complete, sorted", [group([col("k")], [SUM, COUNT]), where({"expr": "n > 2"}), order(col("k"))], "complete", {"ordered": True}),
    "limit": ("the first rows of all", [TEN, select(lit(1)), limit(7)], "append", {}),
    "observed": ("observed metrics before and after a filter", [{"op": "observe", "name": "all", "exprs": [COUNT, named(fn("max", col("v")), "most")]}, where({"expr": "v > 0"}), {"op": "observe", "name": "some", "exprs": [COUNT, SUM]}, group([col("k")], [COUNT])], "update", {}),
    "sql-window": ("SQL: windows with HAVING", [TEN, sql("SELECT window.start AS s, k, count(*) AS n, sum(v) AS t FROM events GROUP BY window(time, '10 seconds'), k HAVING count(*) > 1")], "append", {}),
    "sql-join": ("SQL: a left outer join with a range", [TEN, sql("SELECT e.k, e.v, o.v AS w FROM events e LEFT JOIN (SELECT * FROM others) o ON e.k = o.k AND e.v = o.v AND o.time BETWEEN e.time AND e.time + INTERVAL 10 SECONDS")], "append", {"other": True}),
    "sql-distinct": ("SQL: DISTINCT with the event time", [TEN, sql("SELECT DISTINCT time, k FROM events WHERE v IS NOT NULL")], "append", {}),
    "sql-case": ("SQL: a grouping by CASE and aggregates with FILTER", [TEN, sql("SELECT CASE WHEN v > 1 THEN 'big' WHEN v IS NULL THEN 'none' ELSE 'small' END AS size, count(*) AS n, count(*) FILTER (WHERE k = 'a') AS a, sum(p) AS p FROM events GROUP BY 1")], "update", {}),
    "sql-session": ("SQL: sessions with their bounds", [TEN, sql("SELECT session_window.start AS s, session_window.end AS e, k, count(*) AS n FROM events GROUP BY session_window(time, '8 seconds'), k")], "append", {}),
}
SEEDS = {"join": 2, "sliding": 2, "session": 3, "union": 2}


def scenarios():
    for index, (name, (about, ops, mode, more)) in enumerate(QUERIES.items()):
        for n in range(SEEDS.get(name.split("-")[0], 1)):
            seed = 1000 + 10 * index + n
            inputs = {"main": rows_of(seed)}
            if more.get("other") or more.get("table"):
                inputs["other"] = rows_of(seed + 5000)
            cut = CUTS[(index + n) % len(CUTS)]
            extra = {key: more[key] for key in ("conf", "ordered") if key in more}
            yield scenario(f"mixed-{name}" + (f"-{n}" if n else ""), about, inputs, [{"files": files} for files in cut], ops, mode, SCHEMA, **extra)


SCENARIOS = list(scenarios())
