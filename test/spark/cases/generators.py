"""Generators: explode and its kin in a select list, their names, their nulls, and where they may not stand."""

from cases.program import COUNT, case, col, fn, group, lit, named, order, row, select, watermark, where, window, with_column

LISTS = "k STRING, r ARRAY<INT>, m MAP<STRING, INT>, s ARRAY<STRUCT<a: INT, b: STRING>>, j STRING"
ROWS = [
    ['{"k":"a","r":[1,2,null],"m":{"x":1,"y":null},"s":[{"a":1,"b":"p"},{"a":null,"b":"q"}],"j":"{\\"p\\":1,\\"q\\":[2,\\"z\\"]}"}', '{"k":"b","r":[],"m":{},"s":[],"j":"[1]"}'],
    ['{"k":"c"}', '{"k":"d","r":[3],"m":{"z":3},"s":[null,{"a":4}],"j":"no json"}'],
]


def names(expression, *aliases):
    return {"aliases": [expression, list(aliases)]}


def gen(name, about, ops, mode="append", **more):
    return case(f"generator-{name}", about, LISTS, ROWS, ops, mode, **more)


CASES = [
    gen("explode-array", "a row per element, none for an empty or missing array", [select(col("k"), fn("explode", col("r")))]),
    gen("explode-map", "a row per entry, as key and value", [select(col("k"), fn("explode", col("m")))]),
    gen("explode-map-named", "the two columns of a map under names of their own", [select(col("k"), names(fn("explode", col("m")), "name", "number"))]),
    gen("explode-outer", "explode_outer keeps a row with null where there is nothing", [select(col("k"), fn("explode_outer", col("r")))]),
    gen("explode-outer-map", "explode_outer of a map", [select(col("k"), fn("explode_outer", col("m")))]),
    gen("posexplode", "positions count from 0", [select(col("k"), fn("posexplode", col("r")))]),
    gen("posexplode-named", "position and element under names of their own", [select(names(fn("posexplode", col("r")), "at", "x"), col("k"))]),
    gen("posexplode-map", "positions of a map's entries", [select(col("k"), fn("posexplode", col("m")))]),
    gen("posexplode-outer", "a missing array has no position", [select(col("k"), fn("posexplode_outer", col("r")))]),
    gen("inline", "an array of structs as a table; a null struct is a row of nulls", [select(col("k"), fn("inline", col("s")))]),
    gen("inline-outer", "inline_outer keeps rows without structs", [select(col("k"), fn("inline_outer", col("s")))]),
    gen("inline-named", "the columns of inline renamed", [select(names(fn("inline", col("s")), "x", "y"), col("k"))]),
    gen("stack", "stack lays its arguments out in rows", [select(col("k"), fn("stack", 2, 1, "one", 2, "two"))]),
    gen("stack-uneven", "missing arguments of stack are null", [select(col("k"), fn("stack", 2, 1, 2, 3))]),
    gen("stack-columns", "stack over columns under names of their own", [select(names(fn("stack", 2, lit("k"), col("k"), lit("j"), col("j")), "name", "value"))]),
    gen("stack-types", "stack of columns whose types differ", [select(fn("stack", 2, 1, "one"))]),
    gen("json-tuple", "fields of a JSON text as columns", [select(col("k"), fn("json_tuple", col("j"), "p", "q"))]),
    gen("json-tuple-named", "fields of a JSON text under names of their own", [select(names(fn("json_tuple", col("j"), "p", "nope"), "p", "x"))]),
    gen("in-with-column", "a generator in withColumn", [select(col("k"), col("r")), with_column("x", fn("explode", col("r")))]),
    gen("star", "a generator beside all columns", [select(col("k"), col("r")), select(col("*"), named(fn("explode", col("r")), "x"))]),
    gen("of-expression", "a generator over an expression", [select(named(fn("explode", fn("array", col("k"), fn("upper", col("k")))), "x"))]),
    gen("then-where", "a filter over generated and other columns", [select(col("k"), named(fn("explode", col("r")), "x")), where(fn(">", col("x"), 1)), where(fn("!=", col("k"), "d"))]),
    gen("twice-in-a-row", "one generator after the other", [select(col("k"), col("m"), named(fn("explode", col("r")), "x")), select(col("k"), col("x"), fn("explode_outer", col("m")))]),
    gen("then-count", "generated rows counted", [select(named(fn("explode", col("r")), "x")), group([col("x")], [COUNT])], "update"),
    gen("then-sort", "generated rows counted and sorted", [select(named(fn("explode_outer", col("r")), "x")), group([col("x")], [COUNT]), order(col("x"))], "complete", ordered=True, skip=["resumed"]),
    gen("two", "two generators in one select", [select(fn("explode", col("r")), fn("explode", col("m")))]),
    gen("nested", "a generator inside an expression", [select(fn("+", fn("explode", col("r")), 1))]),
    gen("in-where", "a generator in a filter", [where(fn("=", fn("explode", col("r")), 1))]),
    gen("in-group-by", "a generator as a key", [group([fn("explode", col("r"))], [COUNT])], "update"),
    gen("in-sort", "a generator as a sort key", [group([col("k")], [COUNT]), order(fn("explode", fn("array", col("n"))))], "complete"),
    gen("of-text", "explode of a text", [select(fn("explode", col("k")))]),
    gen("inline-of-ints", "inline of an array without structs", [select(fn("inline", col("r")))]),
    gen("stack-no-count", "stack whose number of rows is a column", [select(fn("stack", fn("size", col("r")), 1))]),
    gen("stack-zero", "stack of no rows", [select(fn("stack", 0, 1))]),
    gen("names-too-few", "too few names for the columns of a map", [select(named(fn("explode", col("m")), "x"))]),
    gen("names-too-many", "too many names for an array", [select(names(fn("explode", col("r")), "x", "y"))]),
    gen("names-without", "several names for what is no generator", [select(names(fn("upper", col("k")), "x", "y"))]),
    gen("json-tuple-one", "json_tuple without a field", [select(fn("json_tuple", col("j")))]),
    case("generator-before-window", "generated rows in windows with a watermark", "time TIMESTAMP, words ARRAY<STRING>",
         [[row(time="2026-01-01T10:00:01Z", words=["a", "b", "a"])], [row(time="2026-01-01T10:00:12Z", words=["b"]), row(time="2026-01-01T10:00:05Z", words=["a"])], [row(time="2026-01-01T10:00:40Z", words=["c"])], [row(time="2026-01-01T10:00:09Z", words=["x", "y", "x"])]],
         [watermark("time", "5 seconds"), select(col("time"), named(fn("explode", col("words")), "word")), group([window("time", "10 seconds"), col("word")], [COUNT])]),
]
