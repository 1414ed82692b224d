"""Asks PySpark what the examples of the function definitions print: writes goldens/examples.json. Needs node in the path."""
import json
import logging
import os
import subprocess

from pyspark.errors import PySparkException
from pyspark.sql import SparkSession

logging.disable(logging.CRITICAL)
HERE = os.path.dirname(os.path.abspath(__file__))


def answer(spark, query):
    try:
        return spark.sql(query).collect()[0][0]
    except PySparkException as error:
        return "! " + (error.getCondition() or str(error)[:80])


def main():
    listed = subprocess.run(["node", os.path.join(HERE, "list-examples.ts")], capture_output=True, check=True, text=True)
    spark = (
        SparkSession.builder.master("local[1]")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.sql.shuffle.partitions", "1")
        .getOrCreate()
    )
    spark.sparkContext.setLogLevel("OFF")
    answers = {query["sql"]: answer(spark, query["sql"]) for query in json.loads(listed.stdout)}
    with open(os.path.join(HERE, "goldens", "examples.json"), "w", encoding="utf-8") as file:
        json.dump(answers, file, indent=1, ensure_ascii=False)
        file.write("\n")


if __name__ == "__main__":
    main()
