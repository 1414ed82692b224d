"""Aggregate functions over every type, with nulls, NaN, overflow; keys; global aggregates."""

from cases.program import COUNT, case, cast, col, fn, group, lit, named, order, row, select, watermark, where, window, with_column

NUMBERS = "k STRING, i INT, l BIGINT, d DOUBLE, m DECIMAL(10,2), s STRING, t TIMESTAMP, b BOOLEAN, f FLOAT, sh SMALLINT, dt DATE"


def num(k, i=None, d=None, m=None, s=None, t=None, b=None, dt=None):
    values = dict(k=k, i=i, l=i * 1000 if i is not None else None, d=d, m=m, s=s, t=t, b=b, f=d, sh=i, dt=dt)
    return row(**{name: v for name, v in values.items() if v is not None})


MIXED = [
    [num("a", 1, 0.5, 1.25, "x", "2026-01-01T00:00:00Z", True, "2026-01-01"), num("a"), num("a", 3, -2.25, 10.10, "", "2025-12-31T23:59:59.123456Z", False, "2020-02-29"),
     num("b"), num(None, 7, 1.0, 3.33, "ünï")],
    [num("a", -4, 100.0, 0.01, "Z", "2026-06-01T12:00:00Z", True), num("b", None, None, None, "only"), num("c"), num(None)],
    [num("b", 2, 8.5, 2.50, "b2", "1969-07-20T20:17:40Z", False, "1969-07-20"), num(None, 1, 1.5)],
]
KEY = [col("k")]


def over(function, *names):
    return [named(fn(function, col(n)), n) for n in names]


def doubles(*texts):
    return [f'{{"k":"g","d":{t}}}' for t in texts]


D = "k STRING, d DOUBLE"
L = "k STRING, l BIGINT, i INT"
CASES = [
    case("agg-count-kinds", "count of rows and of values that are not null",
         NUMBERS, MIXED, [group(KEY, [fn("count", 1), *over("count", "i", "d", "s", "t"), named(fn("count", col("i"), col("s")), "both")])], "update"),
    case("agg-sum", "sums by type; sums of nothing are null", NUMBERS, MIXED, [group(KEY, over("sum", "i", "l", "d", "m", "f", "sh"))], "update"),
    case("agg-avg", "averages by type; decimals get four more digits", NUMBERS, MIXED, [group(KEY, over("avg", "i", "l", "d", "m", "sh"))], "update"),
    case("agg-min", "minimum of every type", NUMBERS, MIXED, [group(KEY, over("min", "i", "l", "d", "m", "s", "t", "b", "f", "sh", "dt"))], "update"),
    case("agg-max", "maximum of every type", NUMBERS, MIXED, [group(KEY, over("max", "i", "l", "d", "m", "s", "t", "b", "f", "sh", "dt"))], "complete"),
    case("agg-first-last", "first and last value in order of arrival, nulls included",
         NUMBERS, MIXED, [group(KEY, [named(fn("first", col("i")), "f"), named(fn("last", col("i")), "l"), named(fn("first", col("s")), "fs"), named(fn("last", col("t")), "lt")])],
         "update", skip=["oneBatch", "batch"]),
    case("agg-first-last-ignore-nulls", "first and last value that is not null",
         NUMBERS, MIXED, [group(KEY, [named({"fn": "first", "args": [col("i"), {"lit": True}]}, "f"), named({"fn": "last", "args": [col("i"), {"lit": True}]}, "l")])],
         "update", skip=["oneBatch", "batch"]),
    case("agg-mean-alias", "mean is avg, and names its column so",
         NUMBERS, MIXED, [group(KEY, [fn("mean", col("i")), fn("avg", col("m"))])], "update"),
    case("agg-approx-count-distinct", "distinct estimates of small sets of every type",
         NUMBERS, MIXED, [group(KEY, over("approx_count_distinct", "i", "l", "d", "m", "s", "t", "b"))], "update"),
    case("agg-approx-count-distinct-many", "distinct estimates beyond the exact range, by batch",
         "n BIGINT, s STRING", [[row(n=i * 7919, s=f"user-{i}") for i in range(b * 90, b * 90 + 150)] for b in range(3)],
         [group([], [named(fn("approx_count_distinct", col("n")), "n"), named(fn("approx_count_distinct", col("s")), "s"),
                     named({"fn": "approx_count_distinct", "args": [col("s"), {"lit": 0.01}]}, "close"),
                     named({"fn": "approx_count_distinct", "args": [col("n"), {"lit": 0.2}]}, "rough")])], "complete"),
    case("agg-approx-count-distinct-floats", "NaN and both zeros count once each",
         D, [doubles("0.0", "-0.0", "NaN", "NaN", "1.5"), doubles("-0.0", "\"Infinity\"", "\"-Infinity\"")],
         [group([], [named(fn("approx_count_distinct", col("d")), "n")])], "update"),
    case("agg-nan", "NaN in sum, avg, min and max: NaN is the largest",
         D, [doubles("1.0", "NaN", "-5.0"), doubles("\"Infinity\""), doubles("\"-Infinity\"", "NaN")],
         [group(KEY, [*[named(fn(f, col("d")), f) for f in ("sum", "avg", "min", "max", "count")]])], "update"),
    case("agg-negative-zero", "minus zero in results", D, [doubles("-0.0"), doubles("0.0"), doubles("-0.0")],
         [group(KEY, [*[named(fn(f, col("d")), f) for f in ("sum", "min", "max", "avg")]])], "update"),
    case("agg-float-keys", "NaN is one key, and minus zero is zero",
         D, [doubles("0.0", "-0.0", "NaN"), doubles("-0.0", "NaN", "null", "1e300"), doubles("null")], [group([col("d")], [COUNT])], "update"),
    case("agg-null-keys", "null is one key, apart from the empty string",
         "k STRING, j INT", [[row(k=None, j=1), row(k="", j=1), row(j=1)], [row(k="null"), row(k=None, j=None)]], [group([col("k"), col("j")], [COUNT])], "update"),
    case("agg-many-key-types", "keys of many types", NUMBERS, MIXED, [group([col("i"), col("m"), col("t"), col("b"), col("dt"), col("f")], [COUNT])], "update"),
    case("agg-struct-key", "a struct as the key",
         "p STRUCT<x: INT, y: STRING>", [['{"p":{"x":1,"y":"a"}}', '{"p":{"x":1}}', '{"p":null}'], ['{"p":{"y":"a","x":1}}', '{}', '{"p":{}}']],
         [group([col("p")], [COUNT])], "update"),
    case("agg-nested-field-key", "a field of a struct as the key, and as the argument",
         "p STRUCT<x: INT, y: STRING>", [['{"p":{"x":1,"y":"a"}}', '{"p":{"x":2}}', '{"p":null}'], ['{"p":{"y":"a","x":5}}', '{}']],
         [group([col("p.y")], [named(fn("sum", col("p.x")), "s"), COUNT])], "update"),
    case("agg-global", "no keys: one row", L, [[row(k="a", l=1), row(k="b", l=2)], [row(k="a")], [row(l=5)]],
         [group([], [COUNT, named(fn("sum", col("l")), "s"), named(fn("max", col("k")), "k")])], "complete"),
    case("agg-global-update", "no keys, update", L, [[row(k="a", l=1)], [], [row(l=5)]], [group([], [COUNT, named(fn("sum", col("l")), "s")])], "update"),
    case("agg-global-empty", "no keys and no rows: still one row", L, [[], []], [group([], [fn("count", 1), fn("sum", col("l")), fn("min", col("k"))])], "complete"),
    case("agg-global-empty-first", "no keys, first batch empty, all filtered later", L, [[], [row(l=-1)], [row(l=3)]],
         [where(fn(">", col("l"), 0)), group([], [COUNT, named(fn("avg", col("l")), "a")])], "update"),
    case("agg-no-aggregates-but-keys", "sum of a literal and count of a literal null",
         L, [[row(k="a"), row(k="a")], [row(k="b")]], [group(KEY, [named(fn("sum", 2), "twos"), named(fn("count", lit(None)), "none")])], "update"),
    case("agg-sum-long-overflow", "a sum beyond 64 bits is an error",
         L, [[row(k="a", l=9223372036854775807)], [row(k="a", l=1)]], [group(KEY, [named(fn("sum", col("l")), "s")])], "update"),
    case("agg-sum-int-is-long", "a sum of ints does not overflow an int",
         L, [[row(k="a", i=2147483647)], [row(k="a", i=2147483647)]], [group(KEY, [named(fn("sum", col("i")), "s"), named(fn("avg", col("i")), "a")])], "update"),
    case("agg-long-beyond-2-53", "longs stay exact", L,
         [[row(k="a", l=9007199254740993), row(k="b", l=-9223372036854775808)], [row(k="a", l=9007199254740993), row(k="b", l=1)]],
         [group(KEY, [named(fn("sum", col("l")), "s"), named(fn("max", col("l")), "x"), named(fn("avg", col("l")), "a")])], "update"),
    case("agg-decimal-wide", "sums and averages of DECIMAL(38,18)",
         "k STRING, m DECIMAL(38,18)", [['{"k":"a","m":1234567890123.123456789012345678}'], ['{"k":"a","m":0.000000000000000001}', '{"k":"a","m":-1}', '{"k":"b"}']],
         [group(KEY, [named(fn("sum", col("m")), "s"), named(fn("avg", col("m")), "a"), named(fn("min", col("m")), "n")])], "update"),
    case("agg-decimal-avg-overflow", "an average that does not fit DECIMAL(38,22) is an error",
         "k STRING, m DECIMAL(38,18)", [['{"k":"a","m":12345678901234567890.123456789012345678}'], ['{"k":"a","m":0.000000000000000001}', '{"k":"a","m":-1}', '{"k":"b"}']],
         [group(KEY, [named(fn("sum", col("m")), "s"), named(fn("avg", col("m")), "a"), named(fn("min", col("m")), "n")])], "update"),
    case("agg-decimal-sum-overflow", "a decimal sum beyond 38 digits is an error",
         "k STRING, m DECIMAL(38,0)", [['{"k":"a","m":99999999999999999999999999999999999999}'], ['{"k":"a","m":1}']], [group(KEY, [named(fn("sum", col("m")), "s")])], "update"),
    case("agg-sum-of-strings", "strings are summed as doubles", "k STRING, s STRING", [[row(k="a", s="1.5"), row(k="a", s=" 2 ")], [row(k="a", s=None)]],
         [group(KEY, [named(fn("sum", col("s")), "s"), named(fn("avg", col("s")), "a")])], "update"),
    case("agg-sum-of-times", "times are summed as seconds", NUMBERS, MIXED, [group(KEY, over("sum", "t"))], "update"),
    case("agg-sum-of-bad-string", "a string that is no number fails the sum", "k STRING, s STRING", [[row(k="a", s="1.5")], [row(k="a", s="x")]],
         [group(KEY, [named(fn("sum", col("s")), "s")])], "update"),
    case("agg-expression-inside", "expressions inside and around aggregates",
         L, [[row(k="a", l=4, i=1), row(k="a", l=6, i=2)], [row(k="a", l=10, i=3), row(k="b", i=1)]],
         [group(KEY, [named(fn("/", fn("sum", fn("*", col("l"), col("i"))), fn("count", 1)), "weighted"), named(fn("-", fn("max", col("l")), fn("min", col("l"))), "spread"),
                      named(fn("coalesce", fn("sum", col("l")), 0), "s")])], "update"),
    case("agg-conditional-count", "count and sum of a case", L, [[row(k="a", l=4), row(k="a", l=-6)], [row(k="a", l=10), row(k="b")]],
         [group(KEY, [named(fn("count", {"case": [[fn(">", col("l"), 0), lit(1)]]}), "positive"),
                      named(fn("sum", {"case": [[fn("<", col("l"), 0), col("l")]], "else": lit(0)}), "debt")])], "update"),
    case("agg-order-by-complete", "a sorted complete table", L, [[row(k="b", l=1), row(k="a", l=1), row(k="c", l=7)], [row(k="a", l=3), row(l=7)]],
         [group(KEY, [named(fn("sum", col("l")), "s")]), order({"desc": col("s")}, col("k"))], "complete", ordered=True),
    case("agg-select-after", "the aggregate feeds a projection", L, [[row(k="b", l=1), row(k="a", l=1)], [row(k="a", l=3)]],
         [group(KEY, [named(fn("sum", col("l")), "s")]), select(named(fn("upper", col("k")), "K"), named(fn("%", col("s"), 3), "r")), with_column("c", fn("concat", col("K"), "-", cast(col("r"), "STRING")))],
         "update"),
    case("agg-key-in-output-twice", "the key again as an aggregate's argument", L, [[row(k="b", l=1), row(k="a", l=1)], [row(k="a", l=3)]],
         [group([fn("%", col("l"), 2)], [COUNT, named(fn("min", col("k")), "first"), named(fn("max", fn("%", col("l"), 2)), "same")])], "update"),
    case("agg-update-append-mix", "sum, avg, min, max by window in append", NUMBERS,
         [[row(k="a", t="2026-01-01T00:00:01Z", i=1, d=0.5, m=1.1), row(k="a", t="2026-01-01T00:00:02Z")], [row(k="b", t="2026-01-01T00:00:11Z", i=3, d=2.5, m=2.25), row(k="a", t="2026-01-01T00:00:03Z", i=5)],
          [row(k="z", t="2026-01-01T00:01:00Z")]],
         [watermark("t", "5 seconds"), group([window("t", "10 seconds"), col("k")], [*over("sum", "i"), *over("avg", "d"), *over("max", "m"), named(fn("min", col("i")), "low"), named(fn("count", col("d")), "nd")])]),
    case("agg-unicode-order", "strings compare by their UTF-8 bytes", "k STRING, s STRING", [[row(k="a", s="～"), row(k="a", s="😀")], [row(k="a", s="é"), row(k="a", s="e\u0301")]],
         [group(KEY, [named(fn("min", col("s")), "n"), named(fn("max", col("s")), "x")])], "update"),
    case("agg-proto-key", "__proto__ and constructor as keys and as column names",
         "`__proto__` STRING, constructor STRING, v INT", [['{"__proto__":"__proto__","constructor":"toString","v":1}', '{"__proto__":"constructor","v":2}'], ['{"__proto__":"__proto__","constructor":"toString","v":3}']],
         [group([col("__proto__"), col("constructor")], [named(fn("sum", col("v")), "s")])], "update"),
    case("agg-ansi-off-overflow", "with ANSI off the long sum wraps", L, [[row(k="a", l=9223372036854775807)], [row(k="a", l=1)]],
         [group(KEY, [named(fn("sum", col("l")), "s")])], "update", conf={"spark.sql.ansi.enabled": "false"}),
    case("agg-many-groups", "two hundred groups over three batches", "n INT", [[row(n=i) for i in range(b, 300, 2)] for b in (0, 1, 2)],
         [group([named(fn("%", col("n"), 199), "g")], [COUNT]), where(fn(">", col("n"), 2))], "update"),
]
