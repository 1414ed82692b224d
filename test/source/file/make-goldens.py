"""Regenerates goldens/file-reads.json with a real PySpark 4.3.0: what Spark's file sources make of folders, options and paths.

Run: python test/source/file/make-goldens.py
A case has `files` (path → text, or base64 after `b64:`), the read (`format`, `path`, `options`, `schema`, `select`), and its `answer`: schema
and sorted toJSON texts, or the condition of the error.
"""
import base64
import json
import os
import re
import shutil
import tempfile

from pyspark.sql import SparkSession

HERE = os.path.dirname(os.path.abspath(__file__))
spark = (SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false").config("spark.sql.session.timeZone", "UTC")
         .config("spark.sql.shuffle.partitions", "1").getOrCreate())
spark.sparkContext.setLogLevel("OFF")
cases = []


def case(name, files, format="json", path="", options=None, schema=None, select=None, conf=None):
    cases.append({"name": name, "files": files, "format": format, "path": path, "options": options or {}, "schema": schema,
                  "select": select, "conf": conf or {}})


def encoded(text, charset):
    return "b64:" + base64.b64encode(text.encode(charset)).decode()


def folders(*values):
    return {f"p={value}/f.json": '{"id":%d}\n' % i for i, value in enumerate(values)}


# Columns of folders
for name, values in {
    "ints": ["1", "02", "-3"], "longs": ["1", "3000000000"], "beyond longs": ["1", "99999999999999999999"], "doubles": ["1", "2.5"],
    "doubles and longs": ["2.5", "3000000000"], "exponents": ["1e3", "2"], "dates": ["2024-01-01", "2024-02-30"],
    "good dates": ["2024-01-01", "2024-02-28"], "dates and times": ["2024-01-01", "2024-01-01 10%3A00%3A00"],
    "times": ["2024-01-01 10%3A00%3A00.5", "2024-01-02 00%3A00%3A00"], "texts": ["a", "1"], "null and int": ["__HIVE_DEFAULT_PARTITION__", "7"],
    "nulls": ["__HIVE_DEFAULT_PARTITION__"], "int and date": ["1", "2024-01-01"], "suffixes": ["1d", "2f"], "booleans": ["true", "false"],
    "escapes": ["a%2Fb", "c d", "%25"], "plus": ["+5", "6"], "NaN": ["NaN", "1"], "years": ["2024", "2025"], "months": ["2024-01", "2024-02"],
}.items():
    case("folder values: " + name, folders(*values))
case("folder values as texts", folders("1", "2"), conf={"spark.sql.sources.partitionColumnTypeInference.enabled": "false"})
case("folder column in the schema has the type of the schema", folders("1", "2"), schema="id INT, p STRING")
case("folder column missing in the schema is added", folders("1", "2"), schema="id INT")
case("folder column is also in the files", {"p=1/f.json": '{"id":1,"p":"x"}\n'})
case("two levels", {"a=1/b=x/f.json": '{"id":1}\n', "a=2/b=y/f.json": '{"id":2}\n'})
case("files beside folders", {"a=1/f.json": '{"id":1}\n', "f.json": '{"id":2}\n'})
case("folders of different depth", {"a=1/f.json": '{"id":1}\n', "a=2/b=3/f.json": '{"id":2}\n'})
case("folders of different names", {"a=1/f.json": '{"id":1}\n', "b=2/f.json": '{"id":2}\n'})
case("path of one folder", folders("1", "2"), path="p=1")
case("path of one folder with basePath", folders("1", "2"), path="p=1", options={"basePath": "{root}"})
case("pattern over folders", folders("1", "2", "x"), path="p=[12]")
case("pattern over folders with basePath", folders("1", "2", "x"), path="p=[12]", options={"basePath": "{root}"})
case("pattern of files in folders", folders("1", "2"), path="p=*/*.json")
case("recursive look-up has no folder columns", folders("1", "2"), options={"recursiveFileLookup": "true"})
case("recursive look-up", {"x/y/f.json": '{"id":1}\n', "g.json": '{"id":2}\n'}, options={"recursiveFileLookup": "true"})
case("plain subfolders are not entered", {"x/f.json": '{"id":1}\n', "g.json": '{"id":2}\n'})
case("hidden files", {"_x.json": '{"id":1}\n', ".y.json": '{"id":2}\n', "g.json": '{"id":3}\n', "_p=1/f.json": '{"id":4}\n'})
case("pathGlobFilter", {"a.json": '{"id":1}\n', "b.txt": '{"id":2}\n'}, options={"pathGlobFilter": "*.json"})
case("modifiedAfter in the future", {"a.json": '{"id":1}\n'}, schema="id INT", options={"modifiedAfter": "2100-01-01T00:00:00"})
case("modifiedBefore the future", {"a.json": '{"id":1}\n'}, options={"modifiedBefore": "2100-01-01T00:00:00"})
case("modifiedAfter that is no time", {"a.json": '{"id":1}\n'}, options={"modifiedAfter": "soon"})
# Hidden column
META = {"a.json": '{"id":1}\n{"id":2}\n', "sub dir/b.json": '{"id":3}\n'}
case("_metadata fields", META, options={"recursiveFileLookup": "true"}, select=["id", "_metadata.file_name", "_metadata.file_size", "_metadata.file_block_start", "_metadata.file_block_length"])
case("_metadata path ends", META, options={"recursiveFileLookup": "true"}, select=["id", "substring_index(_metadata.file_path, '/', -1) as p", "_metadata.file_modification_time > timestamp'2020-01-01' as t"])
case("_metadata is hidden", META, select=["*"])
case("_metadata in full", {"p q=1/a b%é.json": '{"id":1}\n'}, select=["id", "_metadata.file_name", "substring_index(_metadata.file_path, '/', -2) as path", "typeof(_metadata.file_modification_time) as t"])
case("_metadata of csv", {"a.csv": "1\n2\n"}, format="csv", schema="id INT", select=["id", "_METADATA.FILE_NAME", "_metadata.file_size + 1 as n"])
case("_metadata of text", {"p=1/a.txt": "x\ny"}, format="text", select=["value", "_metadata.file_name"])
case("_metadata of binaryFile", {"a.bin": "b64:AAEC/w=="}, format="binaryFile", select=["length", "_metadata.file_size"])
case("_metadata is not what the files have", {"a.json": '{"id":1,"_metadata":{"file_name":"x"}}\n'}, select=["_metadata.file_name"])
case("_metadata in other letters in the schema", {"a.json": '{"id":1,"_METADATA":"x"}\n'}, schema="id INT, _METADATA STRING", select=["_metadata"])
case("_metadata without such a field", {"a.json": '{"id":1}\n'}, select=["_metadata.nope"])
case("_metadata with star", {"a.json": '{"id":1}\n'}, select=["*", "_metadata.file_size"])
case("_metadata.*", {"a.json": '{"id":1}\n'}, select=["_metadata.file_block_start", "size(map_keys(from_json(to_json(struct(_metadata.*)), 'map<string,string>'))) as n"])
case("_metadata in an aggregate", META, options={"recursiveFileLookup": "true"}, select=["max(_metadata.file_name) as m", "count(*) as n"])
case("_metadata as a column", {"a.json": '{"id":1}\n'}, select=["typeof(_metadata) as t"])
# binaryFile and text
case("binaryFile", {"a.bin": "b64:AAEC/w==", "d.bin": "b64:"}, format="binaryFile", select=["substring_index(path, '/', -1) as name", "length", "content"])
case("binaryFile without content", {"a.bin": "b64:AAEC/w=="}, format="binaryFile", select=["length"], options={"pathGlobFilter": "*.bin"})
case("binaryFile in folders", {"p=1/a.bin": "b64:AA=="}, format="binaryFile", select=["length", "content", "p"])
case("text in folders", {"p=1/a.txt": "x\ny"}, format="text")
# Encodings
TEXT = 'a,b\nä,1\n日本,2\n'
for charset in ["UTF-8", "ISO-8859-1", "UTF-16", "UTF-16LE", "UTF-16BE", "windows-1252", "Shift_JIS", "US-ASCII"]:
    text = {"ISO-8859-1": "a,b\nä,1\nö,2\n", "windows-1252": "a,b\n€,1\nö,2\n", "US-ASCII": "a,b\nx,1\n", "Shift_JIS": "a,b\n日本,2\n"}.get(charset, TEXT)
    case("csv in " + charset, {"f.csv": encoded(text, charset)}, format="csv", options={"header": "true", "encoding": charset})
    case("csv of many lines in " + charset, {"f.csv": encoded(text, charset)}, format="csv", options={"header": "true", "encoding": charset, "multiLine": "true"})
    lines = "\n".join('{"a":"%s"}' % line.split(",")[0] for line in text.split("\n") if line)
    case("json in " + charset, {"f.json": encoded(lines, charset)}, options={"encoding": charset, "lineSep": "\n"})
    case("json of many lines in " + charset, {"f.json": encoded(lines.split("\n")[1], charset)}, options={"encoding": charset, "multiLine": "true"})
case("json of many lines finds UTF-16", {"f.json": encoded('{"a":"ä"}', "UTF-16LE")}, options={"multiLine": "true"})
case("json with a mark of UTF-8", {"f.json": "\ufeff" + '{"a":"ä"}\n{"a":"b"}'})
case("csv with a mark of UTF-8", {"f.csv": "\ufeffa,b\n1,2\n"}, format="csv", options={"header": "true"})
case("an encoding nobody has", {"f.csv": "a\n"}, format="csv", options={"encoding": "UTF-99"})
case("json in UTF-16 without lineSep", {"f.json": encoded('{"a":1}', "UTF-16")}, options={"encoding": "UTF-16"})
# Inference
case("csv types", {"f.csv": "1,2147483648,1.5,2024-01-31,2024-01-31 10:00:00,true,x,,1e400,99999999999999999999\n"}, format="csv", options={"inferSchema": "true"})
case("csv types that meet", {"f.csv": "1,1,1,2024-01-31,1,true,2024-01-31\n2147483648,1.5,x,2024-01-31T00:00:00Z,2024-01-31,1,2024-01-31 10:00:00\n"}, format="csv", options={"inferSchema": "true"})
case("csv dates by format", {"f.csv": "31/01/2024,31/01/2024 10:00\n"}, format="csv", options={"inferSchema": "true", "dateFormat": "dd/MM/yyyy", "timestampFormat": "dd/MM/yyyy HH:mm"})
case("csv without dates", {"f.csv": "2024-01-31\n"}, format="csv", options={"inferSchema": "true", "preferDate": "false"})
case("csv types of local times", {"f.csv": "2024-01-31 10:00:00,2024-01-31T10:00:00+01:00\n"}, format="csv", options={"inferSchema": "true"}, conf={"spark.sql.timestampType": "TIMESTAMP_NTZ"})
case("json types", {"f.json": '{"a":1,"b":1.5,"c":"x","d":true,"e":[1,2.5],"f":{"g":null},"h":99999999999999999999,"i":null,"j":"2024-01-31T10:00:00Z"}\n'})
case("json types with times", {"f.json": '{"j":"2024-01-31T10:00:00Z","k":"2024-01-31","l":"2024-01-31 10:00:00"}\n'}, options={"inferTimestamp": "true"})
case("json decimals", {"f.json": '{"a":1.25,"b":12345678901234567890123456789.5,"c":1}\n'}, options={"prefersDecimal": "true"})
case("json texts", {"f.json": '{"a":1.25,"b":true,"c":{"d":1}}\n'}, options={"primitivesAsString": "true"})
case("json fields that are always null", {"f.json": '{"a":null,"b":[],"c":{"d":null},"e":1}\n'}, options={"dropFieldIfAllNull": "true"})
case("json types that meet", {"f.json": '{"a":1,"b":1,"c":[1],"d":{"x":1},"e":1}\n{"a":1.5,"b":"x","c":["y"],"d":{"y":2},"e":{"z":1}}\n'})
case("json in several files", {"a.json": '{"a":1}\n', "b.json": '{"a":"x","b":2}\n'})
case("csv types of all records when the sample is nearly all", {"f.csv": "1\n2\nx\n"}, format="csv", options={"inferSchema": "true", "samplingRatio": "0.995"})
case("csv sample of nothing", {"f.csv": "1\n"}, format="csv", options={"inferSchema": "true", "samplingRatio": "0"})
case("json sample of more than all", {"f.json": '{"a":1}\n{"b":1}\n'}, options={"samplingRatio": "2.0"})
case("csv quotes that are not closed, stop", {"f.csv": 'a"b,"c"d,e\n'}, format="csv", options={"unescapedQuoteHandling": "STOP_AT_CLOSING_QUOTE"})
case("csv quotes that are not closed, back", {"f.csv": 'x,"c"d,e\n'}, format="csv", options={"unescapedQuoteHandling": "BACK_TO_DELIMITER"})
case("csv quotes that are not closed, skip", {"f.csv": 'x,"c"d,e\n'}, format="csv", options={"unescapedQuoteHandling": "SKIP_VALUE"})
case("csv quotes that are not closed, error", {"f.csv": 'x,"c"d,e\n'}, format="csv", options={"unescapedQuoteHandling": "RAISE_ERROR"})


def answer(one, root):
    try:
        for key, value in one["conf"].items():
            spark.conf.set(key, value)
        reader = spark.read.format(one["format"]).options(**{k: v.replace("{root}", root) for k, v in one["options"].items()})
        if one["schema"]:
            reader = reader.schema(one["schema"])
        frame = reader.load(os.path.join(root, one["path"]) if one["path"] else root)
        if one["select"]:
            frame = frame.selectExpr(*one["select"])
        rows = sorted(frame.toJSON().collect())
        return {"schema": frame.schema.simpleString(), "rows": rows}
    except Exception as error:
        found = re.search(r"\[([A-Z][A-Z_0-9.]+)\]", str(error))
        return {"error": found.group(1) if found else type(error).__name__, "text": str(error)[:160].replace(root, "{root}")}
    finally:
        for key in one["conf"]:
            spark.conf.unset(key)


for one in cases:
    root = tempfile.mkdtemp(prefix="reads")
    for name, content in one["files"].items():
        place = os.path.join(root, name)
        os.makedirs(os.path.dirname(place), exist_ok=True)
        with open(place, "wb") as file:
            file.write(base64.b64decode(content[4:]) if content.startswith("b64:") else content.encode())
    one["answer"] = answer(one, root)
    shutil.rmtree(root)
with open(os.path.join(HERE, "goldens", "file-reads.json"), "w") as out:
    json.dump(cases, out, ensure_ascii=False, indent=1)
