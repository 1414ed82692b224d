"""The seed program on Spark: the same files, the same query, local[2], a disk checkpoint. Prints its result as one line of JSON."""
import json
import shutil
import sys
import tempfile
import time

import pyspark
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

folder = sys.argv[1]
spark = (
    SparkSession.builder.master("local[2]")
    .config("spark.ui.enabled", "false")
    .config("spark.sql.shuffle.partitions", "2")
    .config("spark.sql.session.timeZone", "UTC")
    .config("spark.driver.memory", "4g")
    .getOrCreate()
)
spark.sparkContext.setLogLevel("ERROR")
work = tempfile.mkdtemp()
rows = []


def keep(batch, batch_id):
    rows[:] = batch.toJSON().collect()


start = time.perf_counter()
logs = spark.readStream.schema("time TIMESTAMP, action STRING, user STRING, bytes BIGINT, ok BOOLEAN").json(folder)
query = (
    logs.groupBy(F.col("action"), F.window(F.col("time"), "1 hour"))
    .count()
    .writeStream.outputMode("complete")
    .option("checkpointLocation", work + "/checkpoint")
    .trigger(availableNow=True)
    .foreachBatch(keep)
    .start()
)
query.awaitTermination()
seconds = time.perf_counter() - start
shutil.rmtree(work, ignore_errors=True)
print(json.dumps({"seconds": seconds, "rows": sorted(rows), "version": "spark " + pyspark.__version__}))
