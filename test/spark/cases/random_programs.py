"""Programs and rows drawn at random from a fixed seed: pipelines of stateful operators over times that lie on and around the edges."""

import random

from cases.program import COUNT, case, col, dedup, fn, group, join, named, row, select, union, watermark, where, window, with_column

SCHEMA = "time TIMESTAMP, k STRING, v BIGINT"
KEPT = select(col("time"), col("k"), col("v"))
SUM = named(fn("sum", col("v")), "v")
NUM = 72


def rows_of(draw):
    """Four to six files; times drift forward, some rows lie on edges of ten seconds, some are late, some have no time."""
    files = []
    clock = 0
    for _ in range(draw.randint(4, 6)):
        lines = []
        for _ in range(draw.choice([1, 2, 3, 4, 5])):
            seconds = max(0, clock + draw.choice([-40, -20, -10, -5, 0, 0, 3, 5, 10, 12]))
            milliseconds = seconds * 1000 + draw.choice([0, 0, 0, -1, 1, 500])
            time = f"2026-01-01T10:{milliseconds // 60000 % 60:02d}:{milliseconds % 60000 // 1000:02d}.{milliseconds % 1000:03d}Z"
            fields = {"time": time, "k": draw.choice(["a", "a", "b", "c", None]), "v": draw.choice([1, 2, 3, 10, None])}
            if draw.random() < 0.06:
                fields["time"] = None
            lines.append(row(**{name: value for name, value in fields.items() if value is not None or draw.random() < 0.5}))
        files.append(lines)
        clock += draw.choice([0, 5, 10, 20, 30])
    return files


def ranged(how, delay, seconds):
    bound = {"fn": "<=", "args": [col("r.time"), {"expr": f"l.time + INTERVAL {seconds} SECONDS"}]}
    condition = fn("and", fn("and", fn("=", col("l.k"), col("r.k")), fn(">=", col("r.time"), col("l.time"))), bound)
    side = "r" if how == "right" else "l"
    return [{"op": "alias", "name": "l"}, join("other", [watermark("time", delay), {"op": "alias", "name": "r"}], condition, how),
            select(*[named(col(f"{side}.{name}"), name) for name in ("time", "k")], named(col("l.v") if how == "leftsemi" else fn("coalesce", col("l.v"), col("r.v")), "v"))]


def windowed(draw):
    shape = draw.choice([["10 seconds"], ["10 seconds"], ["20 seconds", "10 seconds"], ["15 seconds", "10 seconds"], ["10 seconds", "10 seconds", "3 seconds"]])
    return [group([window("time", *shape), col("k")], [SUM]), with_column("time", fn("window_time", col("window"))), KEPT]


def steps_of(draw, mode):
    """The steps after the watermark, and whether the order of the rows of one batch matters."""
    delay = draw.choice(["0 seconds", "5 seconds", "10 seconds", "30 seconds"])
    steps = [watermark("time", delay)]
    if draw.random() < 0.2:
        steps.append(where(fn(">", col("v"), draw.choice([0, 1, 2]))))
    is_ordered = False
    kinds = ["window", "session", "dedup", "within", "join", "union", "dedup-key"]
    for depth in range(draw.choice([1, 2, 2, 3]) if mode == "append" else 1):
        kind = draw.choice(kinds if mode == "append" else ["window", "key"])
        # Which duplicate is the first is known of the rows of a file only.
        if depth > 0 and kind in ("dedup-key", "within"):
            kind = "window"
        if kind == "window":
            steps += windowed(draw)
        elif kind == "key":
            steps.append(group([col("k")], [COUNT, SUM]))
        elif kind == "session":
            steps += [group([fn("session_window", col("time"), draw.choice(["5 seconds", "10 seconds"])), col("k")], [SUM]), with_column("time", fn("window_time", col("session_window"))), KEPT]
        elif kind == "dedup":
            steps.append(dedup("time", "k"))
            is_ordered = True
        elif kind == "dedup-key":
            steps += [dedup("k"), with_column("v", fn("length", col("k")))]
            is_ordered = True
        elif kind == "within":
            steps += [{"op": "dropDuplicatesWithinWatermark", "names": ["k"]}]
            is_ordered = True
        elif kind == "union":
            steps += [union(watermark("time", draw.choice(["5 seconds", "10 seconds"])))]
        elif kind == "join":
            steps += ranged(draw.choice(["inner", "left", "right", "leftsemi"]), delay, draw.choice([5, 10]))
            kinds = [one for one in kinds if one not in ("join", "union")]
        if kind == "union":
            kinds = [one for one in kinds if one not in ("join", "union")]
    return steps, is_ordered


def program(number):
    draw = random.Random(f"millrace {number}")
    mode = draw.choice(["append", "append", "append", "update", "complete"])
    steps, is_ordered = steps_of(draw, mode)
    more = {"firstRows": True} if is_ordered else {}
    more |= {"other": rows_of(draw)} if any(step["op"] in ("join", "union") for step in steps) else {}
    if draw.random() < 0.2:
        more["conf"] = {"spark.sql.streaming.multipleWatermarkPolicy": "max"}
    if draw.random() < 0.15:
        more.setdefault("conf", {})["spark.sql.streaming.noDataMicroBatches.enabled"] = "false"
    names = [step["op"] for step in steps]
    return case(f"random-{number:03d}", f"a random program: {', '.join(names)}", SCHEMA, rows_of(draw), steps, mode, skip=["batch", *(["oneBatch"] if is_ordered else [])], **more)


CASES = [program(number) for number in range(NUM)]
