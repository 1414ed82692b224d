"""Programs Spark refuses: at analysis, at start, or (said in the answer) when they first run."""

from cases.program import COUNT, case, cast, col, dedup, fn, group, limit, lit, named, order, row, select, union, watermark, where, window, with_column

EVENTS = "time TIMESTAMP, action STRING, v BIGINT"
ROWS = [[row(time="2026-01-01T00:00:01Z", action="a", v=1)]]
TEN = watermark("time", "10 seconds")
WINDOW = window("time", "10 seconds")


def refused(name, about, ops, mode="append", schema=EVENTS, **more):
    return case(f"refused-{name}", about, schema, ROWS, ops, mode, **more)


CASES = [
    refused("append-without-watermark", "append aggregation without a watermark", [group([WINDOW], [COUNT])]),
    refused("append-key-not-time", "append aggregation whose keys leave the event time out", [TEN, group([col("action")], [COUNT])]),
    refused("append-global", "append aggregation without keys", [TEN, group([], [COUNT])]),
    refused("append-late-watermark", "a watermark after the aggregation", [group([WINDOW], [COUNT]), with_column("t", fn("window_time", col("window"))), watermark("t", "1 second")]),
    refused("complete-without-aggregation", "complete without an aggregation", [select(col("v"))], "complete"),
    refused("count-distinct", "a distinct count over a stream", [group([WINDOW], [named(fn("count_distinct", col("v")), "n")])], "update"),
    refused("order-by-append", "a sort without aggregation", [order(col("v"))]),
    refused("order-by-update", "a sort in update", [group([col("action")], [COUNT]), order(col("n"))], "update"),
    refused("order-by-complete-stateless", "a sort in complete without an aggregation", [order(col("v"))], "complete"),
    refused("limit-update", "limit in update", [limit(3)], "update"),
    refused("unknown-mode", "an output mode that does not exist", [select(col("v"))], "upsert"),
    refused("unresolved-column", "a misspelt column, with the nearest names", [select(col("acton"))]),
    refused("unresolved-column-where", "a misspelt column in a filter", [where(fn("=", col("vv"), 1))]),
    refused("unresolved-column-group", "a misspelt column as the key", [group([col("tme")], [COUNT])], "update"),
    refused("unresolved-column-aggregate", "a misspelt column in an aggregate", [group([WINDOW], [fn("sum", col("vee"))])], "update"),
    refused("unresolved-nested-field", "a field that the struct has not", [group([WINDOW], [COUNT]), select(col("window.begin"))], "update"),
    refused("field-of-non-struct", "a field of a number", [select(col("v.x"))]),
    refused("unresolved-routine", "a function that does not exist", [select(fn("uper", col("action")))]),
    refused("wrong-argument-count", "a function with too many arguments", [select(fn("upper", col("action"), col("v")))]),
    refused("datatype-mismatch-plus", "a boolean plus a number", [select(fn("+", fn("=", col("v"), 1), 1))]),
    refused("datatype-mismatch-and", "and over numbers", [where(fn("and", col("v"), fn("=", col("v"), 1)))]),
    refused("datatype-mismatch-case", "a comparison of a struct and a number", [select(fn("=", fn("struct", col("v")), 1))]),
    refused("filter-not-boolean", "a filter that is a number", [where(fn("+", col("v"), 1))]),
    refused("cast-impossible", "a cast that never succeeds", [select(cast(col("v"), "ARRAY<INT>"))]),
    refused("cast-boolean-timestamp", "a boolean as a time", [select(cast(fn("=", col("v"), 1), "DATE"))]),
    refused("ambiguous-reference", "two columns of one name", [select(named(col("v"), "x"), named(col("action"), "x")), select(col("x"))]),
    refused("missing-group-by", "a column neither grouped nor aggregated", [group([col("action")], [COUNT, col("v")])], "update"),
    refused("aggregate-in-where", "an aggregate in a filter", [where(fn(">", fn("count", 1), 1))]),
    refused("nested-aggregate", "an aggregate in an aggregate", [group([col("action")], [fn("sum", fn("count", 1))])], "update"),
    refused("aggregate-as-key", "an aggregate as a key", [group([fn("max", col("v"))], [COUNT])], "update"),
    refused("two-windows", "two window expressions", [group([WINDOW, window("time", "20 seconds")], [COUNT])], "update"),
    refused("window-on-long", "a window over a number", [group([window("v", "10 seconds")], [COUNT])], "update"),
    refused("window-slide-longer", "a slide longer than the window", [group([window("time", "10 seconds", "20 seconds")], [COUNT])], "update"),
    refused("window-start-too-big", "a start time beyond the slide", [group([window("time", "10 seconds", "5 seconds", "6 seconds")], [COUNT])], "update"),
    refused("window-start-equal", "a start time equal to the slide", [group([window("time", "10 seconds", "5 seconds", "5 seconds")], [COUNT])], "update"),
    refused("window-zero", "a window of no length", [group([window("time", "0 seconds")], [COUNT])], "update"),
    refused("window-negative", "a window of negative length", [group([window("time", "-10 seconds")], [COUNT])], "update"),
    refused("window-slide-zero", "a slide of no length", [group([window("time", "10 seconds", "0 seconds")], [COUNT])], "update"),
    refused("window-month", "a window of a month", [group([window("time", "1 month")], [COUNT])], "update"),
    refused("window-nonsense", "a duration that cannot be read", [group([window("time", "ten seconds")], [COUNT])], "update"),
    refused("watermark-missing-column", "a watermark on a column that is not there", [watermark("tyme", "10 seconds")]),
    refused("watermark-on-string", "a watermark on text", [watermark("action", "10 seconds")]),
    refused("watermark-on-long", "a watermark on a number", [watermark("v", "10 seconds"), group([col("action")], [COUNT])], "update"),
    refused("watermark-on-date", "a watermark on a date", [watermark("d", "10 seconds")], schema="d DATE"),
    refused("watermark-on-ntz", "a watermark on a time without zone", [watermark("time", "10 seconds")], schema="time TIMESTAMP_NTZ"),
    refused("watermark-negative", "a negative delay", [watermark("time", "-10 seconds")]),
    refused("watermark-nonsense", "a delay that cannot be read", [watermark("time", "a while")]),
    refused("watermark-empty-delay", "an empty delay", [watermark("time", "")]),
    refused("watermark-twice", "two watermarks on one stream", [TEN, with_column("t2", col("time")), watermark("t2", "5 seconds"), group([window("t2", "10 seconds")], [COUNT])]),
    refused("two-aggregations-update", "two aggregations in update", [group([WINDOW], [COUNT]), group([col("n")], [named(fn("count", 1), "m")])], "update", needs=["chained_aggregation"]),
    refused("two-aggregations-complete", "two aggregations in complete", [group([WINDOW], [COUNT]), group([col("n")], [named(fn("count", 1), "m")])], "complete", needs=["chained_aggregation"]),
    refused("session-window-update", "a session window in update", [TEN, group([fn("session_window", col("time"), "10 seconds"), col("action")], [COUNT])], "update", needs=["session_window"]),
    refused("dedup-complete", "duplicates in complete", [dedup("v")], "complete", needs=["dedup"]),
    refused("dedup-missing-column", "duplicates over a column that is not there", [dedup("w")], needs=["dedup"]),
    refused("dedup-within-no-watermark", "dropDuplicatesWithinWatermark without a watermark", [{"op": "dropDuplicatesWithinWatermark", "names": ["v"]}], needs=["dedup"]),
    refused("union-columns", "a union of different widths", [select(col("v")), union()], other=ROWS),
    refused("union-types", "a union of types that do not meet", [select(named(fn("struct", col("v")), "x")), union(select(col("v")))], other=ROWS),
    refused("json-schema-bad", "from_json with a schema that cannot be read", [select(fn("from_json", col("action"), "a INTT"))]),
    refused("json-mode-bad", "from_json in DROPMALFORMED", [select(fn("from_json", col("action"), "a INT", fn("map", "mode", "DROPMALFORMED")))]),
    refused("schema-bad", "a DDL schema that cannot be read", [select(col("*"))], schema="a INTT"),
    refused("schema-duplicate", "a schema that names a column twice", [select(col("*"))], schema="a INT, a STRING"),
    refused("monotonically-increasing-id", "monotonically_increasing_id over a stream", [select(fn("monotonically_increasing_id"))]),
    refused("duplicate-output-alias", "two aggregates of one name are read by it", [group([col("action")], [COUNT, named(fn("sum", col("v")), "n")]), where(fn(">", col("n"), 1))], "update"),
    refused("star-in-function", "a star as a function's argument", [select(fn("upper", col("*")))]),
    refused("to-json-of-number", "to_json of a number", [select(fn("to_json", col("v")))]),
    refused("in-types", "in over types that do not meet", [where(fn("in", col("time"), True))]),
]
