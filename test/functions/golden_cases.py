"""The cases of make-goldens.py: (function, ((type, text), …))."""


def s(*texts):
    return [("STRING", text) for text in texts]


def i(*texts):
    return [("INT", None if text is None else str(text)) for text in texts]


def b(*texts):
    return [("BIGINT", None if text is None else str(text)) for text in texts]


def d(*texts):
    return [("DOUBLE", None if text is None else str(text)) for text in texts]


def dec(kind, *texts):
    return [(f"DECIMAL({kind})", text) for text in texts]


def ts(*texts):
    return [("TIMESTAMP", text) for text in texts]


def date(*texts):
    return [("DATE", text) for text in texts]


def t(kind, text):
    return [(kind, text)]


MAX = "9223372036854775807"
MIN = "-9223372036854775808"
CASES = []


def add(name, *argument_lists):
    for args in argument_lists:
        CASES.append((name, args))


ARITHMETIC = [
    i(7, 2), i(-7, 2), i(7, None), i(7, 0), i(2147483647, 1), i(-2147483648, -1), i(-2147483648, 1),
    b(7, 3), b(MAX, 1), b(MIN, 1), b(MAX, 2), b(MIN, -1), d("7.5", "2.0"), d("1e308", "10"), d("1.5", "0.0"), d("NaN", "1.0"),
    t("TINYINT", "100") + t("TINYINT", "100"), t("SMALLINT", "30000") + t("SMALLINT", "30000"), t("TINYINT", "100") + i(1),
    i(3) + b(4), i(3) + d("0.5"), b(3) + d("0.5"), t("FLOAT", "1.5") + i(2), t("FLOAT", "1.5") + t("FLOAT", "0.1"),
    s("10") + i(3), s("1.5") + d("2.0"), s("x") + i(1), s("1", "2"), t("VOID", None) + i(1), t("BOOLEAN", "true") + i(1),
    dec("5,2", "12.34", "1.10"), dec("10,0", "7") + dec("10,5", "0.33333"), dec("5,2", "12.34") + i(3), i(3) + dec("5,2", "12.34"),
    dec("5,2", "12.34") + b(3), dec("5,2", "12.34") + d("0.5"), dec("38,0", "99999999999999999999999999999999999999", "1"),
    dec("38,10", "1234567890123456789012345678.0123456789", "9.5"), dec("5,2", "1.00", "0.00"), dec("38,18", "1.000000000000000003") + dec("38,18", "3"),
    s("1.5") + dec("5,2", "2.25"),
    date("2020-01-31") + i(1), i(1, 2, 3), i(1),
]
for name in ("+", "-", "*", "/", "%"):
    add(name, *ARITHMETIC)
add("div", *ARITHMETIC[:24], *ARITHMETIC[24:30], dec("5,2", "12.34", "1.10"), dec("5,2", "12.34", "0.00"))
for name in ("try_add", "try_subtract", "try_multiply", "try_divide", "try_mod"):
    add(name, i(7, 2), i(2147483647, 1), i(7, 0), b(MAX, 2), b(MIN, MAX), d("1.5", "0.0"), dec("38,0", "99999999999999999999999999999999999999", "1"))
add("pmod", i(7, 3), i(-7, 3), i(-7, -3), i(7, 0), b(-7, 3), d("-7.5", "2.0"), dec("5,2", "-7.50", "2.00"), i(7, None))
add("mod", i(7, 3), i(-7, 3))
for name in ("negative", "abs", "positive"):
    add(name, i(5), i(-5), i(-2147483648), b(MIN), d("-0.0"), d("NaN"), dec("5,2", "-1.25"), s("-3"), s("x"), i(None), t("TINYINT", "-128"), t("BOOLEAN", "true"))
add("sign", i(-5), d("-2.5"), dec("5,2", "-1.25"), d("NaN"), i(0))

COMPARED = [
    i(1, 2), i(2, 2), i(3, None), b(1, 2), d("NaN", "NaN"), d("NaN", "1.0"), d("-0.0", "0.0"), s("a", "b"), s("a", "a"), s("é", "z"),
    i(1) + b(1), i(1) + d("1.0"), s("1") + i(1), s("01") + i(1), s("x") + i(1), s("1.0") + d("1"), date("2020-01-01") + ts("2020-01-01 00:00:00"),
    s("2020-01-01") + date("2020-01-01"), s("2020-01-01 00:00:00") + ts("2020-01-01 00:00:00"), t("BOOLEAN", "true") + t("BOOLEAN", "false"),
    s("true") + t("BOOLEAN", "true"), dec("5,2", "1.50") + dec("10,4", "1.5"), dec("5,2", "1.50") + i(1), dec("5,2", "1.50") + d("1.5"),
    t("VOID", None) + i(1), t("VOID", None) + t("VOID", None), i(1) + t("BOOLEAN", "true"), t("ARRAY<INT>", "[1,2]") + t("ARRAY<INT>", "[1,3]"),
    t("BINARY", "a") + t("BINARY", "b"), t("MAP<STRING,INT>", '{"a":1}') * 2, i(1) + ts("2020-01-01 00:00:00"), s("😀", "\uffff"),
]
for name in ("=", "<", "<=", ">", ">=", "<=>"):
    add(name, *COMPARED)
add("==", i(1, 1))
add("!=", i(1, 2), s("a", "a"), i(1, None))
add("not", t("BOOLEAN", "true"), t("BOOLEAN", None), s("true"), i(1))
for name in ("isnull", "isnotnull"):
    add(name, i(1), i(None), s("a"), t("VOID", None))
add("isnan", d("NaN"), d("1.0"), d(None), s("NaN"), i(1))
add("in", i(1, 1, 2), i(3, 1, 2), i(3, 1, None), i(None, 1), s("a", "b", "a"), s("1") + i(1, 2), i(1) + s("1", "x"), i(1) + d("1.0") + b(2))
add("between", i(2, 1, 3), i(0, 1, 3), i(2, None, 1), s("b", "a", "c"))
add("and", t("BOOLEAN", "true") + t("BOOLEAN", None), t("BOOLEAN", "false") + t("BOOLEAN", None), t("BOOLEAN", "true") + i(1), i(1, 1))
add("or", t("BOOLEAN", "true") + t("BOOLEAN", None), t("BOOLEAN", "false") + t("BOOLEAN", None))
for name in ("&", "|", "^"):
    add(name, i(12, 10), b(12, -1), t("TINYINT", "5") + i(3), i(1, None), d("1.0", "2.0"))
add("~", i(5), b(-1), t("TINYINT", "5"))
add("shiftleft", i(1, 4), i(1, 33), b(1, 40)), add("shiftright", i(-8, 1), b(-8, 1))

add("like", s("abc", "a%"), s("abc", "_b_"), s("abc", "b"), s("a%c", "a\\%c"), s("abc", "a\\%c"), s("a\nb", "a%b"), s("a.c", "a.c"), s("abc", "a.c"), s("abc", None), s("abc", "a\\bc"), s("abc", "abc\\"), s("a%", "a!%", "!"))
add("rlike", s("abc", "b"), s("abc", "^b"), s("abc", "(a|x)b"), s("ABC", "(?i)abc"), s("a1", "\\d"), s("abc", "["), s("a\nb", "a.b"), s("abc", None), s("é", "\\w"), s("x", "\\p{L}"))
for name in ("startswith", "endswith", "contains"):
    add(name, s("hello", "he"), s("hello", "lo"), s("hello", "ell"), s("hello", ""), s("hello", None))

add("upper", s("abcß"), s("ŉ"), s(None), i(1), s("a", "b"), []), add("ucase", s("a")), add("lower", s("ÀBC"), s("İ")), add("lcase", s("A"))
for name in ("trim", "ltrim", "rtrim"):
    add(name, s("  a b \t"), s(""), s(None))
add("trim", s("xaxbx", "x")), add("ltrim", s("xyab", "yx")), add("rtrim", s("abxy", "yx")), add("btrim", s("xxaxx", "x"), s(" a "))
add("length", s("abc"), s("é😀"), t("BINARY", "é"), i(123)), add("char_length", s("abc")), add("len", s("abc")), add("character_length", s("ab"))
add("octet_length", s("é😀")), add("bit_length", s("é"))
SUB = [s("hello") + i(2), s("hello") + i(2, 3), s("hello") + i(0, 2), s("hello") + i(-3, 2), s("hello") + i(-10, 7), s("hello") + i(10), s("hello") + i(2, -1), s("a😀b") + i(2, 1), s("hello") + i(None), s("hello") + s("2"), t("BINARY", "hello") + i(2, 2)]
add("substring", *SUB), add("substr", *SUB[:3]), add("left", s("hello") + i(2), s("hello") + i(-1), s("hello") + i(9)), add("right", s("hello") + i(2), s("hello") + i(0), s("hello") + i(9))
add("concat", s("a", "b"), s("a", None), s("a") + i(1), i(1, 2), [], t("ARRAY<INT>", "[1]") + t("ARRAY<INT>", "[2,3]"), t("BINARY", "a") + t("BINARY", "b"), s("a") + d("1.0"))
add("concat_ws", s(",", "a", "b"), s(",", "a", None, "b"), s(None, "a"), s(","), s("-") + i(1, 2), s(",") + t("ARRAY<STRING>", '["a",null,"b"]') + s("c"))
add("||", s("a", "b"))
add("replace", s("abcabc", "b", "x"), s("abc", "b"), s("abc", "", "x"), s("abc", None, "x"))
add("split", s("a,b,c", ","), s("a1b22c", "\\d+"), s("abc", ""), s("a,b,c", ",") + i(2), s("a,b,,", ","), s("a,b,,", ",") + i(0), s("", ","), s("a.b", "."), s(None, ","))
add("lpad", s("hi") + i(5) + s("xy"), s("hi") + i(1) + s("x"), s("hi") + i(5), s("hi") + i(5) + s(""), s("hi") + i(-1) + s("x")), add("rpad", s("hi") + i(5) + s("xy"), s("hi") + i(1), s("hi") + i(4))
add("repeat", s("ab") + i(3), s("ab") + i(0), s("ab") + i(-1)), add("reverse", s("abc"), s("a😀"), t("ARRAY<INT>", "[1,2,3]"))
add("instr", s("hello", "l"), s("hello", "z"), s("hello", ""), s("😀b", "b")), add("locate", s("l", "hello"), s("l", "hello") + i(4), s("z", "hello"), s("l", "hello") + i(0), s("", "abc"), s("l", "hello") + i(None)), add("position", s("l", "hello"), s("l", "hello") + i(4)), add("charindex", s("l", "hello"))
add("initcap", s("hello wORLD"), s("a-b c_d"), s("élan 1a")), add("ascii", s("a"), s(""), s("é"), s("😀")), add("chr", b(65), b(256), b(-1), b(321)), add("char", b(66))
add("translate", s("abcba", "ab", "1"), s("abc", "bb", "xy"), s("abc", "", "x")), add("space", i(3))
add("regexp_replace", s("a1b22", "\\d+", "#"), s("abc", "(b)", "[$1]"), s("abc", "b", "x") + i(3), s("abcb", "b", "\\$"), s("abc", "[", "x"), s(None, "a", "b"), s("aaa", "a", "b") + i(2))
add("regexp_extract", s("a1b22", "(\\d+)"), s("a1b22", "([a-z])(\\d+)") + i(2), s("abc", "(\\d+)"), s("a1", "\\d") + i(0), s("a1", "\\d") + i(1), s("ab", "(x)?b") + i(1))
add("regexp_extract_all", s("a1b22", "(\\d+)"), s("a1b22", "([a-z])(\\d+)") + i(0)), add("regexp_count", s("a1b22", "\\d")), add("regexp_substr", s("a1b22", "\\d+"), s("a", "\\d")), add("regexp_instr", s("a1b22", "\\d+"), s("a", "\\d"))
add("split_part", s("a,b,c", ",") + i(2), s("a,b,c", ",") + i(-1), s("a,b", ",") + i(5), s("a,b", ",") + i(0)), add("substring_index", s("a.b.c", ".") + i(2), s("a.b.c", ".") + i(-1), s("a.b.c", ".") + i(0))
add("overlay", s("SparkSQL", "_") + i(6), s("SparkSQL", "ANSI ") + i(7, 0)), add("levenshtein", s("kitten", "sitting")), add("soundex", s("Miller")), add("find_in_set", s("b", "a,b,c"))
add("md5", s("abc"), t("BINARY", "abc")), add("sha1", s("abc")), add("sha", s("abc")), add("sha2", s("abc") + i(256), s("abc") + i(0), s("abc") + i(512), s("abc") + i(224), s("abc") + i(384), s("abc") + i(1)), add("crc32", s("abc"))
add("base64", t("BINARY", "hello"), s("hello world!")), add("unbase64", s("aGVsbG8="), s("aGVsbG8"), s("$")), add("hex", s("abc"), b(255), b(-1), t("BINARY", "a")), add("unhex", s("616263"), s("F"), s("zz")), add("bin", b(13), b(-1)), add("conv", s("100") + i(2, 10), s("-10") + i(16, -10), s("ff") + i(16, 2))
add("format_string", s("%s-%d") + s("a") + i(5), s("%05.2f") + d("3.14159"), s("%x") + i(255), s("%%"), s("%10s|%-5s|") + s("a", "b"), s("%s") + i(None)), add("printf", s("%d") + i(1)), add("format_number", d("12345.678") + i(2), d("0.5") + i(0), i(1234567) + i(1))
add("encode", s("é", "utf-8")), add("decode", t("BINARY", "abc") + s("utf-8")), add("url_encode", s("a b&c")), add("url_decode", s("a+b%26c"))

UNARY_DOUBLE = ["sqrt", "exp", "ln", "log10", "log2", "log1p", "expm1", "cbrt", "sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh", "degrees", "radians", "rint"]
for name in UNARY_DOUBLE:
    add(name, d("0.5"), d("-1.0"), d("0.0"), i(2), d(None))
add("ceil", d("1.2"), d("-1.2"), dec("5,2", "1.25"), i(5), d("NaN"), d("1e20"), dec("5,2", "1.25") + i(1), s("1.5")), add("floor", d("1.8"), d("-1.2"), dec("5,2", "-1.25"), b(5), dec("5,2", "1.25") + i(1)), add("ceiling", d("1.2"))
ROUND = [d("2.5"), d("-2.5"), d("3.14159") + i(2), d("1.005") + i(2), dec("5,2", "2.25") + i(1), dec("5,2", "2.25"), i(125) + i(-1), b(125) + i(-2), d("1e300") + i(2), d("NaN") + i(1), i(5), dec("5,2", "99.99") + i(-1), i(2147483647) + i(-1)]
add("round", *ROUND), add("bround", *ROUND)
add("pow", d("2.0", "10.0"), i(2, 3), d("-8.0", "0.5")), add("power", i(2, 0)), add("log", d("10.0"), d("2.0", "8.0"), d("0.0")), add("atan2", d("1.0", "2.0")), add("hypot", d("3.0", "4.0")), add("factorial", i(5), i(21)), add("pi", []), add("e", [])
for name in ("greatest", "least"):
    add(name, i(1, 3, 2), i(1, None, 2), d("NaN", "1.0"), i(1) + d("2.5"), s("a", "b"), i(None, None), i(1), i(1) + s("2"), dec("5,2", "1.50") + i(1))
add("width_bucket", d("5.3", "0.2", "10.6") + b(5))

add("coalesce", i(None, 2), i(1, 2), i(None, None), s(None, "a"), i(1) + s("a"), i(None) + d("1.5"), [], t("VOID", None) + i(1)), add("nvl", i(None, 2)), add("ifnull", i(None, 2)), add("nullif", i(1, 1), i(1, 2), i(1, None)), add("nvl2", i(None, 1, 2), i(3, 1, 2))
add("if", t("BOOLEAN", "true") + i(1, 2), t("BOOLEAN", None) + i(1, 2), t("BOOLEAN", "true") + i(1) + s("a"), i(1, 2, 3), t("BOOLEAN", "false") + i(1) + d("2.5"))
add("when", t("BOOLEAN", "false") + i(1) + t("BOOLEAN", "true") + i(2), t("BOOLEAN", "false") + i(1), t("BOOLEAN", "false") + i(1) + i(3))
add("zeroifnull", i(None)), add("nullifzero", i(0), i(1))

TS = ts("2021-11-07 01:30:15.123456")
PARTS = ["year", "quarter", "month", "day", "dayofmonth", "dayofweek", "weekday", "dayofyear", "weekofyear", "hour", "minute", "second", "last_day", "dayname", "monthname"]
for name in PARTS:
    add(name, TS, date("2020-02-29"), s("1969-12-31 23:59:59.5"), ts(None))
add("year", s("x"), i(1))
for unit in ("year", "yyyy", "yy", "quarter", "month", "mon", "mm", "week", "day", "dd", "hour", "minute", "second", "millisecond", "microsecond", "x"):
    add("date_trunc", s(unit) + ts("2021-11-10 13:45:59.123456"))
add("date_trunc", s("day") + ts("2021-11-07 12:00:00"), s("hour") + ts("1960-01-01 01:02:03.5"), s("day") + s("2020-01-01 05:00:00"), s(None) + TS, s("week") + ts("2021-01-01 00:00:00"))
for unit in ("year", "quarter", "month", "week", "day"):
    add("trunc", date("2021-08-19") + s(unit))
add("to_timestamp", s("2021-07-01 12:34:56"), s("2021-07-01"), s("x"), s("2021-07-01T12:34:56Z"), s("01/07/2021 08", "dd/MM/yyyy HH"), s("x", "yyyy"), s("2021-03-14 02:30:00"), s("2021-11-07 01:30:00.5"), s(None), date("2020-01-01"), i(5), s("2021-07-01 12:34:56.789", "yyyy-MM-dd HH:mm:ss.SSS"))
add("try_to_timestamp", s("x"), s("2021-07-01 12:34:56"), s("1 2", "yyyy"))
add("to_date", s("2021-07-01"), s("2021-07-01 12:00:00"), s("x"), s("01.07.2021", "dd.MM.yyyy"), ts("2021-07-01 23:59:59"), s("bad", "yyyy-MM-dd"))
add("date_format", ts("2021-07-01 12:34:56.789") + s("yyyy/MM/dd HH:mm:ss.SSS"), ts("2021-07-01 12:34:56") + s("E d MMM yyyy h:mm a"), date("2021-07-01") + s("yyyyMMdd"), s("2021-07-01") + s("DDD"), TS + s("XXX"))
add("unix_timestamp", s("2021-07-01 12:34:56"), ts("2021-07-01 12:34:56"), s("2021-07-01", "yyyy-MM-dd"), s("x"), date("2021-07-01")), add("to_unix_timestamp", s("2021-07-01 00:00:00"))
add("from_unixtime", b(0), b(1625168096) + s("yyyy-MM-dd HH"), b(None))
add("unix_seconds", TS, ts("1969-12-31 15:59:59.5")), add("unix_millis", TS), add("unix_micros", TS), add("unix_date", date("2020-01-01")), add("timestamp_seconds", b(1), d("1.5"), dec("5,2", "1.25"), b(MAX), i(None)), add("timestamp_millis", b(1500), b(MAX)), add("timestamp_micros", b(1500)), add("date_from_unix_date", i(1))
add("date_add", date("2020-01-31") + i(30), s("2020-01-31") + i(-31), date(None) + i(1), date("2020-01-31") + s("1"), date("2020-01-31") + d("1.5")), add("dateadd", date("2020-01-31") + i(1)), add("date_sub", date("2020-01-31") + i(31)), add("datediff", date("2020-03-01") + date("2020-02-01"), s("2020-01-01", "2019-01-01"), ts("2020-03-01 00:00:00") + date("2020-02-01")), add("date_diff", date("2020-03-01") + date("2020-02-01"))
add("add_months", date("2020-01-31") + i(1), date("2020-02-29") + i(12), date("2020-02-29") + i(-12)), add("months_between", ts("2020-03-31 00:00:00") + ts("2020-02-29 00:00:00"), s("1997-02-28 10:30:00", "1996-10-30")), add("next_day", date("2021-08-19") + s("TU"), date("2021-08-19") + s("x")), add("make_date", i(2020, 2, 29), i(2021, 2, 29), i(None, 1, 1)), add("make_timestamp", i(2020, 2, 29, 1, 2) + dec("16,6", "3.5"))
add("from_utc_timestamp", ts("2021-07-01 12:00:00") + s("Asia/Tokyo")), add("to_utc_timestamp", ts("2021-07-01 12:00:00") + s("Asia/Tokyo"))

add("from_json", s('{"a":1,"b":"x"}', "a INT, b STRING"), s('{"a":"x"}', "a INT"), s("bad", "a INT"), s('{"a":1.5}', "a INT"), s('{"a":[1,2]}', "a ARRAY<INT>"), s('{"a":{"b":1}}', "a STRING"), s("[1,2,3]", "ARRAY<INT>"), s('{"a":1}', "MAP<STRING,INT>"), s('{"t":"2021-01-01T00:00:00Z"}', "t TIMESTAMP"), s('{"d":"2021-01-01"}', "d DATE"), s(None, "a INT"), s('{"a":12345678901234567890}', "a BIGINT"), s('{"a":1e2}', "a DOUBLE"), s('{"a":"NaN"}', "a DOUBLE"), s('{"a":true}', "a BOOLEAN"), s('{"a":1.25}', "a DECIMAL(5,1)"), s("", "a INT"), s('{"a":1}', "x"), s('{"a":1,"a":2}', "a INT"), s('{"a":null,"b":2}', "a INT, b INT"), s('{"a":5}', "a STRING"), s('{"a":1.50}', "a STRING"), s('[{"a":1}]', "a INT"), s('{"a":1}', "ARRAY<STRUCT<a: INT>>"), s('{"A":1}', "a INT"))
add("to_json", t("STRUCT<a: INT, b: STRING>", '{"a":1,"b":"x\\"y"}'), t("STRUCT<a: INT, b: STRING>", '{"a":1}'), t("ARRAY<INT>", "[1,null,2]"), t("MAP<STRING,INT>", '{"k":1}'), t("STRUCT<t: TIMESTAMP>", '{"t":"2021-01-01T00:00:00Z"}'), t("STRUCT<d: DOUBLE>", '{"d":1e20}'), i(1))
JSON = '{"a":{"b":[1,{"c":"x"},null]},"s":"q","n":1.50,"t":true,"k.d":7}'
add("get_json_object", *[s(JSON, path) for path in ("$.a", "$.a.b[0]", "$.a.b[1].c", "$.a.b[*]", "$.s", "$.n", "$.t", "$.x", "$['k.d']", "$", "$.a.b[2]", "$.a.b[*].c", "a", "$.a.*")], s("bad", "$.a"), s(None, "$.a"), s('[{"a":1},{"a":2}]', "$[*].a"), s('[{"a":1}]', "$[0].a"), s('{"a" : [ 1, "x" ]}', "$.a"))
add("json_array_length", s("[1,2,[3]]"), s('{"a":1}'), s("bad"), s(None)), add("json_object_keys", s('{"a":1,"b":2}'), s("[]"))

add("array", i(1, 2), i(1) + d("2.5"), [], i(1, None), s("a") + i(1)), add("struct", i(1) + s("a"), i(1)), add("named_struct", s("x") + i(1) + s("y") + s("b"), s("x")), add("map", s("a") + i(1) + s("b") + i(2), s("a") + i(1) + s("a") + i(2), s(None) + i(1), []), add("create_map", s("a") + i(1))
ARR = t("ARRAY<INT>", "[3,1,null,2]")
add("element_at", ARR + i(1), ARR + i(-1), ARR + i(9), ARR + i(0), t("MAP<STRING,INT>", '{"a":1}') + s("a"), t("MAP<STRING,INT>", '{"a":1}') + s("b"), ARR + i(3)), add("try_element_at", ARR + i(9)), add("get", ARR + i(0), ARR + i(9))
add("size", ARR, t("MAP<STRING,INT>", '{"a":1}'), t("ARRAY<INT>", None), s("a")), add("cardinality", ARR), add("array_size", ARR, t("ARRAY<INT>", None))
add("array_contains", ARR + i(1), ARR + i(9), t("ARRAY<INT>", "[1]") + i(9), ARR + i(None), ARR + b(1), ARR + s("x")), add("array_position", ARR + i(2), ARR + i(7)), add("array_join", t("ARRAY<STRING>", '["a",null,"b"]') + s(","), t("ARRAY<STRING>", '["a",null]') + s(",", "?")), add("array_distinct", t("ARRAY<INT>", "[1,1,null,null,2]")), add("array_max", ARR), add("array_min", ARR), add("sort_array", ARR, ARR + t("BOOLEAN", "false")), add("array_sort", ARR), add("slice", ARR + i(2, 2), ARR + i(-2, 2), ARR + i(0, 1)), add("flatten", t("ARRAY<ARRAY<INT>>", "[[1],[2,3]]")), add("array_repeat", i(5, 3)), add("sequence", i(1, 4), i(4, 1), i(1, 7, 3), i(1, 2, -1)), add("array_union", t("ARRAY<INT>", "[1,2]") + t("ARRAY<INT>", "[2,3]")), add("array_intersect", t("ARRAY<INT>", "[1,2]") + t("ARRAY<INT>", "[2,3]")), add("array_except", t("ARRAY<INT>", "[1,2]") + t("ARRAY<INT>", "[2,3]")), add("arrays_overlap", t("ARRAY<INT>", "[1,2]") + t("ARRAY<INT>", "[2,3]")), add("array_remove", ARR + i(1)), add("array_compact", ARR), add("array_append", ARR + i(9)), add("array_prepend", ARR + i(9))
MAPV = t("MAP<STRING,INT>", '{"a":1,"b":2}')
add("map_keys", MAPV), add("map_values", MAPV), add("map_entries", MAPV), add("map_contains_key", MAPV + s("a"), MAPV + s("z")), add("map_from_arrays", t("ARRAY<STRING>", '["a","b"]') + t("ARRAY<INT>", "[1,2]")), add("map_concat", MAPV + t("MAP<STRING,INT>", '{"c":3}')), add("str_to_map", s("a:1,b:2"), s("a=1;b", ";", "="))

HASHED = [i(1), b(1), s("abc"), d("1.5"), d("-0.0"), i(None), i(1) + s("a"), t("BOOLEAN", "true"), ts("2020-01-01 00:00:00"), date("2020-01-01"), dec("5,2", "1.25"), dec("30,2", "123456789012345678901234.25"), t("BINARY", "abc"), t("ARRAY<INT>", "[1,2]"), t("STRUCT<a: INT, b: STRING>", '{"a":1,"b":"x"}'), t("FLOAT", "1.5"), s("a longer text of more than thirty-two bytes, to be sure"), t("TINYINT", "3"), s("")]
add("hash", *HASHED), add("xxhash64", *HASHED)

A12, A23, AN = t("ARRAY<INT>", "[1,2]"), t("ARRAY<INT>", "[2,3]"), t("ARRAY<INT>", "[1,null,1]")
AS = t("ARRAY<STRING>", '["a","b",null]')
for name in ("array_union", "array_intersect", "array_except", "arrays_overlap"):
    add(name, A12 + A23, A12 + AN, AN + A23, A12 + t("ARRAY<BIGINT>", "[2]"), A12 + AS, A12 + i(1), t("ARRAY<DOUBLE>", "[1.5, 2.0]") + A12, t("ARRAY<INT>", None) + A12, t("ARRAY<INT>", "[]") + AN, t("ARRAY<ARRAY<INT>>", "[[1],[2]]") + t("ARRAY<ARRAY<INT>>", "[[2],[3]]"))
for name in ("array_append", "array_prepend", "array_remove"):
    add(name, A12 + i(3), A12 + i(None), A12 + b(3), A12 + s("x"), AS + s("a"), t("ARRAY<INT>", None) + i(1), i(1, 2), A12 + d("1.5"), A12 + t("VOID", None), A12)
add("array_insert", A12 + i(1, 9), A12 + i(3, 9), A12 + i(5, 9), A12 + i(-1, 9), A12 + i(-2, 9), A12 + i(-5, 9), A12 + i(0, 9), A12 + i(None, 9), A12 + i(1, None), A12 + b(1, 2), A12 + i(1) + s("x"), AS + i(2) + s("z"))
add("array_repeat", i(5, 2), s("a") + i(0), s("a") + i(-1), i(None) + i(2), i(5, None), s("a", "b"))
add("slice", A12 + i(1, 1), A12 + i(-1, 5), A12 + i(-5, 2), A12 + i(9, 2), A12 + i(0, 1), A12 + i(1, -1), A12 + b(1, 1), t("ARRAY<INT>", None) + i(1, 1))
add("flatten", t("ARRAY<ARRAY<INT>>", "[[1,null],[2]]"), t("ARRAY<ARRAY<INT>>", "[[1],null]"), A12, t("ARRAY<ARRAY<INT>>", "[]"))
add("sequence", i(1, 3), i(3, 1), i(1, 7, 3), i(7, 1, -3), i(1, 5, -1), i(1, 5, 0), i(1, 1, 0), b(1, 3), i(1) + b(3), i(1, None), s("a", "b"), date("2020-01-30", "2020-02-02"), t("TINYINT", "1") + t("TINYINT", "3"), d("1.0", "2.0"))
add("arrays_zip", A12 + AS, A12 + A23, AN, A12 + t("ARRAY<INT>", None), i(1), [])
M1, M2 = t("MAP<STRING,INT>", '{"a":1,"b":null}'), t("MAP<STRING,INT>", '{"b":3}')
add("map_entries", M1, t("MAP<STRING,INT>", None), i(1)), add("map_contains_key", M1 + s("a"), M1 + s("z"), M1 + i(1), M1 + t("VOID", None), i(1) + i(1))
add("map_concat", M2 + t("MAP<STRING,INT>", '{"c":4}'), M1 + M2, M1 + t("MAP<STRING,BIGINT>", '{"z":5}'), M1 + i(1), [], M1, M2 + t("MAP<STRING,INT>", None))
add("map_from_arrays", t("ARRAY<STRING>", '["a","b"]') + A12, t("ARRAY<STRING>", '["a","a"]') + A12, AS + A12, t("ARRAY<STRING>", '["a"]') + A12, i(1) + A12, t("ARRAY<STRING>", '["a",null]') + A12)
add("map_from_entries", t("ARRAY<STRUCT<k: STRING, v: INT>>", '[{"k":"a","v":1},{"k":"b"}]'), t("ARRAY<STRUCT<k: STRING, v: INT>>", '[{"k":"a","v":1},null]'), t("ARRAY<STRUCT<k: STRING, v: INT>>", '[{"k":"a","v":1},{"k":"a","v":2}]'), A12)
add("str_to_map", s("a:1,b:2"), s("a=1;b", ";", "="), s("a"), s(""), s("a:1,a:2"), s("a:1:2,b"), s(None), s("k1|v1#k2|v2", "#", "[|]"))
add("levenshtein", s("kitten", "sitting"), s("", "abc"), s("abc", "abc"), s("kitten", "sitting") + i(2), s("kitten", "sitting") + i(3), s("é😀", "e"), s("a", None))
add("soundex", s("Miller"), s("Robert"), s("Rupert"), s("Tymczak"), s("Pfister"), s("Honeyman"), s("1abc"), s(""), s("a-b"), s("Ashcraft"), s("lee"))
add("luhn_check", s("79927398713"), s("79927398714"), s("8112189876"), s(""), s("a1"), s(None))
add("find_in_set", s("ab", "abc,b,ab,c,def"), s("a,b", "a,b"), s("z", "a"), s("", "a,,b"), s(None, "a"))
add("elt", i(1) + s("a", "b"), i(3) + s("a", "b"), i(0) + s("a", "b"), i(None) + s("a", "b"), i(2) + s("a") + i(5), i(1))
add("typeof", i(1), s("a"), A12, M1, t("STRUCT<a: INT>", '{"a":1}'), dec("5,2", "1.25"), t("VOID", None), ts("2020-01-01 00:00:00"))
URL = "http://user:pw@spark.apache.org:8080/path/a;p?query=1&k=v%20w#Ref"
add("parse_url", *[s(URL, part) for part in ("HOST", "PATH", "QUERY", "REF", "PROTOCOL", "FILE", "AUTHORITY", "USERINFO", "host", "X")], s(URL, "QUERY", "query"), s(URL, "QUERY", "z"), s(URL, "HOST", "query"), s("http://a b", "HOST"), s("mailto:a@b.c", "PATH"), s("/only/path?x=1", "FILE"), s("", "PATH"), s(None, "HOST"), s("https://a.org", "PATH"), s("http://[::1]:80/x", "HOST"))
add("try_parse_url", s(URL, "HOST"), s("http://a b", "HOST")), add("url_encode", s("a b&c=d/é~*'()!-_.😀")), add("url_decode", s("a+b%26%C3%A9"), s("%zz"), s("%"), s("%C3")), add("try_url_decode", s("a+b"), s("%zz"))
add("format_string", s("%s %s") + i(1) + s("x"), s("%d%%") + i(5), s("%5d|%-5d|%05d|%+d|%,d") + i(1, 2, 3, 4, 1234567), s("%.2f") + d("2.345"), s("%10.3e") + d("12345.678"), s("%x %X %o") + i(255, 255, 8), s("%b %c") + t("BOOLEAN", "true") + i(65), s("%s") + d("1.0"), s("%s") + t("BOOLEAN", None), s("%2$s %1$s", "a", "b"), s("no"), s(None) + i(1), s("%s") + date("2020-01-01"), s("%g") + d("0.00012345"), s("%,.2f") + d("1234567.891"), s("%(d") + i(-5), s("%f") + dec("5,2", "1.25"), s("%d") + b(MIN), s("%x") + i(-1), s("%S", "abc"), s("%d") + i(None), s("%.1s", "abc"), s("%d") + s("x"), i(1))
add("printf", s("%s", "a"))
add("format_number", d("12332.123456") + i(4), i(1234567, 2), d("-0.5") + i(0), d("1.5") + i(0), d("2.5") + i(0), dec("10,4", "1234.5678") + i(2), d("NaN") + i(2), d("1e20") + i(1), i(5, -1), d("12332.123456") + s("##################.###"), d("1234.5") + s("#,##0.00"), d("0.126") + s("0.##"), s("x") + i(1), s("12.345") + i(1), d(None) + i(1), d("0.125") + i(2), d("0.375") + i(2))
add("mask", s("abCD-8é"), s("abCD-8", "Q"), s("abCD-8", "Q", "q"), s("abCD-8", "Q", "q", "d"), s("abCD-8", "Q", "q", "d", "o"), s("abCD-8", None), s("abCD-8", "Q", None, "d", "o"), s(None))
add("quote", s("don't"), s('a"b'), s(None))
for charset in ("UTF-8", "utf-16", "UTF-16BE", "UTF-16LE", "US-ASCII", "ISO-8859-1", "UTF-32", "x"):
    add("encode", s("aé", charset) if charset not in ("US-ASCII",) else s("ae", charset))
add("encode", s("é", "US-ASCII")), add("decode", t("BINARY", "abc") + s("UTF-8"), t("BINARY", "abc") + s("US-ASCII"), t("BINARY", "ab") + s("UTF-16BE"), t("BINARY", "é") + s("US-ASCII"))
add("to_binary", s("616263"), s("abc", "utf-8"), s("YWJj", "base64"), s("zz"), s("zz", "hex"), s("a", "base64"), s("abc", "x"), s("123")), add("try_to_binary", s("zz"), s("61"))
add("is_valid_utf8", s("a"), t("BINARY", "a")), add("make_valid_utf8", s("a"))
for name in ("acosh", "asinh", "atanh", "cot", "csc", "sec"):
    add(name, d("1.0"), d("0.5"), d("0.0"), d("-2.5"), d("NaN"), i(1), s("x"), d(None))
add("bin", i(13), b(-1), i(0), s("x"), d("13.7")), add("conv", s("100", "2") + i(10) if False else s("100") + i(2, 10), s("-10") + i(16, -10), s("-10") + i(16, 10), s("ff") + i(16, 10), s("9223372036854775808") + i(10, 16), s("zz") + i(10, 2), s("") + i(10, 2), s("10") + i(1, 10), s("15x") + i(10, 16), s("18446744073709551616") + i(10, 10), s("11abc") + i(10, 16))
add("bit_count", i(0), i(5), b(-1), i(-1), t("BOOLEAN", "true"), t("TINYINT", "-1"), s("x")), add("bit_get", i(11, 0), i(11, 2), b(-1, 63), i(11, 32), i(11, -1), t("TINYINT", "-1") + i(7)), add("getbit", i(11, 1))
add("shiftrightunsigned", i(4, 1), i(-4, 1), b(-4, 1), i(4, 33), s("4") + i(1)), add("nanvl", d("NaN", "1.5"), d("2.0", "1.5"), d(None, "1.0"), d("NaN", None), i(1, 2))
add("width_bucket", d("5.3", "0.2", "10.6") + i(5), d("-2.1", "1.3", "3.4") + i(3), d("8.1", "0.0", "5.7") + i(4), d("-0.9", "5.2", "0.5") + i(2), d("5.0", "1.0", "1.0") + i(2), d("5.0", "1.0", "9.0") + i(0), d("NaN", "1.0", "9.0") + i(2))
for name in ("make_timestamp", "make_timestamp_ltz", "make_timestamp_ntz", "try_make_timestamp"):
    add(name, i(2014, 12, 28, 6, 30) + dec("16,6", "45.887"), i(2014, 2, 29, 6, 30) + dec("16,6", "45"), i(2014, 13, 1, 6, 30) + dec("16,6", "45"), i(2014, 1, 1, 24, 30) + dec("16,6", "45"), i(2014, 1, 1, 0, 60) + dec("16,6", "45"), i(2014, 1, 1, 0, 0) + dec("16,6", "60"), i(2014, 1, 1, 0, 0) + dec("16,6", "60.5"), i(2014, 1, 1, 0, 0) + i(61), i(2014, 1, None, 0, 0) + i(1), i(2014, 12, 28, 6, 30) + dec("16,6", "45.887") + s("CET"), i(2014, 12, 28, 6, 30) + d("45.5"), i(2014, 1, 1, 0, 0) + dec("16,6", "-1"))
add("months_between", ts("1997-02-28 10:30:00", "1996-10-30 00:00:00"), ts("2020-02-29 00:00:00", "2020-01-31 12:00:00"), ts("2020-03-15 12:00:00", "2020-01-15 00:00:00"), ts("1997-02-28 10:30:00", "1996-10-30 00:00:00") + t("BOOLEAN", "false"), date("2020-01-01", "2020-02-15"), ts(None, "2020-01-01 00:00:00"), s("2020-01-01") + ts("2019-01-02 00:00:00"))
add("next_day", date("2015-01-14") + s("TU"), date("2015-01-14") + s("Wed"), date("2015-01-14") + s("wednesday"), date("2015-01-14") + s("xx"), date("2015-01-14") + s(None), s("2015-01-14", "MO"), ts("2015-01-14 10:00:00") + s("FRI"))
for part in ("YEAR", "yr", "YEAROFWEEK", "QTR", "MON", "W", "D", "DOW", "DAYOFWEEK_ISO", "DOY", "H", "MINS", "SECONDS", "x"):
    add("date_part", s(part) + ts("2019-12-30 01:02:03.123456"))
add("date_part", s("DAY") + date("2019-12-30"), s("H") + t("TIMESTAMP_NTZ", "2019-12-30 05:00:00"), s("DAY", "2019-12-30"), s(None) + date("2019-12-30"), s("DAY") + i(1)), add("datepart", s("WEEK") + date("2021-01-03"))
add("convert_timezone", s("Europe/Brussels", "America/Los_Angeles") + t("TIMESTAMP_NTZ", "2021-12-06 00:00:00"), s("Asia/Tokyo") + t("TIMESTAMP_NTZ", "2021-07-06 00:00:00"), s("Europe/Brussels", "UTC") + ts("2021-12-06 00:00:00"), s("Europe/Brussels", "UTC", "2021-12-06 00:00:00"), s("x", "UTC") + t("TIMESTAMP_NTZ", "2021-12-06 00:00:00"))
add("current_timezone", [])

CASTS = {
    "INT": [s("12"), s(" 12 "), s("1.5"), s("x"), s("2147483648"), s("+5"), s(""), b(5), b(2147483648), d("1.9"), d("-1.9"), d("NaN"), d("1e20"), dec("5,2", "12.99"), dec("20,0", "99999999999"), t("BOOLEAN", "true"), ts("2020-01-01 00:00:00"), ts("2200-01-01 00:00:00"), date("2020-01-01"), t("BINARY", "a"), i(None)],
    "BIGINT": [s("9223372036854775807"), s("9223372036854775808"), s("1e2"), i(-5), d("9.3e18"), d("-1.5"), ts("1969-12-31 15:59:59.5"), dec("38,0", "99999999999999999999")],
    "TINYINT": [s("128"), i(128), i(-128), d("127.5"), b(300), ts("2020-01-01 00:00:00")], "SMALLINT": [i(40000), s("-32768")],
    "DOUBLE": [s("1.5"), s("1e3"), s("NaN"), s("Infinity"), s("-inf"), s("x"), s("1.5d"), s(".5"), s("5."), i(3), b(MAX), t("FLOAT", "0.1"), dec("5,2", "1.25"), ts("2020-01-01 00:00:00.5"), t("BOOLEAN", "true")],
    "FLOAT": [d("0.1"), d("1e40"), s("0.1"), b(16777217)],
    "BOOLEAN": [s("true"), s("T"), s("yes"), s("0"), s("x"), i(0), i(5), d("0.0"), d("NaN"), dec("5,2", "0.00"), ts("1970-01-01 00:00:00"), date("2020-01-01")],
    "STRING": [i(1), d("1.0"), d("1e7"), d("1.23e-5"), t("FLOAT", "1.1"), dec("10,4", "1.5"), t("BOOLEAN", "true"), ts("2020-01-01 00:00:00.120"), date("0001-01-01"), t("ARRAY<INT>", "[1,null]"), t("MAP<STRING,INT>", '{"a":1,"b":null}'), t("STRUCT<a: INT, b: STRING>", '{"a":1}'), t("BINARY", "abc"), t("VOID", None), t("ARRAY<STRING>", '["a","b"]')],
    "DATE": [s("2020-01-01"), s("2020-1-5"), s("2020"), s("2020-13-01"), s(" 2020-01-01 "), ts("2020-01-01 23:00:00"), i(1), s("2020-01-01T10:00:00")],
    "TIMESTAMP": [s("2020-01-01 10:11:12.5"), s("2020-01-01"), s("2020-06-01T10:00:00+02:00"), s("x"), i(1), d("1.5"), d("NaN"), b(MAX), dec("5,2", "1.25"), date("2020-01-01"), t("BOOLEAN", "true"), s("2020-01-01 25:00:00"), t("TIMESTAMP_NTZ", "2020-06-01 01:02:03")],
    "TIMESTAMP_NTZ": [s("2020-01-01 10:11:12"), ts("2020-06-01 00:00:00"), date("2020-01-01")],
    "DECIMAL(5,2)": [s("1.005"), s("1.2"), s("x"), s("1e2"), s("1234.5"), i(12), i(1234), d("1.005"), d("NaN"), dec("10,5", "1.23456"), dec("10,5", "12345.1"), t("BOOLEAN", "true"), ts("1970-01-01 00:00:01"), b(999)],
    "DECIMAL(38,18)": [s("123456789012345678901.5"), d("0.1"), b(MAX)],
    "BINARY": [s("abc"), i(1), b(1), t("TINYINT", "1"), d("1.0")],
    "ARRAY<BIGINT>": [t("ARRAY<INT>", "[1,null]"), t("ARRAY<STRING>", '["1","x"]'), s("[1]")], "STRUCT<x: STRING>": [t("STRUCT<a: INT>", '{"a":1}'), i(1)], "MAP<STRING,BIGINT>": [t("MAP<STRING,INT>", '{"a":1}')],
}
for target, values in CASTS.items():
    add(f"cast:{target}", *values)
    add(f"try_cast:{target}", *values)
add("no_such_function", i(1)), add("uper", s("a"))
CASES = [(name, [list(arg) for arg in args]) for name, args in CASES]
