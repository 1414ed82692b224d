"""Asks PySpark what the examples of the function definitions print: writes goldens/examples.json. Needs node in the path."""
import json
import logging
import os
import subprocess

from pyspark.errors import PySparkException
from pyspark.sql import SparkSession

logging.disable(logging.CRITICAL)
HERE = os.path.dirname(os.path.abspath(__file__))


CHUNK = 40


def answers_of(spark, queries):
    """The results of queries of one value; those without FROM are asked together, and by halves where one of them fails."""
    if not queries:
        return {}
    together = len(queries) > 1
    query = "SELECT " + ", ".join(one[len("SELECT "):] for one in queries) if together else queries[0]
    try:
        return dict(zip(queries, spark.sql(query).collect()[0]))
    except PySparkException as error:
        if not together:
            return {queries[0]: "! " + (error.getCondition() or str(error)[:80])}
    half = len(queries) // 2
    return {**answers_of(spark, queries[:half]), **answers_of(spark, queries[half:])}


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
    queries = [query["sql"] for query in json.loads(listed.stdout)]
    alone = [query for query in queries if " FROM VALUES " in query]
    plain = [query for query in queries if " FROM VALUES " not in query]
    answers = {}
    for chunk in [plain[at : at + CHUNK] for at in range(0, len(plain), CHUNK)] + [[query] for query in alone]:
        answers.update(answers_of(spark, chunk))
    with open(os.path.join(HERE, "goldens", "examples.json"), "w", encoding="utf-8") as file:
        json.dump(answers, file, indent=1, ensure_ascii=False)
        file.write("\n")


if __name__ == "__main__":
    main()
