"""Keys that are not plain (nulls, NaN, -0.0, decimals, structs, maps, dates, bytes) and times that are not plain (zones, microseconds, before 1970)."""

from cases.program import COUNT, case, cast, col, dedup, drop, field, fn, group, join, limit, lit, named, order, row, select, union, watermark, where, window, with_column

SUM = named(fn("sum", col("v")), "s")
KINDS = {
    "double": ("DOUBLE", ['{"x":"NaN","v":1}', '{"x":0.0,"v":2}', '{"v":3}'], ['{"x":-0.0,"v":4}', '{"x":"NaN","v":5}', '{"x":1.5,"v":6}'], ['{"x":"Infinity","v":7}', '{"x":"-Infinity","v":8}', '{"x":null,"v":9}', '{"x":0,"v":10}']),
    "float": ("FLOAT", ['{"x":0.1,"v":1}', '{"x":-0.0,"v":2}'], ['{"x":"NaN","v":3}', '{"x":0.0,"v":4}'], ['{"x":0.1,"v":5}', '{"v":6}', '{"x":"NaN","v":7}']),
    "decimal": ("DECIMAL(20,4)", ['{"x":1.1,"v":1}', '{"x":1.1000,"v":2}'], ['{"x":12345678901234.5678,"v":3}', '{"v":4}'], ['{"x":-0.0001,"v":5}', '{"x":1.10,"v":6}', '{"x":12345678901234.5678,"v":7}']),
    "boolean": ("BOOLEAN", ['{"x":true,"v":1}', '{"v":2}'], ['{"x":false,"v":3}', '{"x":true,"v":4}'], ['{"v":5}']),
    "date": ("DATE", ['{"x":"2026-01-01","v":1}', '{"x":"1969-12-31","v":2}'], ['{"x":"0001-01-01","v":3}', '{"v":4}'], ['{"x":"1969-12-31","v":5}', '{"x":"9999-12-31","v":6}']),
    "timestamp": ("TIMESTAMP", ['{"x":"2026-01-01T00:00:00.000001Z","v":1}', '{"x":"1969-12-31T23:59:59.999999Z","v":2}'], ['{"x":"2026-01-01T01:00:00.000001+01:00","v":3}', '{"v":4}'], ['{"x":"1969-12-31T23:59:59.999999Z","v":5}']),
    "ntz": ("TIMESTAMP_NTZ", ['{"x":"2026-01-01T00:00:00.000001","v":1}', '{"x":"1969-12-31T23:59:59.999","v":2}'], ['{"x":"2026-01-01T00:00:00.000001","v":3}', '{"v":4}'], ['{"x":"1969-12-31T23:59:59.999","v":5}']),
    "string": ("STRING", ['{"x":"","v":1}', '{"x":"\\u00e9","v":2}', '{"v":3}'], ['{"x":"e\\u0301","v":4}', '{"x":"\\ud83d\\ude00","v":5}'], ['{"x":"","v":6}', '{"x":"\\u00e9","v":7}', '{"x":"\\uff5e","v":8}', '{"x":" ","v":9}']),
    "binary": ("BINARY", ['{"x":"AQI=","v":1}', '{"x":"","v":2}'], ['{"x":"AQI=","v":3}', '{"v":4}'], ['{"x":"/w==","v":5}', '{"x":"","v":6}']),
    "struct": ("STRUCT<a: INT, b: DOUBLE>", ['{"x":{"a":1,"b":"NaN"},"v":1}', '{"x":{"a":null},"v":2}'], ['{"x":{"a":1,"b":"NaN"},"v":3}', '{"v":4}', '{"x":{},"v":5}'], ['{"x":{"a":1,"b":0.0},"v":6}', '{"x":{"a":1,"b":-0.0},"v":7}']),
    "array": ("ARRAY<INT>", ['{"x":[1,2],"v":1}', '{"x":[],"v":2}'], ['{"x":[1,2],"v":3}', '{"v":4}', '{"x":[2,1],"v":5}'], ['{"x":[null],"v":6}', '{"x":[null],"v":7}', '{"x":[],"v":8}']),
    "nested": ("ARRAY<STRUCT<a: STRING, b: ARRAY<DECIMAL(5,2)>>>", ['{"x":[{"a":"p","b":[1.5]}],"v":1}', '{"x":[null],"v":2}'], ['{"x":[{"a":"p","b":[1.50]}],"v":3}'], ['{"x":[{"a":"p"}],"v":4}', '{"x":[{"a":"p","b":null}],"v":5}']),
    "map": ("MAP<STRING, INT>", ['{"x":{"a":1,"b":2},"v":1}', '{"x":{},"v":2}'], ['{"x":{"b":2,"a":1},"v":3}', '{"v":4}'], ['{"x":{"a":null},"v":5}', '{"x":{},"v":6}']),
    "byte": ("TINYINT", ['{"x":127,"v":1}', '{"x":-128,"v":2}'], ['{"x":127,"v":3}', '{"v":4}'], ['{"x":0,"v":5}']),
    "long": ("BIGINT", ['{"x":9007199254740993,"v":1}', '{"x":-9223372036854775808,"v":2}'], ['{"x":9007199254740992,"v":3}', '{"x":9007199254740993,"v":4}'], ['{"v":5}', '{"x":9223372036854775807,"v":6}']),
}

CASES = []
for kind, (type_name, *batches) in KINDS.items():
    schema = f"x {type_name}, v BIGINT"
    CASES += [
        case(f"keys-{kind}-group", f"groups by {type_name}", schema, batches, [group([col("x")], [COUNT, SUM])], "update"),
        case(f"keys-{kind}-dedup", f"duplicates by {type_name}", schema, batches, [dedup("x"), select(fn("isnull", col("x")))], skip=["oneBatch", "batch"]),
        case(f"keys-{kind}-join", f"a join of streams by {type_name}", schema, batches, [{"op": "alias", "name": "l"}, join("other", [{"op": "alias", "name": "r"}], fn("=", col("l.x"), col("r.x")), "inner"), select(named(col("l.v"), "lv"), named(col("r.v"), "rv"))], other=[batches[2], batches[0], batches[1]]),
        case(f"keys-{kind}-min-max", f"smallest and largest {type_name}", schema, batches, [group([], [named(fn("min", col("x")), "lo"), named(fn("max", col("x")), "hi"), named(fn("count", col("x")), "c")])], "update", **({"skip": ["batch"]} if kind == "float" else {})),
    ]

TIMES = "time TIMESTAMP, k STRING, v BIGINT"


def at(time, k="a", v=1):
    return row(time=time, k=k, v=v)


def zone(name):
    return {"conf": {"spark.sql.session.timeZone": name}}


#: New York goes to summer time on 2026-03-08 at 07:00Z and back on 2026-11-01 at 06:00Z; Berlin on 2026-03-29 and 2026-10-25 at 01:00Z.
SPRING = {
    "America/New_York": [[at("2026-03-08T04:30:00Z"), at("2026-03-08T06:59:59.999Z")], [at("2026-03-08T07:00:00Z"), at("2026-03-09T03:59:59Z")], [at("2026-03-09T04:00:00Z"), at("2026-03-10T12:00:00Z")]],
    "Europe/Berlin": [[at("2026-03-28T23:30:00Z"), at("2026-03-29T00:59:59.999Z")], [at("2026-03-29T01:00:00Z"), at("2026-03-29T21:59:59Z")], [at("2026-03-29T22:00:00Z"), at("2026-03-31T12:00:00Z")]],
}
AUTUMN = {
    "America/New_York": [[at("2026-11-01T03:59:59Z"), at("2026-11-01T05:30:00Z")], [at("2026-11-01T06:00:00Z"), at("2026-11-01T06:30:00Z")], [at("2026-11-02T04:59:59.999Z"), at("2026-11-02T05:00:00Z"), at("2026-11-04T00:00:00Z")]],
    "Europe/Berlin": [[at("2026-10-24T21:59:59Z"), at("2026-10-25T00:30:00Z")], [at("2026-10-25T01:00:00Z"), at("2026-10-25T01:30:00Z")], [at("2026-10-25T22:59:59.999Z"), at("2026-10-25T23:00:00Z"), at("2026-10-28T00:00:00Z")]],
}
HOUR = watermark("time", "1 hour")
for season, per_zone in (("spring", SPRING), ("autumn", AUTUMN)):
    for name, batches in per_zone.items():
        place = f"{season}-{name.split('/')[1].lower().replace('_', '-')}"
        CASES += [
            case(f"zone-{place}-day-window", f"windows of a day, {name} in {season}", TIMES, batches, [HOUR, group([window("time", "1 day")], [COUNT]), with_column("from", cast(field(col("window"), "start"), "STRING"))], **zone(name)),
            case(f"zone-{place}-hour-window", f"windows of an hour as text, {name} in {season}", TIMES, batches, [group([window("time", "1 hour")], [COUNT]), select(named(cast(field(col("window"), "start"), "STRING"), "from"), named(cast(field(col("window"), "end"), "STRING"), "to"), col("n"))], "update", **zone(name)),
            case(f"zone-{place}-day-trunc", f"groups by the local day, {name} in {season}", TIMES, batches, [group([named(fn("date_trunc", "DAY", col("time")), "d"), named(cast(col("time"), "DATE"), "date")], [COUNT])], "update", **zone(name)),
            case(f"zone-{place}-fields", f"fields of the local time, {name} in {season}", TIMES, batches, [select(named(cast(col("time"), "STRING"), "t"), fn("hour", col("time")), fn("dayofmonth", col("time")), named(fn("date_format", col("time"), "yyyy-MM-dd HH:mm:ss XXX"), "f"), named(fn("unix_timestamp", col("time")), "u"))], **zone(name)),
            case(f"zone-{place}-add-day", f"a day and 24 hours later, {name} in {season}", TIMES, batches, [select(named({"expr": "time + INTERVAL 1 DAY"}, "d"), named({"expr": "time + INTERVAL 24 HOURS"}, "h"), named({"expr": "time - INTERVAL 1 MONTH"}, "m"))], **zone(name)),
            case(f"zone-{place}-session", f"sessions over the change of the clock, {name} in {season}", TIMES, batches, [HOUR, group([fn("session_window", col("time"), "2 hours"), col("k")], [COUNT])], **zone(name)),
        ]
LOCAL = [['{"t":"2026-03-08 02:30:00"}', '{"t":"2026-03-08 01:59:59"}'], ['{"t":"2026-11-01 01:30:00"}', '{"t":"2026-11-01 00:30:00"}'], ['{"t":"2026-03-29 02:30:00"}', '{"t":"2026-10-25 02:30:00"}']]
for name in ("America/New_York", "Europe/Berlin"):
    short = name.split("/")[1].lower().replace("_", "-")
    CASES += [
        case(f"zone-local-{short}-cast", f"local texts in gaps and overlaps as times, {name}", "t STRING", LOCAL, [select(named(cast(col("t"), "TIMESTAMP"), "x"), named(fn("unix_timestamp", cast(col("t"), "TIMESTAMP")), "u"))], **zone(name)),
        case(f"zone-local-{short}-window", f"windows over local texts, {name}", "t STRING", LOCAL, [select(named(cast(col("t"), "TIMESTAMP"), "time")), group([window("time", "1 hour")], [COUNT])], "update", **zone(name)),
        case(f"zone-local-{short}-json", f"local texts of a TIMESTAMP column, {name}", "t TIMESTAMP", LOCAL, [select(named(fn("unix_timestamp", col("t")), "u"), col("t"))], **zone(name)),
    ]

MICROS = [[at("2026-01-01T00:00:00.000001Z"), at("2026-01-01T00:00:00.000999Z"), at("2026-01-01T00:00:00.001000Z")], [at("2026-01-01T00:00:00.002999Z"), at("2026-01-01T00:00:00.003000Z")], [at("2026-01-01T00:00:00.001999Z"), at("2026-01-01T00:00:00.002000Z"), at("2026-01-01T00:00:00.010001Z")], [at("2026-01-01T00:00:00.009999Z"), at("2026-01-01T00:00:00.010000Z"), at("2026-01-01T00:00:01Z")]]
OLD = [[at("1969-12-31T23:59:59.999999Z"), at("1969-12-31T23:59:50Z"), at("1900-01-01T00:00:00Z")], [at("1970-01-01T00:00:00Z"), at("1969-12-31T23:59:49.999Z")], [at("0001-01-01T00:00:00Z"), at("1970-01-01T00:00:09.999Z"), at("1970-01-01T00:01:00Z")], [at("1970-01-01T00:00:20Z"), at("1970-01-01T00:02:00Z")]]
for mode in ("append", "update", "complete"):
    CASES += [
        case(f"micros-window-{mode}", f"windows of a millisecond over microseconds, {mode}", TIMES, MICROS, [watermark("time", "1 millisecond"), group([window("time", "1 millisecond")], [COUNT])], mode),
        case(f"micros-sliding-{mode}", f"windows of some microseconds, {mode}", TIMES, MICROS, [watermark("time", "1500 microseconds"), group([window("time", "1500 microseconds", "1 millisecond")], [COUNT])], mode),
        case(f"old-window-{mode}", f"windows before 1970, {mode}", TIMES, OLD, [watermark("time", "5 seconds"), group([window("time", "10 seconds")], [COUNT])], mode),
        case(f"old-sliding-{mode}", f"sliding windows before 1970, {mode}", TIMES, OLD, [watermark("time", "5 seconds"), group([window("time", "10 seconds", "3 seconds", "1 second")], [COUNT])], mode),
    ]
CASES += [
    case("micros-dedup", "duplicates by microsecond with a watermark of milliseconds", TIMES, MICROS, [watermark("time", "1 millisecond"), dedup("time", "k"), select(col("time"))]),
    case("micros-dedup-within", "duplicates within a watermark of microseconds", TIMES, MICROS, [watermark("time", "1500 microseconds"), {"op": "dropDuplicatesWithinWatermark", "names": ["k"]}, select(col("time"))], skip=["oneBatch", "batch"]),
    case("micros-session", "sessions with a gap of a millisecond", TIMES, MICROS, [watermark("time", "1 millisecond"), group([fn("session_window", col("time"), "1 millisecond"), col("k")], [COUNT])]),
    case("micros-time-key", "groups by the time itself", TIMES, MICROS, [watermark("time", "1 millisecond"), group([col("time")], [COUNT])]),
    case("old-session", "sessions before 1970", TIMES, OLD, [watermark("time", "5 seconds"), group([fn("session_window", col("time"), "10 seconds"), col("k")], [COUNT])]),
    case("old-dedup", "duplicates before 1970", TIMES, OLD, [watermark("time", "5 seconds"), dedup("time", "k"), select(col("time"))]),
    case("old-join", "a join of times before 1970", TIMES, OLD, [watermark("time", "5 seconds"), {"op": "alias", "name": "l"}, join("other", [watermark("time", "5 seconds"), {"op": "alias", "name": "r"}], fn("and", fn("=", col("l.k"), col("r.k")), fn("=", col("l.time"), col("r.time"))), "left"), select(col("l.time"), named(col("r.v"), "w"))], other=[OLD[0][:2], OLD[1][:1], OLD[2], OLD[3]]),
]
