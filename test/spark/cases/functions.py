"""Stateless projections: arithmetic, booleans, casts, strings, times, JSON functions."""

from cases.program import case, cast, col, fn, lit, named, row, select, when, where, with_column

T = "a INT, b INT, x DOUBLE, l BIGINT, s STRING, p BOOLEAN, q BOOLEAN, m DECIMAL(10,2)"


def exprs(**columns):
    return select(*[named(e, n) for n, e in columns.items()])


a, b, x, l, s, p, q, m = (col(n) for n in "a b x l s p q m".split())
NUMS = [[row(a=7, b=2, x=0.5, l=10, m=1.25), row(a=-7, b=2, x=-1.5, l=-10, m=-0.05), row(a=7, x=2.0)], [row(b=2, m=99999999.99), row(a=0, b=-3, x=1e308, l=9223372036854775807), row()]]
BOOLS = [[row(p=u, q=v) for u in (True, False, None)] for v in (True, False, None)]
TEXT = "s STRING, u STRING, n INT"
WORDS = [[row(s="  Hello World ", u="o", n=3), row(s="", u="", n=0), row(u="x", n=-2)], [row(s="ünïcödé ß", u="ï", n=2), row(s="😀a～b", u="a", n=1), row(s="a,b,,c", u=",", n=5)]]
S, U, N = col("s"), col("u"), col("n")
TIMES = "t TIMESTAMP, s STRING, d DATE, l BIGINT"
CLOCK = [[row(t="2026-03-08T06:59:59.123456Z", s="2026-03-08 01:59:59", d="2026-03-08", l=1772953199), row(t="1969-12-31T23:59:59.999Z", s="1969-12-31", d="1969-12-31", l=-1)],
         [row(t="2024-02-29T00:00:00Z", s="2024-02-29T12:34:56.789+05:30", d="2024-02-29", l=0), row(t="2025-12-29T05:00:00+05:00", l=None), row(s="2026-1-2 3:4:5", d="0001-01-01")]]
t, ts, d = col("t"), col("s"), col("d")
NY = {"spark.sql.session.timeZone": "America/New_York"}
BERLIN = {"spark.sql.session.timeZone": "Europe/Berlin"}


def text(expression):
    return cast(expression, "STRING")


def time_fields(expression, names):
    return {n: fn(n, expression) for n in names.split()}


def truncs(units):
    return exprs(**{u: text(fn("date_trunc", u, t)) for u in units.split()})


def json_lines(*documents):
    return [row(s=document) for document in documents]


DOCS = json_lines('{"a":1,"b":{"c":[1,2,{"d":"x"}],"e":null},"f.g":true,"t":"2026-01-01T00:00:00Z"}', '{"a":"text","b":{"c":[]}}', '[1,2,3]', 'not json', '', '{"a":1.50,"b":{"c":[{"d":1},{"d":2}]}}', '{"a":12345678901234567890}') + [row()]
JSON_SCHEMA = "a INT, b STRUCT<c: ARRAY<STRING>, e: STRING>, t TIMESTAMP"

CASES = [
    case("fn-arithmetic", "plus, minus, times by type; a null operand gives null",
         T, NUMS, [exprs(add=fn("+", a, b), sub=fn("-", a, x), mul=fn("*", a, x), lx=fn("-", l, 1), dec=fn("+", m, m), decmul=fn("*", m, a), neg=fn("negative", a))]),
    case("fn-division", "division is never integer division", T, NUMS, [exprs(d=fn("/", a, b), dd=fn("/", x, 4), dec=fn("/", m, 3), ll=fn("/", l, b))]),
    case("fn-modulo", "the sign of the remainder follows the dividend", T, NUMS, [exprs(r=fn("%", a, b), rx=fn("%", x, 2), rl=fn("%", l, 3), rm=fn("%", m, b))]),
    case("fn-divide-by-zero", "division by zero is an error", T, [[row(a=1, b=1)], [row(a=1, b=0)]], [exprs(d=fn("/", a, b))]),
    case("fn-modulo-by-zero", "remainder by zero is an error", T, [[row(a=1, b=1)], [row(a=1, b=0)]], [exprs(d=fn("%", a, b))]),
    case("fn-divide-by-zero-ansi-off", "with ANSI off division by zero gives null", T, [[row(a=1, b=0, x=0.0)]], [exprs(d=fn("/", a, b), r=fn("%", a, b), dx=fn("/", a, x))], conf={"spark.sql.ansi.enabled": "false"}),
    case("fn-int-overflow", "int addition beyond 32 bits is an error", T, [[row(a=2147483646, b=1)], [row(a=2147483647, b=1)]], [exprs(d=fn("+", a, b))]),
    case("fn-long-overflow", "long multiplication beyond 64 bits is an error", T, [[row(l=9223372036854775807)]], [exprs(d=fn("*", l, 2))]),
    case("fn-long-exact", "long arithmetic beyond 2^53 is exact", T, [[row(l=9007199254740993), row(l=-9007199254740995)]], [exprs(d=fn("+", l, 1), e=fn("*", l, 3), f=fn("%", l, 10), g=fn("/", l, 2), h=cast(l, "DOUBLE"))]),
    case("fn-three-valued-logic", "and, or, not over true, false, null", T, BOOLS, [exprs(p=p, q=q, both=fn("and", p, q), either=fn("or", p, q), no=fn("not", p), eq=fn("=", p, q), safe=fn("<=>", p, q))]),
    case("fn-where-null", "where keeps only true", T, BOOLS, [where(fn("or", fn("not", p), q))]),
    case("fn-comparison", "comparisons across numeric types", T, NUMS, [exprs(lt=fn("<", a, x), le=fn("<=", a, b), gt=fn(">", l, a), ge=fn(">=", m, x), eq=fn("=", a, l), ne=fn("!=", a, b), safe=fn("<=>", a, b))]),
    case("fn-comparison-nan", "NaN equals NaN and is above everything", "x DOUBLE, y DOUBLE", [['{"x":NaN,"y":NaN}', '{"x":NaN,"y":1.0}', '{"x":1.0,"y":NaN}', '{"x":-0.0,"y":0.0}', '{"x":"Infinity","y":NaN}']],
         [exprs(eq=fn("=", col("x"), col("y")), lt=fn("<", col("x"), col("y")), gt=fn(">", col("x"), col("y")), safe=fn("<=>", col("x"), col("y")), nan=fn("isnan", col("x")))]),
    case("fn-string-number-comparison", "a string beside a number is cast to the number's type", TEXT, [[row(s="10", n=9), row(s=" 7 ", n=7), row(s=None, n=1)]], [exprs(lt=fn("<", N, S), eq=fn("=", S, N), plus=fn("+", S, N))]),
    case("fn-string-number-bad", "a string that is no number fails the comparison", TEXT, [[row(s="10", n=9)], [row(s="ten", n=9)]], [where(fn("<", N, S))]),
    case("fn-in-between", "in, between and their nulls", T, NUMS, [exprs(i=fn("in", a, 7, 0), j=fn("in", a, 1, lit(None)), w=fn("between", a, -7, 0), n=fn("isnull", a), nn=fn("isnotnull", b))]),
    case("fn-coalesce-when", "coalesce, nullif, nvl, case with and without else", T, NUMS,
         [exprs(c=fn("coalesce", a, b, -1), nf=fn("nullif", a, 7), nv=fn("nvl", x, 9.5), big=when((fn(">", a, 0), lit("pos")), (fn("<", a, 0), lit("neg"))), e=when((fn("isnull", a), lit("none")), otherwise=text(a)), f=fn("if", fn(">", a, 0), 1, 2.5))]),
    case("fn-greatest-least", "greatest and least skip nulls", T, NUMS, [exprs(g=fn("greatest", a, b), w=fn("least", a, l, x))]),
    case("fn-math", "rounding and friends", "x DOUBLE, m DECIMAL(10,3), a INT", [[row(x=2.5, m=2.345, a=-15), row(x=-2.5, m=-2.355, a=25)], [row(x=0.125, m=0.005), row(x=1e17), row()]],
         [exprs(r=fn("round", x), r2=fn("round", x, 2), rm=fn("round", m, 2), ra=fn("round", col("a"), -1), br=fn("bround", x, 0), c=fn("ceil", x), f=fn("floor", x), ab=fn("abs", x), abd=fn("abs", m), sg=fn("signum", x), sq=fn("sqrt", fn("abs", x)), pw=fn("power", x, 2))]),
    case("fn-cast-numbers", "casts between numbers truncate and keep exactness", "x DOUBLE, l BIGINT, m DECIMAL(10,2)", [[row(x=2.9, l=42, m=3.99), row(x=-2.9, l=-1, m=-3.99)], [row()]],
         [exprs(xi=cast(col("x"), "INT"), xl=cast(col("x"), "BIGINT"), mi=cast(m, "INT"), ls=cast(l, "SMALLINT"), lb=cast(l, "TINYINT"), ld=cast(l, "DOUBLE"), xm=cast(col("x"), "DECIMAL(5,1)"), mm=cast(m, "DECIMAL(8,1)"), xf=cast(col("x"), "FLOAT"), b=cast(l, "BOOLEAN"))]),
    case("fn-cast-to-string", "numbers, booleans and times as text", "x DOUBLE, f FLOAT, l BIGINT, m DECIMAL(20,10), p BOOLEAN, t TIMESTAMP, d DATE",
         [['{"x":1.0,"f":0.1,"l":-5,"m":1.5,"p":true,"t":"2026-01-01T00:00:00Z","d":"2026-01-01"}', '{"x":1e21,"f":1e10,"m":0,"t":"2026-01-01T00:00:00.120Z"}', '{"x":1.0E-5,"f":NaN,"m":0.0000000001,"t":"2026-07-01T10:00:00.000001Z"}'],
          ['{"x":123456789.125,"f":16777216,"t":"0001-01-01T00:00:00Z"}', '{"x":"-Infinity","f":-0.0}', '{"x":0.001,"f":0.0001}', '{"x":9999999.0,"f":1.0E7}', '{"x":4.9E-324,"f":3.4028235E38}', '{}']],
         [select(*[named(text(col(n)), n) for n in "x f l m p t d".split()])], conf=BERLIN),
    case("fn-cast-from-string", "text to numbers, booleans, dates, times", "s STRING", [[row(s="1"), row(s=" 42 ")], [row(s="0"), row(s=None)]],
         [exprs(i=cast(S, "INT"), l=cast(S, "BIGINT"), x=cast(S, "DOUBLE"), m=cast(S, "DECIMAL(5,2)"), b=cast(S, "BINARY"))]),
    case("fn-cast-string-boolean", "the words of true and false", "s STRING", [[row(s=v) for v in ("true", "T", "yes", "y", "1", " FALSE ", "f", "No", "n", "0")]], [exprs(s=S, b=cast(S, "BOOLEAN"))]),
    case("fn-cast-string-double", "the spellings of doubles", "s STRING", [[row(s=v) for v in ("1e3", ".5", "5.", "-Infinity", "inf", "NaN", "1d", "0x10", "+7")][:7]], [exprs(s=S, x=cast(S, "DOUBLE"))]),
    case("fn-cast-string-timestamp", "the spellings of times", "s STRING",
         [[row(s=v) for v in ("2026", "2026-03", "2026-03-29", "2026-3-9 1:2:3", "2026-03-29T01:30:00", "2026-03-29 02:30:00", "2026-10-25 02:30:00", "2026-03-29T10:00:00.123456789", "2026-03-29 10:00:00Z", "2026-03-29 10:00:00+05:30", "2026-03-29 10:00:00 America/New_York", " 2026-03-29 ", "-0001-01-01 00:00:00", "2026-03-29 10:00:00 UTC-3")]],
         [exprs(s=S, t=text(cast(S, "TIMESTAMP")))], conf=BERLIN),
    case("fn-cast-bad-int", "a text that is no number fails the cast", "s STRING", [[row(s="1")], [row(s="one")]], [exprs(i=cast(S, "INT"))]),
    case("fn-cast-int-overflow", "a long too big for an int fails the cast", T, [[row(l=1)], [row(l=3000000000)]], [exprs(i=cast(l, "INT"))]),
    case("fn-cast-bad-timestamp", "a text that is no time fails the cast", "s STRING", [[row(s="yesterday")]], [exprs(i=cast(S, "TIMESTAMP"))]),
    case("fn-cast-bad-boolean", "a text that is no boolean fails the cast", "s STRING", [[row(s="maybe")]], [exprs(i=cast(S, "BOOLEAN"))]),
    case("fn-cast-decimal-overflow", "a number too big for the decimal fails the cast", T, [[row(l=99)], [row(l=1000)]], [exprs(i=cast(l, "DECIMAL(4,2)"))]),
    case("fn-cast-double-to-int-overflow", "a double too big for an int fails the cast", T, [[row(x=3e9)]], [exprs(i=cast(x, "INT"))]),
    case("fn-cast-ansi-off", "with ANSI off bad casts give null, overflow wraps", T, [[row(s="one", l=3000000000, x=3e9, a=2147483647), row(s="1.9", l=300)]],
         [exprs(i=cast(s, "INT"), j=cast(l, "INT"), y=cast(l, "TINYINT"), k=cast(x, "INT"), t=cast(s, "TIMESTAMP"), o=fn("+", a, 1))], conf={"spark.sql.ansi.enabled": "false"}),
    case("fn-cast-timestamp-number", "times to seconds and back", TIMES, CLOCK, [exprs(l=cast(t, "BIGINT"), x=cast(t, "DOUBLE"), back=text(cast(col("l"), "TIMESTAMP")), d=cast(t, "DATE"), dt=text(cast(d, "TIMESTAMP")))], conf=NY),
    case("fn-strings", "upper, lower, trims, length", TEXT, WORDS, [exprs(up=fn("upper", S), lo=fn("lower", S), tr=fn("trim", S), lt=fn("ltrim", S), rt=fn("rtrim", S), n=fn("length", S), c=fn("char_length", S), rev=fn("reverse", S), ic=fn("initcap", S))]),
    case("fn-substring", "positions are from one, from the end, or out of range", TEXT, WORDS, [exprs(a=fn("substring", S, 1, 2), b=fn("substring", S, 0, 3), c=fn("substring", S, -3, 2), d=fn("substring", S, N, 2), e=fn("substring", S, 100, 1), f=fn("substr", S, 2), g=fn("left", S, 2), h=fn("right", S, 2))]),
    case("fn-concat", "concat is null with a null, concat_ws skips it", TEXT, WORDS, [exprs(c=fn("concat", S, "-", U), w=fn("concat_ws", "|", S, U, text(N)), n=fn("concat", S, lit(None)), r=fn("repeat", U, 3))]),
    case("fn-string-search", "like, startswith, endswith, contains, instr, locate", TEXT, WORDS,
         [exprs(l1=fn("like", S, "%o W%"), l2=fn("like", S, "_😀%"), l3=fn("like", S, "a,b%c"), l4=fn("like", S, "😀_～%"), st=fn("startswith", S, U), en=fn("endswith", S, "c"), co=fn("contains", S, U), ins=fn("instr", S, U), loc=fn("locate", U, S))]),
    case("fn-like-escape", "backslash escapes the wildcards", "s STRING", [[row(s="100%"), row(s="100x"), row(s="a_b"), row(s="acb"), row(s="line\nbreak"), row(s="back\\slash")]],
         [exprs(s=S, pc=fn("like", S, "100\\%"), us=fn("like", S, "a\\_b"), nl=fn("like", S, "line%"), bs=fn("like", S, "%\\\\%"))]),
    case("fn-regexp", "rlike, regexp_replace, regexp_extract", TEXT, WORDS, [exprs(r=fn("rlike", S, "^[a-z,]+$"), rep=fn("regexp_replace", S, "[aeiou]+", "*"), grp=fn("regexp_replace", S, "(\\w)(,)", "$2$1"), ex=fn("regexp_extract", S, "(\\w+) (\\w+)", 2))]),
    case("fn-split", "split keeps empty parts, and honours its limit", TEXT, WORDS, [exprs(p=fn("split", S, ","), q=fn("split", S, ",", 2), first=fn("element_at", fn("split", S, ","), 1), n=fn("size", fn("split", S, " ")))]),
    case("fn-replace-pad", "replace, translate, lpad, rpad", TEXT, WORDS, [exprs(r=fn("replace", S, U, "#"), d=fn("replace", S, "o"), tr=fn("translate", S, "ab,", "AB"), lp=fn("lpad", S, 6, "*-"), rp=fn("rpad", S, 6, "*-"), cut=fn("lpad", S, 2, "*"), sp=fn("lpad", U, 3, " "))]),
    case("fn-string-bytes", "ascii, base64, hex, md5, sha2, crc32 of UTF-8", TEXT, WORDS, [exprs(a=fn("ascii", S), b=fn("base64", cast(S, "BINARY")), h=fn("hex", S), m5=fn("md5", cast(S, "BINARY")), c=fn("crc32", cast(S, "BINARY")), bl=fn("octet_length", S))], needs=["hash_functions"]),
    case("fn-date-trunc", "every unit of date_trunc", TIMES, CLOCK, [truncs("YEAR QUARTER MONTH WEEK DAY HOUR MINUTE SECOND MILLISECOND MICROSECOND")]),
    case("fn-date-trunc-new-york", "date_trunc follows the session time zone", TIMES, CLOCK, [truncs("MONTH WEEK DAY HOUR")], conf=NY),
    case("fn-date-trunc-words", "short and wrong units", TIMES, CLOCK, [truncs("yy mon dd hh mm nonsense")]),
    case("fn-time-fields", "the parts of a time", TIMES, CLOCK, [exprs(**time_fields(t, "year quarter month dayofmonth hour minute second dayofweek dayofyear weekofyear"))]),
    case("fn-time-fields-berlin", "the parts of a time in Berlin", TIMES, CLOCK, [exprs(**time_fields(t, "year month dayofmonth hour minute second"))], conf=BERLIN),
    case("fn-date-fields", "the parts of a date", TIMES, CLOCK, [exprs(**time_fields(d, "year month day dayofweek"), t=fn("trunc", d, "MONTH"), add=fn("date_add", d, 30), sub=fn("date_sub", d, 1), diff=fn("datediff", d, cast(lit("2026-01-01"), "DATE")), last=fn("last_day", d))], needs=["date_arithmetic"]),
    case("fn-to-timestamp", "to_timestamp without and with a format", "s STRING, f STRING", [[row(s="2026-01-02 03:04:05", f="02/01/2026 15:04"), row(s="2026-01-02T03:04:05.678Z", f="31/12/1999 23:59")], [row(s="2026-01-02"), row()]],
         [exprs(t=text(fn("to_timestamp", S)), f=text(fn("to_timestamp", col("f"), "dd/MM/yyyy HH:mm")), d=fn("to_date", S), u=fn("unix_timestamp", col("f"), "dd/MM/yyyy HH:mm"))], conf=NY),
    case("fn-to-timestamp-fraction", "formats with fractions, zones and names", "s STRING", [[row(s="2026-07-04 05:06:07.891 +0200")], [row(s="2026-01-31 23:59:59.000 -0530")]],
         [exprs(t=text(fn("to_timestamp", S, "yyyy-MM-dd HH:mm:ss.SSS Z")))]),
    case("fn-to-timestamp-bad", "a text that does not fit the format fails", "s STRING", [[row(s="2026-01-02")], [row(s="02.01.2026")]], [exprs(t=fn("to_timestamp", S, "yyyy-MM-dd"))]),
    case("fn-to-timestamp-bad-default", "a text that is no time fails to_timestamp", "s STRING", [[row(s="soon")]], [exprs(t=fn("to_timestamp", S))]),
    case("fn-try-to-timestamp", "try_to_timestamp gives null", "s STRING", [[row(s="2026-01-02"), row(s="soon"), row()]], [exprs(t=fn("try_to_timestamp", S), u=fn("try_to_timestamp", S, "yyyy-MM-dd"))]),
    case("fn-to-date", "to_date without and with a format", "s STRING", [[row(s="2026-01-02"), row(s="2026-1-2")], [row(s="2026-01-02 10:00:00")]], [exprs(d=fn("to_date", S), y=fn("year", fn("to_date", S)))]),
    case("fn-unix-time", "seconds since 1970 and back", TIMES, CLOCK, [exprs(u=fn("unix_timestamp", t), ud=fn("unix_timestamp", d), ms=fn("unix_millis", t), us=fn("unix_micros", t), fu=fn("from_unixtime", col("l")), tm=text(fn("timestamp_millis", col("l"))), sec=text(fn("timestamp_seconds", col("l"))))], conf=BERLIN),
    case("fn-date-format", "date_format patterns", TIMES, CLOCK, [exprs(a=fn("date_format", t, "yyyy-MM-dd HH:mm:ss.SSS"), b=fn("date_format", t, "dd/MM/yy hh:mm a"), c=fn("date_format", t, "EEE, d MMM yyyy"), z=fn("date_format", t, "yyyy-MM-dd'T'HH:mm:ssXXX"))], conf=NY),
    case("fn-interval-arithmetic", "times shifted by cast seconds", TIMES, CLOCK, [exprs(n=text(fn("timestamp_seconds", fn("+", fn("unix_timestamp", t), 3600))), g=fn(">", t, cast(lit("2025-01-01"), "TIMESTAMP")), same=fn("=", t, t))]),
    case("fn-get-json-object", "paths into JSON text", "s STRING", [DOCS],
         [exprs(a=fn("get_json_object", S, "$.a"), b=fn("get_json_object", S, "$.b"), c0=fn("get_json_object", S, "$.b.c[0]"), d=fn("get_json_object", S, "$.b.c[2].d"), st=fn("get_json_object", S, "$.b.c[*].d"), e=fn("get_json_object", S, "$.b.e"), fg=fn("get_json_object", S, "$['f.g']"), r0=fn("get_json_object", S, "$[1]"), root=fn("get_json_object", S, "$"), bad=fn("get_json_object", S, "a"))]),
    case("fn-from-json", "from_json: nested, mistyped, malformed, missing", "s STRING", [DOCS], [select(named(fn("from_json", S, JSON_SCHEMA), "j")), select(col("j"), col("j.a"), col("j.b.c"), named(fn("isnull", col("j")), "none"))]),
    case("fn-from-json-partial", "a wrong field in the middle leaves the others", "s STRING",
         [json_lines('{"a":"x","b":{"c":["1"],"e":"ok"},"t":"2026-01-01"}', '{"a":1,"b":7,"t":"2026-01-01 10:00:00"}', '{"a":1,"b":{"c":"no","e":"kept?"}}', '{"a":3000000000}', '{"a":1} trailing', '{"a":1', '{"a":1,"a":2}')], [exprs(j=fn("from_json", S, JSON_SCHEMA))]),
    case("fn-from-json-failfast", "from_json in FAILFAST mode fails on malformed text", "s STRING", [json_lines('{"a":1}'), json_lines('{"a":')],
         [exprs(j=fn("from_json", S, JSON_SCHEMA, fn("map", "mode", "FAILFAST")))]),
    case("fn-from-json-corrupt", "from_json keeps the raw text in _corrupt_record", "s STRING", [json_lines('{"a":1}', '{"a":', '{"a":"x"}', 'null', '[]', '[{"a":5}]', '"text"', '')], [exprs(j=fn("from_json", S, "a INT, _corrupt_record STRING"))]),
    case("fn-from-json-array-map", "from_json of arrays and maps", "s STRING", [json_lines('[1,2,null]', '{"x":1,"y":2}', '7', 'oops')], [exprs(arr=fn("from_json", S, "ARRAY<INT>"), mp=fn("from_json", S, "MAP<STRING,INT>"))]),
    case("fn-to-json", "to_json of structs: nulls left out, nested, special characters", "a INT, s STRING, t TIMESTAMP, p STRUCT<x: DOUBLE, y: ARRAY<INT>>, m DECIMAL(20,5), l BIGINT",
         [['{"a":1,"s":"q\\"uote\\\\ \\u0001 ü 😀 /","t":"2026-01-01T00:00:00.123456Z","p":{"x":1.0,"y":[1,null]},"m":1.5,"l":9007199254740993}', '{}', '{"p":{}}', '{"p":{"x":1e21,"y":[]},"s":""}']],
         [exprs(j=fn("to_json", fn("struct", col("a"), col("s"), col("t"), col("p"), col("m"), col("l"))), k=fn("to_json", col("p")))], conf=BERLIN),
    case("fn-to-json-round-trip", "from_json after to_json", "s STRING", [DOCS], [exprs(j=fn("to_json", fn("from_json", S, JSON_SCHEMA)))]),
    case("fn-struct-fields", "named_struct, struct, getField", T, NUMS, [with_column("st", fn("struct", a, named(x, "y"))), with_column("ns", fn("named_struct", "k", b, "v", s)), select(col("st"), col("st.y"), {"field": [col("ns"), "k"]})]),
    case("fn-select-drop", "select with repeated work, drop, replaced column", T, NUMS, [with_column("a", fn("+", a, 1)), with_column("z", fn("*", col("a"), 2)), {"op": "drop", "names": ["b", "q", "nothing"]}, where(fn("isnotnull", col("z")))]),
    case("fn-star", "a star among columns", "a INT, b STRING", [[row(a=1, b="x")], [row()]], [select(col("*"), named(fn("+", col("a"), 1), "next"))]),
    case("fn-nested-access", "arrays, maps and structs of the input", "p STRUCT<x: INT, y: STRUCT<z: ARRAY<STRING>>>, m MAP<STRING, INT>, r ARRAY<STRUCT<k: INT>>",
         [['{"p":{"x":1,"y":{"z":["a","b"]}},"m":{"k":1,"__proto__":2},"r":[{"k":1},{"k":2},null]}', '{"p":{"y":null},"m":{},"r":[]}'], ['{}']],
         [select(col("p.y.z"), col("p.y"), col("m"), col("m.k"), col("r.k"), named(fn("size", col("r")), "n"))]),
    case("fn-case-insensitive", "column names match whatever their case", "Abc INT, dEf STRING", [[row(Abc=1, dEf="x"), row(abc=2, DEF="y")]], [select(col("ABC"), col("def")), where(fn(">", col("abc"), 0))]),
    case("fn-current-timestamp-constant", "current_timestamp is one value per batch", "a INT", [[row(a=1), row(a=2)], [row(a=3)]],
         [exprs(a=a, same=fn("=", fn("current_timestamp"), fn("current_timestamp")), recent=fn(">", fn("current_timestamp"), cast(lit("2020-01-01"), "TIMESTAMP")))]),
]
