"""Asks PySpark for the examples of all functions and for their calls at the edges: goldens/examples.json and goldens/edges.json.

usage: make-edge-goldens.py [--new]      with --new only what has no answer yet

What is asked is said by list-queries.ts. An answer is the type and the texts of the rows (binary values in hexadecimal digits), or the
error condition; null where Spark has none. Needs node in the path.
"""
import json
import logging
import os
import re
import subprocess
import sys

from pyspark.errors import PySparkException
from pyspark.sql import SparkSession

logging.disable(logging.CRITICAL)
HERE = os.path.dirname(os.path.abspath(__file__))
GOLDENS = os.path.join(HERE, "goldens")


def condition_of(error):
    condition = error.getCondition() if isinstance(error, PySparkException) else None
    if condition is None:
        cause = re.search(r"\[([A-Z][A-Z_0-9]+(\.[A-Z_0-9]+)?)\] ", str(error))
        condition = cause.group(1) if cause else None
    return condition


def answer(spark, expression):
    expression, *source = expression.split(" FROM VALUES ", 1)
    rest = f" FROM VALUES {source[0]}" if source else ""
    try:
        frame = spark.sql(f"SELECT {expression} AS x{rest}")
        fields = frame.schema.fields
        texts = [
            f"hex(`{one.name}`)" if one.dataType.simpleString() == "binary" else f"CAST(`{one.name}` AS STRING)"
            for one in fields
        ]
        rows = frame.selectExpr(*texts).collect() if len({one.name for one in fields}) == len(fields) else []
        return [", ".join(one.dataType.simpleString() for one in fields), *(value for row in rows for value in row)]
    except Exception as error:  # What fails while rows are made comes as an exception of Java.
        return {"error": condition_of(error)}


def read(name):
    path = os.path.join(GOLDENS, name)
    return json.load(open(path, encoding="utf-8")) if os.path.exists(path) else {}


def write(name, answers):
    with open(os.path.join(GOLDENS, name), "w", encoding="utf-8") as file:
        functions = [
            json.dumps(function, ensure_ascii=False)
            + ": {\n"
            + ",\n".join(f" {json.dumps(query, ensure_ascii=False)}: {json.dumps(one, ensure_ascii=False)}" for query, one in known.items())
            + "\n}"
            for function, known in answers.items()
        ]
        file.write("{\n" + ",\n".join(functions) + "\n}\n")


def ask(spark, name, queries, only_new):
    known = read(name) if only_new else {}
    answers = {}
    for function, expressions in queries.items():
        before = known.get(function, {})
        answers[function] = {one: before[one] if one in before else answer(spark, one) for one in expressions}
    write(name, answers)


def main():
    listed = json.loads(
        subprocess.run(["node", os.path.join(HERE, "list-queries.ts")], capture_output=True, check=True, text=True).stdout
    )
    spark = (
        SparkSession.builder.master("local[1]")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.sql.shuffle.partitions", "1")
        .getOrCreate()
    )
    spark.sparkContext.setLogLevel("OFF")
    only_new = "--new" in sys.argv
    examples = {}
    for one in listed["examples"]:
        examples.setdefault(one["name"], []).append(one["sql"][len("SELECT ") :])
    ask(spark, "examples.json", examples, only_new)
    ask(spark, "edges.json", {one["name"]: one["expressions"] for one in listed["edges"]}, only_new)


if __name__ == "__main__":
    main()
