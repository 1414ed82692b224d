"""The inputs of make-goldens.py. One list per reader or writer; the answers are Spark's, never written by hand."""

WIDE = "s STRING, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, l BIGINT, f FLOAT, d DOUBLE, de DECIMAL(10,2), da DATE, t TIMESTAMP, n TIMESTAMP_NTZ, x BINARY, _corrupt_record STRING"
ABC = "a INT, b STRING, c DOUBLE, _corrupt_record STRING"
VALUES = [
    "null", "true", "false", "0", "-0", "1", "-1", "127", "128", "255", "256", "-128", "-129", "32767", "32768", "2147483647", "2147483648",
    "-2147483648", "-2147483649", "9007199254740993", "9223372036854775807", "9223372036854775808", "-9223372036854775808",
    "-9223372036854775809", "123456789012345678901234567890", "1.0", "1.5", "-1.25e3", "1e2", "1E400", "-1e400", "1e-400", "0.1", "100.005", "99999999.994",
    "99999999.995", "100000000", "0.30000000000000004", "3.4028235e38", "3.5e38", "1.40129846e-45", "NaN", "Infinity", "-Infinity", "INF", "-INF", "+INF", "+Infinity",
    "\"\"", "\" \"", "\"1\"", "\"1.5\"", "\"true\"", "\"NaN\"", "\"Infinity\"", "\"-Infinity\"", "\"+INF\"", "\"INF\"", "\"-INF\"", "\"+Infinity\"", "\"abc\"", "\"YWJj\"", "\"YWI=\"", "\"YQ\"", "\"YW Jj\"", "\"-_-_\"",
    "\"2026-01-02\"", "\"2026-01-02T03:04:05.678Z\"", "\"2026-01-02 03:04:05\"", "\"2026-01-02T03:04:05.123456789+02:00\"", "\"2026-1-2\"", "\"2026\"", "\"2026-01\"",
    "\"2026-02-30\"", "\"2026-01-02T25:00:00Z\"", "\"2026-01-02T03:04\"", "\"2026-01-02T03:04:05 Europe/Berlin\"", "\"0001-01-01\"", "\"9999-12-31T23:59:59.999999Z\"", "\" 2026-01-02 \"", "\"epoch\"", "\"2026-01-02T03:04:05.Z\"", "\"2026-01-02T03:04:05z\"", "\"+2026-01-02\"", "\"2026-01-02T\"", "\"2026-01-02 03:04:05.5 UTC\"", "\"2026-01-02T03:04:05+0200\"", "\"2026-01-02T03:04:05GMT\"",
    "\"1767322800\"", "1767322800", "1767322800.5", "\"19000\"",
    "{}", "[]", "{\"a\":1}", "{ \"a\" : [1, 2.50, \"x\\u0041\"] }", "[1, 2]", "[[{\"x\":null}]]", "\"\\u00e9\\n\\t\\\"\\\\\\/\\b\\f\\r\"", "\"\\ud83d\\ude00\"", "\"\\ud800\"", "\"a\\ud800b\"", "\"12.345\"", "\"12.344\"", "\"1e3\"", "\"1,234.5\"",
]


def json_cases(b64):
    cases = []

    def add(name, schema, text, options=None, columns=None):
        case = {"name": name, "schema": schema, "input": text}
        if options:
            case["options"] = options
        if columns:
            case["columns"] = columns
        cases.append(case)

    names = ["s", "b", "ti", "si", "i", "l", "f", "d", "de", "da", "t", "n", "x"]
    for name in names:
        kind = [part for part in WIDE.split(", ") if part.startswith(name + " ")][0]
        add("each value under " + kind, kind + ", z INT, _corrupt_record STRING", "".join('{"%s":%s,"z":7}\n' % (name, value) for value in VALUES))
    add("decimals of other sizes", "p DECIMAL(38,18), q DECIMAL(18,0), r DECIMAL(5,5), _corrupt_record STRING", "".join('{"p":%s,"q":%s,"r":%s}\n' % (v, v, v) for v in ["0", "1", "-1", "0.5", "-0.5", "1.5", "2.5", "0.123455", "0.99999", "0.999999", "1e5", "1e-7", "12345678901234567890.123456789012345678", "123456789012345678901", "999999999999999999", "999999999999999999.5", "1E+17", "\"0.25\"", "\" 0.25\"", "\"0.25x\""]))
    nested = "st STRUCT<x: INT, y: STRING>, ar ARRAY<INT>, m MAP<STRING, INT>, aa ARRAY<STRUCT<k: STRING, v: DOUBLE>>, sm STRUCT<deep: STRUCT<t: TIMESTAMP, m: MAP<STRING, ARRAY<STRING>>>>, _corrupt_record STRING"
    add("nested values", nested, "\n".join([
        '{"st":{"x":1,"y":"a"},"ar":[1,2,null],"m":{"a":1,"b":null},"aa":[{"k":"q","v":1.5},null,{"v":2}],"sm":{"deep":{"t":"2026-01-01T00:00:00Z","m":{"l":["a",1,{"z":2}]}}}}',
        '{"st":{},"ar":[],"m":{},"aa":[],"sm":{}}', '{"st":null,"ar":null,"m":null,"aa":null,"sm":null}', '{}',
        '{"st":{"x":"bad","y":"kept"},"ar":[1]}', '{"st":5,"ar":[1]}', '{"st":[],"ar":[1]}', '{"ar":[1,"bad",3]}', '{"ar":{"a":1}}', '{"ar":5}', '{"m":{"a":1,"b":"bad","c":3}}', '{"m":[]}',
        '{"aa":[{"k":"q","v":"bad"},{"k":"r","v":3}]}', '{"aa":[{"k":"q"},5]}', '{"sm":{"deep":{"t":"bad","m":{"l":["a"]}}},"ar":[4]}', '{"st":{"x":1,"x":2,"z":[{"q":{}}]}}', '{"m":{"a":1,"a":2}}', '{"st":{"x":1},"ar":[1', '{"st":[{"x":1,"y":"arr"}]}', '{"aa":{"k":"q"}}', '{"m":{"":1,"\\u0041":2}}', '{"ar":[null]}', '{"ar":["a",{},[]],"st":{"y":"after"}}',
    ]) + "\n")
    shapes = [
        '{"a":1,"b":"x","c":2.5}', '', '   ', '\t', '{}', '  {"a":1}  ', '{"a":1}{"a":2}', '{"a":1} trailing', '{"a":1},', '[{"a":1},{"a":2}]', '[]', '[1]', '[{"a":1},5]', '[{"a":"bad"},{"a":2}]', '[null]', '[{"a":1},null,{"a":3}]', 'null', '5', '"text"', 'true', '{', '}', '[', ']', '{"a"', '{"a":', '{"a":1', '{"a":1,', '{"a":1,}', '{"a":1 "b":"x"}',
        '{"a" 1}', '{a:1}', "{'a':1,'b':'x\"y'}", "{\"b\":'it\"s'}", "{\"b\":'a\\'b'}", '{"a":01}', '{"a":-}', '{"a":1.}', '{"a":.5}', '{"c":.5}', '{"c":1.}', '{"c":+1}', '{"a":+1}', '{"a":1e}', '{"c":1e+}', '{"c":--1}', '{"a":tru,"b":"x"}', '{"b":"x","a":tru}', '{"a":nul,"b":"x"}', '{"a":truex,"b":"x"}', '{"a":nan,"b":"x"}', '{"a":abc,"b":"x"}', '{"a":1x,"b":"x"}', '{"a":0x10,"b":"x"}', '{"a":"unterminated', '{"b":"bad \\x escape","a":1}', '{"b":"bad \\u12 escape","a":1}', '{"b":"bad \\u12G4","a":1}',
        '{"a":1,"a":2}', '{"a":1,"a":"bad"}', '{"a":"bad","a":1}', '{"a":1,"a":null}', '{"A":1,"B":"upper"}', '{"\\u0061":1}', '{"z":{"y":[1,{"x":"}"}]},"a":1}', '{"z":"bad \\x escape","a":1}', '{"z":tru,"a":1}', '{"z":01,"a":1}', '{"z":[1,2,"a":1}', '{"z":{"a":5}}', '{ "a" : 1 , "b" : "x" }', '{"a":1,"b":"tab\there"}', '{"a":1,"b":"ctrl\u0001here"}', '{"a":1,"z":"ctrl\u0001here"}', '{"b":"\u00e9\u4e2d\U0001f600","a":1}', '{"b":1,"a":"1"}', '{"b":1.50}', '{"b":true}', '{"b":[1, 2]}', '{"b":{"k": 1}}', '{"b":null,"a":null,"c":null}', '{"c":1,"b":-0.0,"a":-0}', '{"c":123456789012345678901234567890}', '{"b":123456789012345678901234567890}', '{"b":1e400}', '{"b":NaN}', '{"b":-INF}', '{"b":00012}', '/* c */{"a":1}', '{"a":1 /* c */}', '{"a":1} // c', '# comment', '{"a":1}\u0000', '\ufeff{"a":1}', '{"a":1,"b":"x"', '{"a":1,"b":"x"]', '{"a":[1,2}', '{"a":{"q":1},"b":"after"}', '{"a":[1,[2,{"z":3}]],"b":"after"}', '{"a":"x","b":"after","c":"y"}', '{"a":1,,"b":"x"}', '{,"a":1}', '{"a"::1}', '{"a":1]', '{"a":}', '{"a":,"b":"x"}', '{"b":"x","a":"}', '{"b":"\\', '{"b":"\\u', '{"":1,"a":2}', '{"a":2147483648,"b":"after"}', '{"c":1e999,"b":"inf"}', '{"z":1e999999999,"a":3}', '{"a":3,"_corrupt_record":"own"}', '{"_corrupt_record":5,"a":"bad"}', '{"a": 1,"b":"x\u2028y"}', '\u00a0{"a":1}', '{"a":\u00a01}', '{"a":1;"b":"x"}', '{"a":TRUE}', '{"a":True,"b":"x"}', '{"b":"x"}}', '{"b":"lone \ud83d"}'.encode('utf-8', 'replace').decode(),
    ]
    text = "".join(line + "\n" for line in shapes)
    add("odd shapes", ABC, text)
    add("odd shapes, two columns", ABC, text, None, ["b", "_corrupt_record"])
    add("odd shapes without corrupt column", "a INT, b STRING, c DOUBLE", text)
    add("odd shapes, one column", "a INT, b STRING, c DOUBLE", text, None, ["b"])
    add("odd shapes dropped", "a INT, b STRING, c DOUBLE", text, {"mode": "DROPMALFORMED"})
    add("odd shapes dropped, one column", "a INT, b STRING, c DOUBLE", text, {"mode": "DROPMALFORMED"}, ["b"])
    for option in ["allowComments", "allowUnquotedFieldNames", "allowNumericLeadingZeros", "allowBackslashEscapingAnyCharacter", "allowUnquotedControlChars"]:
        add("odd shapes with " + option, ABC, text, {option: "true"})
    add("odd shapes without single quotes", ABC, text, {"allowSingleQuotes": "false"})
    add("odd shapes without special numbers", ABC, text + '{"c":NaN}\n{"c":"NaN"}\n{"c":-INF}\n{"c":"Infinity"}\n', {"allowNonNumericNumbers": "false"})
    add("special numbers", ABC, '{"c":NaN}\n{"c":"NaN"}\n{"c":-INF}\n{"c":"Infinity"}\n{"c":"nan"}\n{"c":+Infinity}\n{"c":+NaN}\n{"c":-NaN}\n{"c":Infinit}\n')
    add("primitivesAsString is for inference only", ABC, '{"a":1,"b":2}\n', {"primitivesAsString": "true"})
    add("other corrupt column", "a INT, bad STRING", '{"a":"x"}\n{"a":1}\n{\n', {"columnNameOfCorruptRecord": "bad"})
    add("corrupt column in the middle", "a INT, _corrupt_record STRING, b STRING", '{"a":"x","b":"k"}\n{"a":1,"b":"l"}\n{\n')
    add("failfast on a good file", "a INT", '{"a":1}\n', {"mode": "FAILFAST"})
    add("failfast on a bad line", "a INT", '{"a":1}\n{"a":\n', {"mode": "FAILFAST"})
    add("failfast on a bad field", "a INT", '{"a":1}\n{"a":"x"}\n', {"mode": "failfast"})
    add("failfast ignores columns not read", "a INT, b INT", '{"a":1,"b":"x"}\n', {"mode": "FAILFAST"}, ["a"])
    add("unknown mode is permissive", "a INT, _corrupt_record STRING", '{"a":"x"}\n', {"mode": "nonsense"})
    add("line ends", ABC, '{"a":1}\r\n{"a":2}\r{"a":3}\n\r\n{"a":4}\n\n\n{"a":5,\r"b":"x"}\r\n{"a":6')
    add("line ends, last torn", ABC, '{"a":1}\n{"a":2,"b":"to')
    add("last line without end", ABC, '{"a":1}\n{"a":2}')
    add("last line CR", ABC, '{"a":1}\n{"a":2}\r')
    add("lineSep pipe", ABC, '{"a":1}|{"a":2}|\n{"a":3}\n|', {"lineSep": "|"})
    add("lineSep two characters", ABC, '{"a":1}||{"a":2}|||{"a":3}', {"lineSep": "||"})
    add("lineSep LF keeps CR", ABC, '{"a":1}\r\n{"a":2,\r"b":"x"}\n', {"lineSep": "\n"})
    add("byte order mark", ABC, b64(b'\xef\xbb\xbf{"a":1}\n{"a":2}\n'))
    add("invalid UTF-8", ABC, b64(b'{"b":"a\xffb"}\n{"b":"\xc3"}\n{"b":"\xe4\xb8"}\n{"b":"\xf0\x9f\x98"}\n{"b":"\xc0\xaf"}\n{"b":"\xed\xa0\x80"}\n{"b":"\xf4\x90\x80\x80"}\n{"a":1,"z":"\xfe"}\n{"b":"ok\xe4\xb8\xad"}\n{"b":"\xe4\xb8x"}\n{"b":"\x80\x80"}\n\xff{"a":1}\n{"a":\xff1}\n{"\xff":1,"a":2}\n{"a":"\xff"}\n'))
    add("names with odd characters", "`__proto__` INT, `constructor` STRING, `a b` INT, `\u00e9` INT, `x\"y` INT, `` STRING".replace(", `` STRING", ""), '{"__proto__":1,"constructor":"c","a b":2,"\u00e9":3,"x\\"y":4}\n')
    add("case of names", "a INT, B INT", '{"A":1,"b":2}\n{"a":3,"B":4}\n')
    times = ["2026-01-02", "2026-01-02 03:04:05", "02/01/2026 03:04", "02/01/2026", "2026-01-02T03:04:05Z", "bad", ""]
    rows = "".join('{"t":"%s","d":"%s","n":"%s"}\n' % (v, v, v) for v in times)
    tdn = "t TIMESTAMP, d DATE, n TIMESTAMP_NTZ, _corrupt_record STRING"
    add("date formats", tdn, rows, {"timestampFormat": "dd/MM/yyyy HH:mm", "dateFormat": "dd/MM/yyyy", "timestampNTZFormat": "dd/MM/yyyy HH:mm"})
    add("date formats default", tdn, rows)
    add("time zone option", tdn, rows, {"timeZone": "Europe/Berlin"})
    add("time zone option with format", tdn, rows, {"timeZone": "America/New_York", "timestampFormat": "yyyy-MM-dd HH:mm:ss"})
    add("time zone gap and overlap", "t TIMESTAMP", '{"t":"2026-03-29 02:30:00"}\n{"t":"2026-10-25 02:30:00"}\n{"t":"1890-01-01 00:00:00"}\n', {"timeZone": "Europe/Berlin"})
    multi = '{"a":1,\n "b":"x"}'
    add("multiLine object", ABC, multi, {"multiLine": "true"})
    add("multiLine array", ABC, '[{"a":1},\n {"a":2,\n"b":"y"}\n]\n', {"multiLine": "true"})
    add("multiLine several objects", ABC, '{"a":1}\n{"a":2}\n', {"multiLine": "true"})
    add("multiLine broken", ABC, '[{"a":1},\n {"a":2', {"multiLine": "true"})
    add("multiLine bad field", ABC, '[{"a":"x"},\n {"a":2}]', {"multiLine": "true"})
    add("multiLine empty", ABC, '\n', {"multiLine": "true"})
    add("multiLine BOM", ABC, b64(b'\xef\xbb\xbf[{"a":1}]'), {"multiLine": "true"})
    add("multiLine invalid UTF-8", ABC, b64(b'[{"b":"a\xffb"}]'), {"multiLine": "true"})
    add("encoding latin1", ABC, b64(b'{"b":"\xe9"}\n'), {"encoding": "ISO-8859-1"})
    add("void column", "a VOID, b INT", '{"a":1,"b":2}\n{"a":null,"b":3}\n{"a":{},"b":4}\n')
    add("not null columns are read as nullable", "a INT NOT NULL, b STRUCT<c: INT NOT NULL>", '{"b":{}}\n{"a":1}\n')
    add("depth 500", "a INT, s STRING, _corrupt_record STRING", '{"a":1,"z":' + "[" * 500 + "]" * 500 + '}\n{"a":1,"z":' + '{"k":' * 500 + "1" + "}" * 500 + '}\n')
    add("depth 990", "a INT", '{"a":1,"z":' + "[" * 990 + "]" * 990 + '}\n')
    add("depth 1010", "a INT", '{"a":1,"z":' + "[" * 1010 + "]" * 1010 + '}\n{"a":2}\n')
    add("long number", "a STRING, d DOUBLE", '{"a":' + "1" * 900 + '}\n{"a":' + "1" * 1100 + '}\n{"d":0.' + "1" * 1100 + '}\n')
    samples = {
        "types": '{"l":1,"d":1.5,"s":"x","b":true,"n":null,"o":{"y":1,"x":[1,2.5]},"a":[],"m":[{"p":1},{"q":"z"}],"big":123456789012345678901}\n',
        "conflicts": '{"x":1,"y":1,"z":true,"w":[1],"v":{"a":1}}\n{"x":1.5,"y":"s","z":1,"w":["s"],"v":3}\n{"t":"2026-01-01T00:00:00Z","d":"2026-01-01"}\n',
        "broken": '{"x":1}\nnot json\n[1]\n5\n',
        "order": '{"b":1,"a":2,"C":3}\n{"_z":1,"A1":2}\n', "empty": "\n", "emptystr": '{"a":""}\n{"a":1}\n', "array": '[{"a":1},{"b":2}]\n', "nan": '{"a":NaN,"b":"NaN"}\n', "unicode": '{"\u00e9":1,"\uff5e":2,"\U0001f600":3}\n', "emptyobject": '{"a":{},"b":1}\n', "nullarray": '{"a":[null],"b":[null,1]}\n',
    }
    for name, value in samples.items():
        cases.append({"name": "inference: " + name, "input": value})
    cases.append({"name": "inference: primitives as strings", "input": samples["types"], "options": {"primitivesAsString": "true"}})
    cases.append({"name": "inference: decimals preferred", "input": samples["types"], "options": {"prefersDecimal": "true"}})
    cases.append({"name": "inference: dropped", "input": samples["broken"], "options": {"mode": "DROPMALFORMED"}})
    cases.append({"name": "inference: timestamps", "input": samples["conflicts"], "options": {"inferTimestamp": "true"}})
    return cases


def csv_cases(b64):
    cases = []

    def add(name, schema, text, options=None, columns=None):
        case = {"name": name, "input": text}
        if schema:
            case["schema"] = schema
        if options:
            case["options"] = options
        if columns:
            case["columns"] = columns
        cases.append(case)

    abc = "a INT, b STRING, c DOUBLE, _corrupt_record STRING"
    rows = "\n".join(["1,x,2.5", "2,,", ",,", "", "  ", "3", "4,y", "5,y,1.5,extra", "bad,y,1.5", "6,y,bad", '7,"quoted",1', '8,"a,b",1', '9,"a""b",1', '10,"a\\"b",1', '11,a"b,1', '12,"",1', '13," x ",1', "14, x ,1", " 15 ,x, 1 ", "#16,x,1", '17,"open,1', "18,x,1", '19,"a"b,1', "20,null,null", "21,\u00e9,1e3", "+22,x,+1", "1_000,x,1", "2147483648,x,1", "23,x,NaN", "24,x,Inf", "25,x,-Inf", "26,x,Infinity", "0027,x,.5", "28,x,1.", "1.0,x,1", "29,'q',1", "30,\\,1", "31,a\\\\b,1", "32,\"a\\\\b\",1", "33,x,1d", "34,x,0x10", "35,x,1f"]) + "\n"
    add("rows", abc, rows)
    add("rows without corrupt column", "a INT, b STRING, c DOUBLE", rows)
    add("rows dropped", "a INT, b STRING, c DOUBLE", rows, {"mode": "DROPMALFORMED"})
    add("one column", "a INT, b STRING, c DOUBLE", rows, None, ["b"])
    add("one column dropped", "a INT, b STRING, c DOUBLE", rows, {"mode": "DROPMALFORMED"}, ["b"])
    add("two columns", "a INT, b STRING, c DOUBLE", rows, None, ["c", "a"])
    add("corrupt and one column", abc, rows, None, ["b", "_corrupt_record"])
    add("trimmed", abc, rows, {"ignoreLeadingWhiteSpace": "true", "ignoreTrailingWhiteSpace": "true"})
    add("comment", abc, rows, {"comment": "#"})
    add("nullValue", abc, rows, {"nullValue": "null"})
    add("nullValue x", abc, rows, {"nullValue": "x", "emptyValue": "EMPTY"})
    add("escape is quote", abc, rows, {"escape": '"'})
    add("quote off", abc, rows, {"quote": ""})
    add("quote single", abc, rows, {"quote": "'"})
    add("special numbers", abc, rows, {"nanValue": "bad", "positiveInf": "Infinity", "negativeInf": "-Inf"})
    add("failfast", "a INT, b STRING, c DOUBLE", rows, {"mode": "FAILFAST"})
    add("separator tab", abc, "1\tx\t2\n", {"sep": "\\t"})
    add("separator raw tab", abc, "1\tx\t2\n", {"sep": "\t"})
    add("separator two characters", abc, "1||x||2\n3||a|b||4\n", {"delimiter": "||"})
    add("separator semicolon", abc, "1;x,y;2\n", {"sep": ";"})
    add("header", abc, "a,b,c\n1,x,2\n", {"header": "true"})
    add("header in other order", "a INT, b STRING", "b,a\nx,1\n", {"header": "true"})
    add("header not enforced", "a INT, b STRING", "b,a\nx,1\n", {"header": "true", "enforceSchema": "false"})
    add("header fits, not enforced", "a INT, b STRING", "a,b\n1,x\n", {"header": "true", "enforceSchema": "false"})
    add("header after blanks", abc, "\n\na,b,c\n1,x,2\n", {"header": "true"})
    add("header only", abc, "a,b,c\n", {"header": "true"})
    add("line ends", abc, "1,x,2\r\n2,y,3\r3,z,4\n\r\n4,w,5")
    add("multiLine", abc, '1,"x\ny",2\n2,"a\r\nb",3\r\n3,z,4\n', {"multiLine": "true"})
    add("not multiLine", abc, '1,"x\ny",2\n')
    add("lineSep", abc, "1,x,2|2,y,3|", {"lineSep": "|"})
    add("byte order mark", abc, b64(b"\xef\xbb\xbf1,x,2\n"))
    add("byte order mark and header", abc, b64(b"\xef\xbb\xbfa,b,c\n1,x,2\n"), {"header": "true"})
    add("invalid UTF-8", abc, b64(b"1,a\xffb,2\n"))
    wide = "b BOOLEAN, ti TINYINT, si SMALLINT, l BIGINT, f FLOAT, de DECIMAL(10,2), da DATE, t TIMESTAMP, n TIMESTAMP_NTZ, x BINARY, s STRING, _corrupt_record STRING"
    values = ["", "true", "TRUE", "t", "1", "-1", "128", "32768", "1.5", "1.005", "100000000.5", "9223372036854775808", "2026-01-02", "2026-01-02T03:04:05.678Z", "2026-01-02 03:04:05", "2026-1-2", "2026", "abc", " 1 ", "1e2", "NaN", "1L", "+1", "1,5", "\"1,234.5\"", "yes", "0", "2026-02-30"]
    for i, kind in enumerate(part for part in wide.split(", ") if not part.startswith("_")):
        add("each value under " + kind, kind + ", z INT, _corrupt_record STRING", "".join('%s,7\n' % value for value in values if value != "1,5"))
    add("date formats", "t TIMESTAMP, d DATE, _corrupt_record STRING", "02/01/2026 03:04,02/01/2026\n2026-01-02,2026-01-02\n2026-01-02T03:04:05Z,2026-01-02 03:04:05\n", {"timestampFormat": "dd/MM/yyyy HH:mm", "dateFormat": "dd/MM/yyyy"})
    add("time zone", "t TIMESTAMP", "2026-01-02 03:04:05\n", {"timeZone": "Europe/Berlin"})
    add("nothing given", None, "a,b\n1,x\n")
    add("header, strings", None, "a,b\n1,x\n", {"header": "true"})
    add("header with odd names", None, "a,,a,A,\"q,r\"\n1,2,3,4,5\n", {"header": "true"})
    add("inferred", None, "i,l,d,b,t,da,s,e,m\n1,3000000000,1.5,true,2026-01-02T03:04:05Z,2026-01-02,x,,1\n2,4,2,false,2026-01-02 03:04:05,2026-01-03,y,,z\n", {"header": "true", "inferSchema": "true"})
    add("inferred big", None, "123456789012345678901,1e3,NaN,99999999999999999999999999999999999999999\n", {"inferSchema": "true"})
    add("inferred mixed", None, "1,1,true,2026-01-01,1\n1.5,3000000000,1,2026-01-01 00:00:00,\n", {"inferSchema": "true"})
    add("not null", "a INT NOT NULL, b STRING", ",x\n1,\n")
    add("maxCharsPerColumn", "a STRING", "abcdef\n", {"maxCharsPerColumn": "3"})
    add("empty lines in one column", "a STRING", "a\n\nb\n \n\"\"\n")
    add("unescaped quotes delimiter", abc, '1,a"b"c,2\n2,"a"b",3\n', {"unescapedQuoteHandling": "STOP_AT_CLOSING_QUOTE"})
    return cases


def write_cases():
    one = "SELECT 1 AS i, CAST(NULL AS STRING) AS n, 'x' AS s"
    wide = "SELECT true AS b, 1Y AS ti, -2S AS si, 9223372036854775807L AS l, CAST(1.5 AS FLOAT) AS f, 1e20D AS d1, 1e-5D AS d2, 100.0D AS d3, CAST('NaN' AS DOUBLE) AS nan, CAST('-Infinity' AS DOUBLE) AS inf, CAST(12.50 AS DECIMAL(10,2)) AS de, DATE'2026-01-02' AS da, TIMESTAMP'2026-01-02 03:04:05.678901' AS t, TIMESTAMP'2026-01-02 03:04:05' AS t0, TIMESTAMP_NTZ'2026-01-02 03:04:05.5' AS nt"
    strings = "SELECT * FROM VALUES ('plain'), (''), (NULL), ('a,b'), ('a\"b'), ('\"q\"'), ('a\\\\b'), (' lead'), ('trail '), ('line\\nbreak'), ('cr\\rx'), ('\u00e9\u4e2d\U0001f600'), ('=1+1'), ('#x'), ('a\\tb'), ('\\u0001'), ('\\\\'), ('a\\\\\"b'), ('\\u2028'), ('/'), ('\u007f') AS t(s)"
    nested = "SELECT named_struct('x', 1, 'y', CAST(NULL AS STRING)) AS st, array(1, NULL, 3) AS ar, map('a', 1, 'b', NULL) AS m, array(named_struct('k', 'v')) AS aa, CAST('abc' AS BINARY) AS x, map(1, 'i') AS mi, named_struct('e', CAST(NULL AS INT)) AS allnull, array() AS ea"
    floats = "SELECT CAST(c AS FLOAT) AS f, CAST(c AS DOUBLE) AS d FROM VALUES ('0.1'), ('-0.0'), ('1'), ('12345678.9'), ('9999999'), ('10000000'), ('0.001'), ('0.0009999'), ('1.0E7'), ('3.4028235E38'), ('1.4E-45'), ('4.9E-324'), ('123456789012345680'), ('2.2250738585072014E-308'), ('1.7976931348623157E308'), ('Infinity'), ('NaN') AS t(c)"
    times = "SELECT CAST(c AS TIMESTAMP) AS t FROM VALUES ('2026-07-01 00:00:00'), ('1969-12-31 23:59:59.999999'), ('1500-01-01 00:00:00'), ('9999-12-31 23:59:59.9'), ('2026-01-01 12:00:00.120000'), ('1883-11-18 12:03:58') AS t(c)"
    cases = []
    for name, query in [("one", one), ("wide", wide), ("strings", strings), ("nested", nested), ("floats", floats), ("times", times)]:
        cases.append({"name": name + " as json", "format": "json", "query": query})
        cases.append({"name": name + " as csv", "format": "csv", "query": query})
    cases.append({"name": "nulls kept", "format": "json", "query": one, "options": {"ignoreNullFields": "false"}})
    cases.append({"name": "nested nulls kept", "format": "json", "query": nested, "options": {"ignoreNullFields": "false"}})
    cases.append({"name": "times in a zone", "format": "json", "query": times, "options": {"timeZone": "America/New_York"}})
    cases.append({"name": "times in a zone, csv", "format": "csv", "query": times, "options": {"timeZone": "Europe/Berlin"}})
    cases.append({"name": "formats", "format": "json", "query": wide, "options": {"timestampFormat": "yyyy/MM/dd HH:mm", "dateFormat": "dd.MM.yyyy"}})
    cases.append({"name": "formats csv", "format": "csv", "query": wide, "options": {"timestampFormat": "yyyy/MM/dd HH:mm", "dateFormat": "dd.MM.yyyy", "timestampNTZFormat": "HH:mm"}})
    cases.append({"name": "line separator", "format": "json", "query": "SELECT 1 AS a UNION ALL SELECT 2", "options": {"lineSep": "|"}})
    cases.append({"name": "header", "format": "csv", "query": "SELECT 1 AS `a,b`, 'x' AS c", "options": {"header": "true"}})
    cases.append({"name": "quote all", "format": "csv", "query": strings, "options": {"quoteAll": "true"}})
    cases.append({"name": "null and empty", "format": "csv", "query": strings, "options": {"nullValue": "NULL", "emptyValue": "EMPTY"}})
    cases.append({"name": "escape quotes off", "format": "csv", "query": strings, "options": {"escapeQuotes": "false"}})
    cases.append({"name": "white space kept", "format": "csv", "query": strings, "options": {"ignoreLeadingWhiteSpace": "false", "ignoreTrailingWhiteSpace": "false"}})
    cases.append({"name": "semicolon", "format": "csv", "query": strings, "options": {"sep": ";", "quote": "'"}})
    cases.append({"name": "escape is quote", "format": "csv", "query": strings, "options": {"escape": '"'}})
    cases.append({"name": "text", "format": "text", "query": "SELECT * FROM VALUES ('a'), (NULL), ('b\\nc') AS t(value)"})
    cases.append({"name": "text with separator", "format": "text", "query": "SELECT * FROM VALUES ('a'), (NULL) AS t(value)", "options": {"lineSep": "|"}})
    return cases
