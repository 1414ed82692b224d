"""Asks PySpark for the results of the scalar functions: writes goldens/scalar.json. Run by hand when cases are added.

A case is a function name and typed arguments. Its answer is the column name, the type and the text of the result (its cast to string),
or the error condition with its parameters. An argument is (type, text); arrays, maps and structs are given as JSON.
"""
import json
import os
import sys

from pyspark.errors import PySparkException
from pyspark.sql import SparkSession

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
from golden_cases import CASES  # noqa: E402

SUFFIX = {"INT": "", "BIGINT": "L", "SMALLINT": "S", "TINYINT": "Y"}


def literal(arg):
    kind, text = arg
    if text is None:
        return "NULL" if kind == "VOID" else f"CAST(NULL AS {kind})"
    quoted = "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
    if kind == "STRING":
        return quoted
    if kind in SUFFIX and not text.startswith("-"):
        return text + SUFFIX[kind]
    if kind == "DOUBLE" and text[0].isdigit():
        return text + "D"
    if kind == "BOOLEAN":
        return text.upper()
    if kind in ("DATE", "TIMESTAMP"):
        return f"{kind} {quoted}"
    if kind.startswith(("ARRAY", "MAP", "STRUCT")):
        return f"from_json({quoted}, {json.dumps(kind)})"
    return f"CAST({quoted} AS {kind})"


def sql_of(name, args):
    texts = [literal(arg) for arg in args]
    if ":" in name:
        cast, target = name.split(":", 1)
        return f"{cast.upper()}({texts[0]} AS {target})"
    return f"`{name}`({', '.join(texts)})"


def answer(spark, name, args):
    sql = sql_of(name, args)
    try:
        frame = spark.sql(f"SELECT {sql}")
        column = frame.columns[0]
        kind = frame.schema[0].dataType.simpleString()
        row = spark.sql(f"SELECT CAST(r AS STRING) FROM (SELECT {sql} AS r)").collect()[0]
        return {"column": column, "type": kind, "text": row[0]}
    except PySparkException as error:
        parameters = error.getMessageParameters() or {}
        return {"error": error.getCondition(), "parameters": parameters}


def main():
    out = os.path.join(HERE, "goldens")
    for mode in ("ansi", "legacy"):
        spark = (
            SparkSession.builder.master("local[1]")
            .config("spark.ui.enabled", "false")
            .config("spark.sql.session.timeZone", "America/Los_Angeles")
            .config("spark.sql.shuffle.partitions", "1")
            .getOrCreate()
        )
        spark.sparkContext.setLogLevel("OFF")
        spark.conf.set("spark.sql.ansi.enabled", "true" if mode == "ansi" else "false")
        cases = CASES if mode == "ansi" else [case for case in CASES if case[0].split(":")[0] in ("+", "-", "*", "/", "%", "div", "cast", "element_at", "to_timestamp", "to_date", "abs", "negative")]
        lines = []
        for name, args in cases:
            lines.append(json.dumps({"name": name, "args": args, **answer(spark, name, args)}, ensure_ascii=False))
        with open(os.path.join(out, f"scalar-{mode}.json"), "w", encoding="utf-8") as file:
            file.write("[\n" + ",\n".join(lines) + "\n]\n")


if __name__ == "__main__":
    main()
