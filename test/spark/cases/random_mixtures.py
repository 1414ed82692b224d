"""More programs drawn at random from a fixed seed, with more words than random_programs.py: tables, generators, rollups, filters in between, outer joins of all kinds, keys and gaps that differ from row to row."""

import random

from cases.program import COUNT, case, cast, col, dedup, field, fn, group, join, lit, named, row, select, union, watermark, when, where, with_column

SCHEMA = "time TIMESTAMP, k STRING, v BIGINT, d DOUBLE, p DECIMAL(12,2), xs ARRAY<INT>"
KEPT = [col("time"), col("k"), col("v")]
NUM = 150
#: Which of two duplicates of one batch survives hangs on the order a join with a table gives.
UNDETERMINED = {113}


def rows_of(draw):
    """Three to five files; times drift forward, some lie on edges, some are late, some rows have no time or no key."""
    files = []
    clock = draw.choice([0, 0, 7])
    for _ in range(draw.randint(3, 5)):
        lines = []
        for _ in range(draw.choice([1, 2, 3, 4])):
            seconds = max(0, clock + draw.choice([-40, -20, -10, -5, 0, 0, 3, 5, 10, 15]))
            millis = max(0, seconds * 1000 + draw.choice([0, 0, 0, -1, 1, 500]))
            time = f"2026-03-29T00:{millis // 60000 % 60:02d}:{millis % 60000 // 1000:02d}.{millis % 1000:03d}Z"
            fields = {"time": time, "k": draw.choice(["a", "a", "b", "c", "é", None]), "v": draw.choice([0, 1, 2, 3, 10, -4, None]),
                      "d": draw.choice([0.5, -0.0, 0.0, 1.25, "NaN", None]), "p": draw.choice([1.25, 0.5, -3.75, None]), "xs": draw.choice([[1, 2], [], [3], None, [None, 4]])}
            if draw.random() < 0.05:
                fields["time"] = None
            lines.append(row(**{name: value for name, value in fields.items() if value is not None or draw.random() < 0.5}))
        files.append(lines)
        clock += draw.choice([0, 5, 10, 20, 30])
    return files


def window_of(draw):
    shape = draw.choice([["10 seconds"], ["20 seconds", "10 seconds"], ["15 seconds", "10 seconds"], ["10 seconds", "10 seconds", "3 seconds"], ["7 seconds", "3 seconds", "-1 second"], ["1 minute", "25 seconds"]])
    return fn("window", col("time"), *shape)


def amounts(draw):
    """The sum that later steps read as v, and up to two more."""
    more = [named(fn("count", col("v")), "c"), named(fn("min", col("d")), "lo"), named(fn("max", col("d")), "hi"), named(fn("avg", col("v")), "mean"), named(fn("sum", col("p")), "money"),
            named(fn("max", col("k")), "last"), named(fn("sort_array", fn("collect_list", col("v"))), "all"), named(fn("sort_array", fn("collect_set", col("d"))), "ds"), named(fn("count_if", fn(">", col("v"), 1)), "big"), named(fn("approx_count_distinct", col("k")), "ks"), named(fn("bool_or", fn("=", col("v"), 3)), "three")]
    return [named(fn("sum", col("v")), "v"), *draw.sample(more, draw.choice([0, 1, 2]))]


def key_of(draw):
    return draw.choice([col("k"), col("k"), named(fn("coalesce", col("k"), lit("-")), "k"), named(fn("upper", col("k")), "k"), named(fn("substring", col("k"), 1, 1), "k")])


def timed(draw, kind):
    """A window or session with its aggregates; last whether its rows still have the columns that later steps read."""
    if kind == "window":
        return [group([window_of(draw), key_of(draw)], amounts(draw)), with_column("time", fn("window_time", col("window")))]
    gap = draw.choice([lit("5 seconds"), lit("10 seconds"), {"case": [[fn("=", col("k"), "a"), lit("5 seconds")], [fn("=", col("k"), "b"), lit("15 seconds")]], "else": lit("10 seconds")}])
    return [group([fn("session_window", col("time"), gap), col("k")], amounts(draw)), with_column("time", fn("window_time", col("session_window")))]


def joined(draw, delay):
    how = draw.choice(["inner", "inner", "left", "right", "full", "leftsemi"])
    low, high = draw.choice([(0, 5), (0, 10), (-5, 5), (-10, 0)])
    parts = [fn(draw.choice(["=", "=", "<=>"]), col("l.k"), col("r.k")), {"expr": f"r.time >= l.time + INTERVAL {low} SECONDS"}, {"expr": f"r.time <= l.time + INTERVAL {high} SECONDS"}]
    if draw.random() < 0.25:
        parts.append(draw.choice([fn(">", col("l.v"), 1), fn(">", col("r.v"), 1), fn("!=", col("l.v"), col("r.v"))]))
    condition = parts[0]
    for part in parts[1:]:
        condition = fn("and", condition, part)
    def both(name):
        return col(f"l.{name}") if how == "leftsemi" else fn("coalesce", col(f"l.{name}"), col(f"r.{name}"))
    time = col("r.time") if how == "right" else col("l.time")
    kept = [named(time, "time"), named(both("k"), "k"), named(both("v"), "v")]
    if how == "full":
        kept[0] = named(both("time"), "time")
    other = [watermark("time", draw.choice([delay, delay, "15 seconds"])), {"op": "alias", "name": "r"}]
    if draw.random() < 0.2:
        other.insert(1, where(fn("<", col("v"), 10)))
    return [{"op": "alias", "name": "l"}, join("other", other, condition, how), select(*kept)], how


def with_table(draw):
    how = draw.choice(["inner", "left", "leftsemi", "leftanti"])
    table = [where(fn("isnotnull", col("k"))), group([col("k")], [named(fn("max", col("v")), "m")])]
    steps = [join("third", table, ["k"], how, static=True)]
    return steps + ([with_column("v", fn("+", col("v"), fn("coalesce", col("m"), lit(0))))] if how in ("inner", "left") else [])


def steps_of(draw, mode):
    delay = draw.choice(["0 seconds", "5 seconds", "10 seconds", "30 seconds", "1500 milliseconds"])
    steps = [watermark("time", delay)]
    state = {"ordered": False, "inputs": set(), "plain": True, "wide": True}
    depth = draw.choice([1, 2, 2, 3]) if mode == "append" else draw.choice([1, 2])
    for place in range(depth):
        last = place == depth - 1
        kinds = ["filter", "table", "dedup", "column"]
        if mode == "append":
            kinds += ["window", "session", "window", "join", "join", "union", "within"] if state["plain"] else ["window", "session"]
        elif last:
            kinds = ["key", "window", "rollup"]
        else:
            kinds += ["join-inner", "explode"]
        kind = draw.choice(kinds)
        if kind == "within" and not state["plain"]:
            kind = "dedup"
        if kind == "filter":
            steps.append(where(draw.choice([fn(">", col("v"), 0), fn("isnotnull", col("k")), fn("or", fn("!=", col("k"), "c"), fn("<", col("v"), 3)), {"expr": "time > TIMESTAMP'2026-03-29 00:00:05Z'"}, {"expr": "k IN ('a', 'b') AND v <> 2"}])))
        elif kind == "column":
            steps.append(with_column("v", draw.choice([fn("+", col("v"), 1), fn("abs", col("v")), when((fn("=", col("k"), "a"), fn("*", col("v"), 2)), otherwise=col("v"))])))
        elif kind == "explode" and state["wide"]:
            steps += [with_column("x", fn("explode", col("xs"))), with_column("v", fn("+", col("v"), col("x")))]
        elif kind == "table":
            steps += with_table(draw)
            state["inputs"].add("third")
        elif kind == "dedup":
            steps.append(dedup("time", "k"))
            state["ordered"] = True
        elif kind == "within":
            steps.append({"op": "dropDuplicatesWithinWatermark", "names": ["k"]})
            state["ordered"] = True
        elif kind in ("window", "session"):
            if not state["wide"] and mode == "append":
                steps += [group([fn("window", col("time"), draw.choice(["10 seconds", "30 seconds"])), col("k")], [named(fn("sum", col("v")), "v"), COUNT]), with_column("time", fn("window_time", col("window")))]
            else:
                steps += timed(draw, kind)
            state["plain"] = state["wide"] = False
        elif kind == "key":
            steps.append(group([key_of(draw)], [named(fn("sum", col("v")), "v"), COUNT] if not state["wide"] else amounts(draw)))
        elif kind == "rollup":
            steps.append({"op": draw.choice(["rollup", "cube"]), "by": [col("k"), named(fn("%", col("v"), 2), "odd")], "agg": [COUNT, named(fn("sum", col("v")), "s"), named(fn("grouping_id"), "g")]})
        elif kind == "union" and "other" not in state["inputs"]:
            steps.append(union(watermark("time", draw.choice(["5 seconds", "10 seconds"]))) if state["wide"] else where(fn(">", col("v"), 0)))
            if state["wide"]:
                state["inputs"].add("other")
        elif kind == "join" and "other" not in state["inputs"]:
            more, _ = joined(draw, delay)
            steps += more
            state["inputs"].add("other")
            state["plain"] = state["wide"] = False
        elif kind == "join-inner" and "other" not in state["inputs"]:
            steps += [{"op": "alias", "name": "l"}, join("other", [watermark("time", delay), {"op": "alias", "name": "r"}], fn("and", fn("=", col("l.k"), col("r.k")), {"expr": "r.time BETWEEN l.time - INTERVAL 5 SECONDS AND l.time + INTERVAL 10 SECONDS"}), "inner"),
                      select(named(col("l.time"), "time"), named(col("l.k"), "k"), named(col("r.v"), "v"))]
            state["inputs"].add("other")
            state["wide"] = False
    return steps, state


def program(number):
    draw = random.Random(f"mixture {number}")
    mode = draw.choice(["append", "append", "append", "update", "update", "complete"])
    steps, state = steps_of(draw, mode)
    if mode == "complete" and not any(step["op"] in ("groupBy", "rollup", "cube") for step in steps):
        steps.append(group([col("k")], [COUNT]))
    more = {"firstRows": True} if state["ordered"] else {}
    more |= {name: rows_of(draw) for name in sorted(state["inputs"])}
    if draw.random() < 0.2:
        more["conf"] = {"spark.sql.streaming.multipleWatermarkPolicy": "max"}
    if draw.random() < 0.15:
        more.setdefault("conf", {})["spark.sql.streaming.noDataMicroBatches.enabled"] = "false"
    if draw.random() < 0.2:
        more.setdefault("conf", {})["spark.sql.session.timeZone"] = draw.choice(["Europe/Berlin", "America/New_York", "Asia/Kathmandu"])
    names = [step["op"] for step in steps]
    return case(f"mixture-{number:03d}", f"a random program: {', '.join(names)}", SCHEMA, rows_of(draw), steps, mode, skip=["oneBatch", "batch", "resumed"], **more)


CASES = [program(number) for number in range(NUM) if number not in UNDETERMINED]
