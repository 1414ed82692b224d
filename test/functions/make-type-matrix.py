"""Asks PySpark for the types of operators over every pair of types: writes goldens/type-matrix.json. Run by hand when types are added.

An answer is the type of the result, or the error condition. Nothing is computed, so that values do not matter.
"""
import json
import logging
import os

from pyspark.errors import PySparkException
from pyspark.sql import SparkSession

logging.disable(logging.CRITICAL)
HERE = os.path.dirname(os.path.abspath(__file__))
TYPES = [
    "TINYINT", "INT", "BIGINT", "FLOAT", "DOUBLE", "DECIMAL(5,2)", "STRING", "BINARY", "BOOLEAN", "DATE", "TIMESTAMP",
    "TIMESTAMP_NTZ", "INTERVAL MONTH", "INTERVAL DAY TO SECOND", "VOID", "ARRAY<INT>", "STRUCT<a:INT>",
]
FORMS = {
    "coalesce": "coalesce({a}, {b})",
    "=": "{a} = {b}",
    "+": "{a} + {b}",
    "-": "{a} - {b}",
    "*": "{a} * {b}",
    "/": "{a} / {b}",
    "div": "{a} div {b}",
    "concat": "concat({a}, {b})",
}
CASTS = [kind for kind in TYPES if kind != "VOID"]


def column(kind):
    return "NULL" if kind == "VOID" else f"CAST(NULL AS {kind})"


def answer(spark, query):
    try:
        return spark.sql(query).schema[0].dataType.simpleString()
    except PySparkException as error:
        return "! " + (error.getCondition() or "")


def main():
    spark = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false").getOrCreate()
    spark.sparkContext.setLogLevel("OFF")
    matrix = {}
    for name, form in FORMS.items():
        rows = {}
        for a in TYPES:
            rows[a] = [answer(spark, "SELECT " + form.format(a="a", b="b") + f" FROM (SELECT {column(a)} AS a, {column(b)} AS b)") for b in TYPES]
        matrix[name] = rows
    matrix["union"] = {
        a: [answer(spark, f"SELECT {column(a)} AS c UNION ALL SELECT {column(b)}") for b in TYPES] for a in TYPES
    }
    matrix["cast"] = {
        a: [answer(spark, f"SELECT CAST(a AS {b}) FROM (SELECT {column(a)} AS a)") for b in CASTS] for a in TYPES
    }
    with open(os.path.join(HERE, "goldens", "type-matrix.json"), "w", encoding="utf-8") as file:
        lines = [f"{json.dumps(name)}: " + "{\n  " + ",\n  ".join(f"{json.dumps(a)}: {json.dumps(row)}" for a, row in rows.items()) + "\n }" for name, rows in matrix.items()]
        file.write("{\n \"types\": " + json.dumps(TYPES) + ",\n " + ",\n ".join(lines) + "\n}\n")


if __name__ == "__main__":
    main()
