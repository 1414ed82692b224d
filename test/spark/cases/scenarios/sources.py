"""What files and the rate source give batch by batch, over limits, triggers and restarts; with the whole progress of some."""

from cases.program import COUNT, col, dedup, fn, group, join, limit, lit, named, order, select, union, watermark, where, window
from cases.scenarios.words import TEN, at, scenario

SUM = named(fn("sum", col("v")), "s")
KV = select(col("k"), col("v"))


def file(path, minute, *lines):
    return {"path": path, "minute": minute, "lines": list(lines)}


def plain(n, first=0):
    return [file(f"f{i:02d}.json", i, at(f"10:00:{i:02d}", f"k{i}", i), at(f"10:00:{i:02d}.5", f"k{i}", 100 + i)) for i in range(first, first + n)]


def files(name, about, inputs, steps, options=None, ops=None, **more):
    return scenario(f"files-{name}", about, inputs, steps, ops or [KV], options=options or {}, **{"filesPerTrigger": None, **more})


def rates(options):
    return {"main": {"format": "rate-micro-batch", "options": {k: str(v) for k, v in options.items()}}}


def rate(name, about, options, steps, ops=None, mode="append", **more):
    return scenario(f"rate-{name}", about, {"main": []}, [{"files": 0, **step} for step in steps], ops or [select(col("timestamp"), col("value"))], mode, sources=rates(options), **more)


THREE = {"rowsPerBatch": 3}
#: 2026-01-01T00:00:00Z
START = 1767225600000
RATE_WINDOWS = [watermark("timestamp", "2 seconds"), group([window("timestamp", "2 seconds")], [COUNT, named(fn("sum", col("value")), "s")])]
WINDOWS = [TEN, group([window("time", "10 seconds"), col("k")], [COUNT])]
LATE = [
    [at("10:00:01", "a", 1), at("10:00:04", "b", 2), at("10:00:09.999", "a", 3)],
    [at("10:00:12", "a", 4), at("10:00:25", "b", 5)],
    [at("10:00:09.999", "a", 6), at("10:00:15.001", "a", 10)],
    [at("10:00:40", "c", 11)],
]
OTHER = [[at("10:00:02", "a", 101)], [at("10:00:13", "a", 103), at("10:00:26", "c", 104)], [at("10:00:10", "a", 105)], [at("10:00:41", "b", 107)]]
BOUND = {"expr": "l.k = r.k AND r.time >= l.time AND r.time <= l.time + INTERVAL 10 SECONDS"}
JOIN = [TEN, {"op": "alias", "name": "l"}, join("other", [TEN, {"op": "alias", "name": "r"}], BOUND, "left"), select(named(col("l.v"), "lv"), named(col("r.v"), "rv"))]


def progress(name, about, ops, mode="append", inputs=None, **more):
    inputs = inputs or {"main": LATE}
    return scenario(f"progress-{name}", about, inputs, [{"files": 2}, {"files": 2}], ops, mode, progress=True, **more)


SCENARIOS = [
    files("limit-two", "two files per batch, over three runs", plain(7), [{"files": 3}, {"files": 1}, {"files": 3}], {"maxFilesPerTrigger": "2"}),
    files("limit-changed", "another limit after a restart", plain(7), [{"files": 3}, {"files": 4, "options": {"maxFilesPerTrigger": "3"}}], {"maxFilesPerTrigger": "1"}),
    files("no-limit", "everything in one batch per run", plain(5), [{"files": 3}, {"files": 0}, {"files": 2}]),
    files("bytes", "as many files as the bytes allow, but one at least", plain(6), [{"files": 4}, {"files": 2}], {"maxBytesPerTrigger": "200"}),
    files("bytes-few", "a file larger than the limit", plain(3), [{"files": 3}], {"maxBytesPerTrigger": "1"}),
    files("both-limits", "limits of files and bytes exclude each other", plain(2), [{"files": 2}], {"maxBytesPerTrigger": "1", "maxFilesPerTrigger": "1"}),
    files("latest-first", "the youngest file first", plain(5), [{"files": 3}, {"files": 2}], {"latestFirst": "true", "maxFilesPerTrigger": "1"}),
    files("latest-first-pairs", "the youngest two files first, over restarts", plain(7), [{"files": 5}, {"files": 2}], {"latestFirst": "true", "maxFilesPerTrigger": "2"}),
    files("latest-first-no-limit", "the youngest first without a limit", plain(4), [{"files": 3}, {"files": 1}], {"latestFirst": "true"}),
    files("latest-first-on", "the youngest first after a restart", plain(6), [{"files": 2}, {"files": 4, "options": {"latestFirst": "true", "maxFilesPerTrigger": "1"}}], {"maxFilesPerTrigger": "1"}),
    files("rewritten", "a file written again is not read again", [*plain(2), file("f00.json", 9, at("10:01:00", "again", 1)), *plain(1, 2)], [{"files": 2}, {"files": 1}, {"files": 1}], {"maxFilesPerTrigger": "1"}),
    files("name-only", "files of one name in two folders are one", [file("p/x.json", 0, at("10:00:00", "p", 1)), file("q/x.json", 1, at("10:00:01", "q", 2)), file("q/y.json", 2, at("10:00:02", "y", 3))], [{"files": 2}, {"files": 1}], {"fileNameOnly": "true", "recursiveFileLookup": "true", "maxFilesPerTrigger": "1"}),
    files("age", "files that are older than the youngest by more than the age are not read", [*plain(1, 10), *plain(1, 0), *plain(1, 8), *plain(1, 12)], [{"files": 1}, {"files": 1}, {"files": 1}, {"files": 1}], {"maxFileAge": "3m", "maxFilesPerTrigger": "1"}),
    files("age-of-first", "old files of the first batch", [*plain(1, 0), *plain(1, 10), *plain(1, 11)], [{"files": 3}], {"maxFileAge": "3m"}),
    files("age-forgets", "a file forgotten for its age and written again", [*plain(1, 0), *plain(2, 10), file("f00.json", 20, at("10:01:00", "again", 1))], [{"files": 1}, {"files": 2}, {"files": 1}], {"maxFileAge": "3m", "maxFilesPerTrigger": "1"}),
    files("glob", "names that fit a pattern", [*plain(2), file("g.txt", 3, at("10:00:09", "txt", 1)), *plain(1, 4)], [{"files": 3}, {"files": 1}], {"pathGlobFilter": "*.json", "maxFilesPerTrigger": "1"}),
    files("hidden", "names that begin with an underscore or a dot are not read", [*plain(1), file("_x.json", 1, at("10:00:09", "x", 1)), file(".y.json", 2, at("10:00:09", "y", 1)), file("z.json", 3, at("10:00:09", "z", 1))], [{"files": 4}]),
    files("empty", "empty files are batches", [*plain(1), file("e.json", 1), *plain(1, 2), file("e2.json", 3)], [{"files": 3}, {"files": 1}], {"maxFilesPerTrigger": "1"}),
    files("folders", "folders are columns", [file("day=1/a.json", 0, at("10:00:00", "a", 1)), file("day=2/a.json", 1, at("10:00:01", "b", 2)), file("day=3/c.json", 2, at("10:00:02", "c", 3))], [{"files": 2}, {"files": 1}], {"maxFilesPerTrigger": "1"}, [select(col("k"), col("day"))], schema="time TIMESTAMP, k STRING, v BIGINT, day INT"),
    files("recursive", "files in folders of folders", [file("p/q/a.json", 0, at("10:00:00", "a", 1)), file("b.json", 1, at("10:00:01", "b", 2))], [{"files": 2}], {"recursiveFileLookup": "true", "maxFilesPerTrigger": "1"}),
    files("nothing", "a folder without files", [], [{"files": 0}, {"files": 0}]),
    files("bad-limit", "a limit that is no number", plain(1), [{}], {"maxFilesPerTrigger": "many"}),
    files("zero-limit", "a limit of zero", plain(1), [{}], {"maxFilesPerTrigger": "0"}),
    files("bad-age", "an age that is no time", plain(1), [{}], {"maxFileAge": "old"}),
    files("once", "Once takes everything in one batch, whatever the limit", plain(5), [{"files": 3}, {"files": 2}], {"maxFilesPerTrigger": "1"}, trigger="once"),
    files("once-windows", "Once runs no batch without data", LATE, [{"files": 2}, {"files": 1}, {"files": 0}, {"files": 1}], {}, WINDOWS, trigger="once"),
    files("once-then-available", "Once, then AvailableNow", LATE, [{"files": 2, "trigger": "once"}, {"files": 2}], {}, WINDOWS),
    files("default", "the default trigger, a batch per file", plain(4), [{"files": 3}, {"files": 1}], {"maxFilesPerTrigger": "1"}, trigger="default"),
    files("default-windows", "the default trigger and batches without data", LATE, [{"files": 2}, {"files": 1}, {"files": 0}, {"files": 1}], {"maxFilesPerTrigger": "1"}, WINDOWS, trigger="default"),
    files("interval", "an interval, a batch per file", plain(3), [{"files": 2}, {"files": 1}], {"maxFilesPerTrigger": "1"}, trigger="processingTime"),
    files("interval-windows", "an interval and batches without data", LATE, [{"files": 2}, {"files": 2}], {"maxFilesPerTrigger": "1"}, WINDOWS, trigger="processingTime"),
    files("mixed-triggers", "a different trigger in each run", LATE, [{"files": 1, "trigger": "default"}, {"files": 1, "trigger": "once"}, {"files": 1, "trigger": "processingTime"}, {"files": 1}], {"maxFilesPerTrigger": "1"}, WINDOWS),
    files("two-inputs", "two inputs with one limit each", {"main": plain(3), "other": plain(5, 10)}, [{"files": 3}, {"files": 2}], {"maxFilesPerTrigger": "2"}, [KV, union(KV)]),
    rate("plain", "as many rows per run as asked for, from 1970 on", THREE, [{}, {}, {}]),
    rate("start", "from another time, in other steps", {"rowsPerBatch": 4, "startTimestamp": START, "advanceMillisPerBatch": 500, "numPartitions": 3}, [{}, {}]),
    rate("windows", "windows with a watermark", {"rowsPerBatch": 5, "startTimestamp": START, "advanceMillisPerBatch": 1000}, [{}, {}, {}, {}, {}, {}], RATE_WINDOWS),
    rate("windows-1970", "rows at 1970 are late from the beginning", {"rowsPerBatch": 5}, [{}, {}, {}, {}, {}], RATE_WINDOWS),
    rate("rows-changed", "other options after a restart", THREE, [{}, {"sources": rates({"rowsPerBatch": 2})}, {"sources": rates({"rowsPerBatch": 2, "advanceMillisPerBatch": 10})}]),
    rate("once", "Once", THREE, [{}, {}], trigger="once"),
    rate("no-rows", "without the number of rows", {}, [{}]),
    rate("bad-rows", "a number of rows that is none", {"rowsPerBatch": "x"}, [{}]),
    rate("zero-rows", "no rows per batch", {"rowsPerBatch": 0}, [{}]),
    rate("negative-start", "a start before 1970", {"rowsPerBatch": 1, "startTimestamp": -1}, [{}]),
    rate("negative-advance", "time that goes backwards", {"rowsPerBatch": 1, "advanceMillisPerBatch": -1}, [{}]),
    rate("progress", "the whole progress", {"rowsPerBatch": 5, "startTimestamp": START}, [{}, {}, {}], RATE_WINDOWS, progress=True),
    progress("select", "the whole progress without state", [KV]),
    progress("observe", "the whole progress with observed metrics", [KV, {"op": "observe", "name": "seen", "exprs": [COUNT, named(fn("max", col("v")), "most")]}]),
    progress("windows-append", "the whole progress of windows, append", WINDOWS),
    progress("windows-update", "the whole progress of windows, update", WINDOWS, "update"),
    progress("counts-update", "the whole progress of counts", [group([col("k")], [COUNT])], "update"),
    progress("counts-complete", "the whole progress of all counts, sorted", [group([col("k")], [COUNT]), where(fn(">", col("n"), lit(0)))], "complete"),
    progress("global", "the whole progress of one count", [group([], [COUNT])], "update"),
    progress("dedup", "the whole progress of duplicates", [TEN, dedup("time", "k"), KV]),
    progress("within", "the whole progress of duplicates within the watermark", [TEN, {"op": "dropDuplicatesWithinWatermark", "names": ["k"]}, KV]),
    progress("session", "the whole progress of sessions", [TEN, group([fn("session_window", col("time"), "5 seconds"), col("k")], [COUNT])]),
    progress("join", "the whole progress of a join", JOIN, inputs={"main": LATE, "other": OTHER}),
    progress("chain", "the whole progress of two operators", [TEN, dedup("time", "k"), group([window("time", "10 seconds")], [COUNT])]),
    progress("limit", "the whole progress of a limit", [KV, limit(3)]),
    progress("union", "the whole progress of two inputs", [TEN, KV, union(TEN, KV)], inputs={"main": LATE, "other": OTHER}),
    progress("table", "the whole progress of a stream and a table", [KV, join("other", [KV], ["k"], "leftsemi", static=True)], inputs={"main": LATE, "other": OTHER}),
    progress("partitions", "the whole progress with five partitions", [group([col("k")], [COUNT])], "update", conf={"spark.sql.shuffle.partitions": "5"}),
]
