"""Regenerates test/formats/goldens/*.json with a real PySpark 4.3.0: what Spark's JSON and CSV readers make of small files.

Run: python test/formats/make-goldens.py [json|csv|write]
Values are written as in test/formats/golden-values.ts: longs, timestamps (microseconds) and decimals as strings, dates as days,
binary as base64, structs as arrays, maps as arrays of pairs, special doubles as strings.
"""
import base64, datetime, decimal, json, math, os, shutil, sys, tempfile, time

os.environ["TZ"] = "UTC"
time.tzset()
from pyspark.sql import SparkSession
from pyspark.sql import types as T

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "goldens")
spark = (
    SparkSession.builder.master("local[1]")
    .config("spark.ui.enabled", "false")
    .config("spark.sql.session.timeZone", "UTC")
    .config("spark.sql.shuffle.partitions", "1")
    .getOrCreate()
)
spark.sparkContext.setLogLevel("OFF")


def canonical(value, kind):
    if value is None:
        return None
    if isinstance(kind, (T.LongType,)):
        return str(value)
    if isinstance(kind, (T.FloatType, T.DoubleType)):
        if math.isnan(value):
            return "NaN"
        if math.isinf(value):
            return "Infinity" if value > 0 else "-Infinity"
        return value
    if isinstance(kind, T.DecimalType):
        return format(value, "f")
    if isinstance(kind, (T.TimestampType, T.TimestampNTZType)):
        delta = value.replace(tzinfo=None) - datetime.datetime(1970, 1, 1)
        return str((delta.days * 86400 + delta.seconds) * 1000000 + delta.microseconds)
    if isinstance(kind, T.DateType):
        return (value - datetime.date(1970, 1, 1)).days
    if isinstance(kind, T.BinaryType):
        return base64.b64encode(bytes(value)).decode()
    if isinstance(kind, T.StructType):
        return [canonical(value[i], f.dataType) for i, f in enumerate(kind.fields)]
    if isinstance(kind, T.ArrayType):
        return [canonical(item, kind.elementType) for item in value]
    if isinstance(kind, T.MapType):
        return [[canonical(k, kind.keyType), canonical(v, kind.valueType)] for k, v in value.items()]
    return value


def collected(frame):
    """The rows; times and dates of the top level are turned into numbers by Spark, since Python's have fewer years."""
    columns = []
    for field in frame.schema.fields:
        name = "`" + field.name.replace("`", "``") + "`"
        if isinstance(field.dataType, T.TimestampType):
            columns.append("unix_micros(%s)" % name)
        elif isinstance(field.dataType, T.TimestampNTZType):
            columns.append("unix_micros(CAST(%s AS TIMESTAMP))" % name)
        elif isinstance(field.dataType, T.DateType):
            columns.append("unix_date(%s)" % name)
        else:
            columns.append(name)
    names = ["c%d" % i for i in range(len(columns))]
    rows = frame.selectExpr(*["%s AS %s" % pair for pair in zip(columns, names)]) if columns else frame
    return [[canonical(row[i], f.dataType) for i, f in enumerate(rows.schema.fields)] for row in rows.collect()]


def run(case, reader):
    folder = tempfile.mkdtemp()
    try:
        data = case["input"]
        raw = base64.b64decode(data["base64"]) if isinstance(data, dict) else data.encode("utf-8")
        with open(os.path.join(folder, "in"), "wb") as out:
            out.write(raw)
        try:
            built = spark.read.format(reader)
            if case.get("schema"):
                built = built.schema(case["schema"])
            frame = built.options(**case.get("options", {})).load(os.path.join(folder, "in"))
            if case.get("columns"):
                frame = frame.select(*case["columns"])
            if not case.get("schema"):
                case["inferred"] = frame.schema.simpleString()
            case["rows"] = collected(frame)
        except Exception as error:
            text = str(error)
            found = [part.split("]")[0] for part in text.split("[")[1:] if part.split("]")[0].isupper() or "_" in part.split("]")[0]]
            case["error"] = found or [text[:200]]
    finally:
        shutil.rmtree(folder)
    return case


def save(name, cases):
    os.makedirs(HERE, exist_ok=True)
    with open(os.path.join(HERE, name + ".json"), "w") as out:
        out.write("[\n" + ",\n".join("  " + json.dumps(case, ensure_ascii=True) for case in cases) + "\n]\n")
    print(name, len(cases), "cases")


def b64(raw):
    return {"base64": base64.b64encode(raw).decode()}


from cases import json_cases, csv_cases, write_cases  # noqa: E402

wanted = sys.argv[1:] or ["json", "csv", "write"]
if "json" in wanted:
    save("json-read", [run(case, "json") for case in json_cases(b64)])
if "csv" in wanted:
    save("csv-read", [run(case, "csv") for case in csv_cases(b64)])
if "write" in wanted:
    done = []
    for case in write_cases():
        folder = tempfile.mkdtemp()
        try:
            frame = spark.sql(case["query"])
            case["schema"] = ", ".join("`%s` %s" % (f.name, f.dataType.simpleString()) for f in frame.schema.fields)
            case["rows"] = collected(frame)
            try:
                frame.coalesce(1).write.format(case["format"]).options(**case.get("options", {})).mode("overwrite").save(folder + "/out")
                texts = [open(os.path.join(folder, "out", n), "rb").read() for n in sorted(os.listdir(folder + "/out")) if n.startswith("part-")]
                case["text"] = b"".join(texts).decode("utf-8")
            except Exception as error:
                case["error"] = str(error)[:300]
        finally:
            shutil.rmtree(folder)
        done.append(case)
    save("write", done)
