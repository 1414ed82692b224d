"""JSON input: malformed lines in every mode, odd numbers, bytes, names, and the spellings of times."""

import base64

from cases.program import COUNT, case, cast, col, fn, group, lit, named, row, select, where


def raw(data):
    return {"base64": base64.b64encode(data).decode()}


AB = "a INT, b STRING"
AB_CORRUPT = "a INT, b STRING, _corrupt_record STRING"
GOOD = ['{"a":1,"b":"x"}']
BAD = ['{"a":1,"b":"x"}', '{"a":2,', 'not json', '', '   ', '{"a":"three","b":"y"}', '{"b":"z","a":4} tail', '[]', '[{"a":5},{"a":6}]', '5', '"text"', 'null', '{}', '{"a":7}{"a":8}']
ALL_TYPES = "i INT, l BIGINT, sh SMALLINT, by TINYINT, f FLOAT, d DOUBLE, m DECIMAL(10,2), s STRING, p BOOLEAN, t TIMESTAMP, dt DATE, bi BINARY, r ARRAY<INT>, mp MAP<STRING,INT>, st STRUCT<x: INT>"


def one(name, *values):
    return [f'{{"{name}":{v},"k":{i}}}' for i, v in enumerate(values)]


def typed(name, type_name, *values, **more):
    """One column of one type against many JSON spellings, with the raw text of those refused."""
    shown = named(cast(col("v"), "STRING"), "v") if type_name in ("TIMESTAMP", "DOUBLE", "FLOAT", "TIMESTAMP_NTZ") else col("v")
    return case(f"input-{name}", f"spellings of {type_name} in JSON", f"v {type_name}, k INT, _corrupt_record STRING",
                [one("v", *values)], [select(col("k"), shown, named(fn("isnotnull", col("_corrupt_record")), "refused"))], **more)


TIME_TEXTS = [f'"{t}"' for t in (
    "2026-01-02T03:04:05Z", "2026-01-02T03:04:05.1Z", "2026-01-02T03:04:05.123456Z", "2026-01-02T03:04:05.123456789Z", "2026-01-02T03:04:05+02:00", "2026-01-02T03:04:05-0330",
    "2026-01-02T03:04:05", "2026-01-02 03:04:05", "2026-01-02 03:04:05.5", "2026-01-02", "2026-01", "2026", "2026-1-2", "2026-1-2 3:4:5", "2026-01-02T03:04", "2026-01-02T03",
    "2026-01-02T03:04:05 Europe/Berlin", "2026-01-02T03:04:05 UTC", "2026-01-02T03:04:05 GMT+01:00", "1969-12-31T23:59:59.999Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z",
    "10000-01-01T00:00:00Z", "2026-02-30T00:00:00Z", "2026-13-01T00:00:00Z", "2026-01-02T24:00:00Z", "2026-01-02T23:59:60Z", "", "now", "epoch", "1767323045",
    " 2026-01-02T03:04:05Z ", "20260102", "2026/01/02", "02.01.2026", "Fri Jan 02 2026", "2026-01-02t03:04:05z", "2026-03-08T02:30:00", "2026-11-01T01:30:00", "-0044-03-15T00:00:00Z", "+2026-01-02T00:00:00Z", "2026-01-02T03:04:05.Z")] + ["1767323045", "1767323045.5", "0", "-1", "true", "null", "{}"]
NY = {"spark.sql.session.timeZone": "America/New_York"}
MODES = {"permissive": {}, "dropmalformed": {"mode": "DROPMALFORMED"}, "lower-case": {"mode": "dropMalformed"}}

CASES = [
    *[case(f"input-malformed-{name}", f"malformed lines with options {options}", AB, [BAD, GOOD], [select(col("*"))], options=options) for name, options in MODES.items()],
    case("input-malformed-failfast", "FAILFAST stops the query at the first malformed line", AB, [GOOD, ['{"a":2,"b":"y"}', '{"a":3,'], GOOD], [select(col("*"))], options={"mode": "FAILFAST"}),
    case("input-malformed-failfast-type", "FAILFAST stops at a value of the wrong type", AB, [GOOD, ['{"a":"x"}']], [select(col("*"))], options={"mode": "FAILFAST"}),
    case("input-corrupt-record", "the raw text of malformed lines is kept", AB_CORRUPT, [BAD, GOOD], [select(col("*"))]),
    case("input-corrupt-record-named", "another name for the raw text", "a INT, b STRING, bad STRING", [BAD, GOOD], [select(col("bad"), col("a"))], options={"columnNameOfCorruptRecord": "bad"}),
    case("input-corrupt-record-only", "only the raw text is selected", AB_CORRUPT, [BAD], [select(col("_corrupt_record"))], skip=["batch"]),
    case("input-corrupt-record-drop", "DROPMALFORMED with the raw text column", AB_CORRUPT, [BAD, GOOD], [select(col("*"))], options={"mode": "DROPMALFORMED"}),
    case("input-corrupt-record-count", "malformed lines are counted", AB_CORRUPT, [BAD, GOOD], [group([named(fn("isnotnull", col("_corrupt_record")), "bad")], [COUNT])], "update"),
    case("input-pruned-column-malformed", "a bad value in a column nobody reads is not seen", AB, [['{"a":"x","b":"kept"}', '{"b":"also","a":1}', '{"b":']], [select(col("b"))], options={"mode": "DROPMALFORMED"}),
    case("input-count-only-malformed", "a count reads no column at all", AB, [BAD], [group([], [COUNT])], "complete", options={"mode": "DROPMALFORMED"}),
    case("input-partial-record", "good fields around a bad one are kept", ALL_TYPES, [['{"i":1,"l":"x","s":"after"}', '{"s":"before","st":{"x":"bad"},"p":true}', '{"r":[1,"x",3],"p":true}', '{"mp":{"a":1,"b":"x"},"p":false}', '{"st":5,"s":"q"}']], [select(*[col(n) for n in "i l s p r mp st".split()])]),
    case("input-partial-results-off", "with partial results off a bad nested field empties its row", ALL_TYPES, [['{"i":1,"st":{"x":"bad"},"s":"after"}', '{"r":[1,"x",3],"p":true}']], [select(*[col(n) for n in "i s p r st".split()])],
         conf={"spark.sql.json.enablePartialResults": "false"}),
    typed("int", "INT", "1", "-1", "2147483647", "2147483648", "1.0", "1.5", "1e2", "\"1\"", "true", "null", "\"\"", "{}", "[]", "-0", "00", "+1", "0x1", "NaN"),
    typed("long", "BIGINT", "9007199254740993", "9223372036854775807", "-9223372036854775808", "9223372036854775808", "1.0", "1e3", "\"9007199254740993\"", "false", "[1]", "123456789012345678901234567890"),
    typed("short", "SMALLINT", "1", "32767", "32768", "-32769", "1.5"),
    typed("byte", "TINYINT", "1", "127", "128", "-129"),
    typed("double", "DOUBLE", "1", "1.5", "1e400", "-1e400", "1e-400", "NaN", "\"NaN\"", "Infinity", "\"Infinity\"", "+INF", "-INF", "\"-INF\"", "\"INF\"", "\"1.5\"", "-0.0", "0.1", "123456789012345678901234567890", "true", "\"\"", "1.", ".5", "1e", "9007199254740993", "2.2250738585072014E-308", "4.9e-324", "0.30000000000000004"),
    typed("float", "FLOAT", "0.1", "16777217", "1e39", "NaN", "\"-Infinity\"", "3.4028235e38", "1.17549435e-38"),
    typed("decimal", "DECIMAL(10,2)", "1", "1.5", "1.005", "1.015", "-1.005", "99999999.99", "99999999.995", "100000000", "1e3", "1e-3", "\"2.50\"", "\"2,500.25\"", "null", "true", "12345678901234567890", "NaN"),
    typed("decimal-wide", "DECIMAL(38,18)", "12345678901234567890.123456789012345678", "0.1234567890123456789", "123456789012345678901", "-0.000000000000000001", "1e19", "1E-18"),
    typed("string", "STRING", "\"x\"", "1", "1.0", "1.50", "1e3", "true", "null", "{\"a\": 1, \"b\" :[1,  2]}", "[1, \"x\"]", "\"\"", "\"\\u00e9\\n\\t\\\"\\\\\\/\"", "\"\\ud83d\\ude00\"", "\"\\ud83d\"", "12345678901234567890123", "NaN", "-0", "-0.0", "1E5", "\"a\\u0000b\"", "'single'"),
    typed("boolean", "BOOLEAN", "true", "false", "\"true\"", "1", "0", "null", "TRUE", "\"\""),
    typed("date", "DATE", "\"2026-01-02\"", "\"2026-1-2\"", "\"2026\"", "\"2026-02\"", "\"2026-01-02T10:00:00Z\"", "\"2026-01-02 10:00:00\"", "\"2026-02-30\"", "\"\"", "5", "\"0001-01-01\"", "\"9999-12-31\"", "\"epoch\"", "null", "\"1970-01-01x\""),
    typed("timestamp", "TIMESTAMP", *TIME_TEXTS),
    typed("timestamp-new-york", "TIMESTAMP", *TIME_TEXTS, conf=NY),
    typed("binary", "BINARY", "\"aGVsbG8=\"", "\"\"", "\"???\"", "1", "null"),
    typed("array", "ARRAY<INT>", "[1,2]", "[]", "[null]", "[1,\"x\"]", "1", "{}", "\"[1]\"", "[[1]]", "null", "[1.5]", "[1,]"),
    typed("struct", "STRUCT<x: INT, y: STRING>", "{\"x\":1,\"y\":\"a\"}", "{\"y\":\"a\"}", "{\"z\":1}", "[]", "[{\"x\":1}]", "5", "\"x\"", "null", "{\"x\":\"bad\",\"y\":\"b\"}", "{\"x\":1,\"x\":2}", "{\"X\":3}"),
    typed("map", "MAP<STRING, INT>", "{\"a\":1,\"b\":null}", "{}", "[]", "{\"a\":\"x\"}", "{\"a\":1,\"a\":2}", "{\"__proto__\":1,\"constructor\":2}", "null"),
    case("input-timestamp-format", "an own timestamp format", "t TIMESTAMP, _corrupt_record STRING", [['{"t":"02/01/2026 15:04:05"}', '{"t":"2026-01-02T15:04:05Z"}', '{"t":"31/12/2025 00:00:00"}', '{"t":"1/1/2026 00:00:00"}']],
         [select(named(cast(col("t"), "STRING"), "t"), col("_corrupt_record"))], options={"timestampFormat": "dd/MM/yyyy HH:mm:ss"}, conf=NY),
    case("input-time-zone-option", "the reader's own time zone", "t TIMESTAMP", [['{"t":"2026-07-01 12:00:00"}', '{"t":"2026-07-01 12:00:00Z"}']], [select(named(cast(col("t"), "STRING"), "t"))], options={"timeZone": "Asia/Kolkata"}, conf=NY),
    case("input-date-format", "an own date format", "d DATE", [['{"d":"02.01.2026"}', '{"d":"2026-01-02"}']], [select(col("*"))], options={"dateFormat": "dd.MM.yyyy"}),
    case("input-primitives-as-string", "the option for schema inference leaves a given schema alone", AB, [['{"a":1,"b":2}', '{"a":"1","b":2.50}']], [select(col("*"))], options={"primitivesAsString": "true"}),
    case("input-allow-comments", "comments, single quotes, unquoted names", AB, [["{'a':1,'b':'x'}", '{a:2,b:"y"}', '{"a":3 /* c */}', '{"a":4} // end', '{"a":05}', '{"a":6,"b":"\\q"}']], [select(col("*"))],
         options={"allowComments": "true", "allowUnquotedFieldNames": "true", "allowNumericLeadingZeros": "true", "allowBackslashEscapingAnyCharacter": "true"}),
    case("input-lenient-defaults", "what is tolerated without options", AB_CORRUPT, [["{'a':1,'b':'x'}", '{a:2,b:"y"}', '{"a":3 /* c */}', '{"a":05}', '{"a":6,"b":"\\q"}', '{"a":7,"b":"tab\there"}', '{"a":8,}', '{"a":9 "b":1}', '{"a":10;"b":"x"}', '\t{"a" : 11 , "b" :"z" }  ']], [select(col("*"))]),
    case("input-no-single-quotes", "single quotes forbidden, NaN forbidden", "a INT, x DOUBLE, b STRING", [["{'a':1,'b':'x'}", '{"a":2,"x":NaN}', '{"a":3,"x":"NaN"}', '{"a":4,"b":"y"}']], [select(col("*"))],
         options={"allowSingleQuotes": "false", "allowNonNumericNumbers": "false"}),
    case("input-control-characters", "unescaped control characters, forbidden then allowed", AB, [['{"a":1,"b":"tab\there"}', '{"a":2,"b":"bell\u0007"}']], [select(col("*"))], options={"allowUnquotedControlChars": "true"}),
    case("input-missing-extra-fields", "missing fields are null, unknown fields are ignored, the last duplicate wins", AB, [['{}', '{"c":1}', '{"a":1,"c":{"a":9},"b":"x"}', '{"a":1,"a":2}', '{"a":null,"b":null}', '{"b":"x","a":1}']], [select(col("*"))]),
    case("input-name-case", "names match exactly", AB, [['{"A":1,"B":"x"}', '{"a":2,"B":"y","b":"z"}']], [select(col("*"))]),
    case("input-case-differs-only", "two columns that differ by case are refused", "a INT, A INT", [['{"a":1}']], [select(col("*"))]),
    case("input-proto", "__proto__, constructor, toString and hasOwnProperty are ordinary names", "`__proto__` INT, constructor STRING, toString STRING, hasOwnProperty STRING, `a.b` INT",
         [['{"__proto__":1,"constructor":"c","toString":"t","hasOwnProperty":"h","a.b":3}', '{"constructor":{"x":1}}', '{"__proto__":{"a":1},"a.b":null}', '{}']], [where(fn("isnotnull", lit(1)))]),
    case("input-invalid-utf8", "bytes that are no UTF-8", AB_CORRUPT, [[raw(b'{"a":1,"b":"\xff\xfe"}'), raw(b'{"a":2,"b":"\xc3\xa9"}'), raw(b'{"a":3,"b":"\xe2\x82"}'), raw(b'{"a":4,"b":"\xed\xa0\x80"}'), raw(b'{"a":5,"b":"\xc0\xaf"}'), raw(b'{"a":6,"b":"\xf4\x90\x80\x80"}'), raw(b'\xff{"a":7}'), raw(b'{"a":8,"\xff":1}')]],
         [select(col("a"), named(fn("hex", col("b")), "b"), named(fn("isnotnull", col("_corrupt_record")), "refused"))]),
    case("input-byte-order-mark", "a byte order mark at the start of a file", AB_CORRUPT, [[raw(b'\xef\xbb\xbf{"a":1,"b":"x"}'), '{"a":2}']], [select(col("*"))]),
    case("input-unicode", "text beyond ASCII in values and names", "`größe` INT, s STRING", [['{"größe":1,"s":"日本語"}', '{"gr\\u00f6\\u00dfe":2,"s":"\\u65e5😀"}', '{"größe":3,"s":"\u2028\u0085"}']], [select(col("größe"), col("s"), named(fn("length", col("s")), "n"))]),
    case("input-carriage-returns", "CRLF and lone CR end lines too", AB, [[raw(b'{"a":1}\r'), raw(b'{"a":2}\r{"a":3}'), '{"a":4}']], [select(col("*"))]),
    case("input-line-separator", "an own line separator", AB, [['{"a":1};{"a":2};', '{"a":3}']], [select(col("*"))], options={"lineSep": ";"}),
    case("input-multi-line", "one document or array per file", AB, [['{"a":1,', '"b":"x"}'], ['[{"a":2},', '{"a":3,"b":"y"}]'], ['{"a":']], [select(col("*"))], options={"multiLine": "true"}, needs=["multi_line"]),
    case("input-deep-nesting", "thirty levels of text under a STRING", "s STRING", [['{"s":' + '[' * 30 + '1' + ']' * 30 + '}'], ['{"s":' + '{"k":' * 30 + '1.0' + '}' * 30 + '}']], [select(col("s"))]),
    case("input-duplicate-keys-nested", "duplicates inside a struct and beside it", "p STRUCT<x: INT>, a INT", [['{"p":{"x":1},"p":{"x":2},"a":1}', '{"a":1,"p":{"x":1},"a":"bad"}']], [select(col("*"))]),
    case("input-not-nullable", "NOT NULL in a file schema is not enforced", "a INT NOT NULL, b STRING NOT NULL", [['{"a":1}', '{"b":"x"}', '{']], [select(col("*"))]),
    case("input-no-rows", "only blank lines", AB, [["", "  "], []], [select(col("*"))]),
]
