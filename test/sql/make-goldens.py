"""Runs every query of cases/*.sql on PySpark and stores Spark's answers in answers/*.json.

usage: make-goldens.py [--new] [name of a cases file ...]

With --new, answers of queries that are stored already are kept.

A cases file holds one query per line or paragraph that ends with `;;`. A line `-- needs: word` before a query says what Millrace has to
have for it; `-- ordered` that the order of the rows counts. Other comment lines are for readers.
"""
import glob
import json
import os
import re
import sys

from pyspark.errors import PySparkException
from pyspark.sql import SparkSession

HERE = os.path.dirname(os.path.abspath(__file__))


def cases_of(path):
    text = open(path, encoding="utf-8").read()
    for block in text.split(";;"):
        needs, ordered, lines = [], False, []
        for line in block.split("\n"):
            marker = re.match(r"^-- (needs: (.*)|ordered)$", line)
            if marker is None and not (line.startswith("-- ") and not lines):
                lines.append(line)
            elif marker is not None and marker.group(2):
                needs += marker.group(2).split()
            elif marker is not None:
                ordered = True
        query = "\n".join(lines).strip("\n")
        if query.strip():
            yield query, needs, ordered


def answer(spark, query, ordered):
    try:
        df = spark.sql(query)
        rows = df.toJSON().collect()
        return {
            "columns": df.columns,
            "types": [field.dataType.simpleString() for field in df.schema.fields],
            "rows": rows if ordered else sorted(rows),
        }
    except PySparkException as error:
        condition = error.getCondition()
        if condition is None:
            cause = re.search(r"\[([A-Z_0-9.]+)\]", str(error))
            condition = cause.group(1) if cause else None
        parameters = error.getMessageParameters() or {}
        return {"error": condition, "parameters": dict(parameters)}
    except Exception as error:  # What fails while rows are made comes as an exception of Java.
        cause = re.search(r"\[([A-Z_0-9.]+)\]", str(error))
        if cause is None:
            raise
        return {"error": cause.group(1), "parameters": {}}


def main():
    only_new = "--new" in sys.argv
    wanted = [argument for argument in sys.argv[1:] if argument != "--new"]
    spark = (
        SparkSession.builder.master("local[1]")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.sql.timeType.enabled", "true")
        .config("spark.sql.shuffle.partitions", "1")
        .getOrCreate()
    )
    spark.sparkContext.setLogLevel("OFF")
    for query, _, _ in cases_of(os.path.join(HERE, "cases", "tables.sql")):
        spark.sql(query)
    for path in sorted(glob.glob(os.path.join(HERE, "cases", "*.sql"))):
        name = os.path.splitext(os.path.basename(path))[0]
        if name == "tables" or (wanted and name not in wanted):
            continue
        answers = []
        target = os.path.join(HERE, "answers", f"{name}.json")
        known = {}
        if only_new and os.path.exists(target):
            known = {case["sql"]: case for case in json.load(open(target, encoding="utf-8"))}
        for query, needs, ordered in cases_of(path):
            case = {"sql": query}
            if needs:
                case["needs"] = needs
            if ordered:
                case["ordered"] = True
            stored = known.get(query)
            result = answer(spark, query, ordered) if stored is None or name.startswith("statements") else stored
            answers.append({**result, **case})
        with open(target, "w", encoding="utf-8") as out:
            json.dump(answers, out, indent=1, ensure_ascii=False)
            out.write("\n")
        print(name, len(answers))


main()
