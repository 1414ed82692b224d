"""Reads the folders spark-folders.ts has written with a real PySpark: it must see exactly the committed files.

Usage: python read-with-spark.py ROOT; writes goldens/spark-read.json beside this file: the rows of each folder.
"""
import json
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))


def main(root):
    from pyspark.sql import SparkSession

    spark = (SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false")
             .config("spark.sql.session.timeZone", "UTC").getOrCreate())
    spark.sparkContext.setLogLevel("ERROR")
    out = {}
    for name in sorted(os.listdir(root)):
        frame = spark.read.json(os.path.join(root, name))
        out[name] = {"schema": frame.schema.simpleString(), "rows": sorted(frame.toJSON().collect())}
    evil = "".join(chr(i) for i in range(1, 256))
    texts = [evil[i:i + 40] for i in range(0, 255, 40)] + [".", "..", "a/../b", "日本 ..{}[]^", None]
    target = root.rstrip("/") + "-escaped"
    for i, text in enumerate(texts):
        spark.createDataFrame([(1, text)], "i int, p string").write.partitionBy("p").json(f"{target}/{i}")
    folders = [[text, next(f for f in os.listdir(f"{target}/{i}") if f.startswith("p="))] for i, text in enumerate(texts)]
    os.makedirs(os.path.join(HERE, "goldens"), exist_ok=True)
    with open(os.path.join(HERE, "goldens", "spark-read.json"), "w") as file:
        json.dump({"folders": out, "escaped": folders}, file, ensure_ascii=False, indent=1)


if __name__ == "__main__":
    main(sys.argv[1])
