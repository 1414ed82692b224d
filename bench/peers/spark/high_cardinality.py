"""Work 2 on Spark: count, sum and max per user and minute, append mode with a watermark, a file per batch."""
import time

from pyspark.sql import functions as F

from program import LOG_SCHEMA, finish, parameters, spark, work

CHECKSUMS = [
    "count(*) AS c0",
    "sum(events) AS c1",
    "sum(total) AS c2",
    "sum(biggest) AS c3",
    "sum(cast(substring(user, 5) AS BIGINT) * total) AS c4",
    "sum((unix_seconds(window.start) - 1767225600) * events) AS c5",
]
sums = [0] * len(CHECKSUMS)


def check(batch, batch_id):
    row = batch.agg(*[F.expr(text) for text in CHECKSUMS]).collect()[0]
    for i, value in enumerate(row):
        sums[i] += value or 0


start = time.perf_counter()
query = (
    spark.readStream.schema(LOG_SCHEMA)
    .option("maxFilesPerTrigger", 1)
    .json(parameters["folder"])
    .withWatermark("time", "10 minutes")
    .groupBy(F.col("user"), F.window(F.col("time"), "1 minute"))
    .agg(F.count("*").alias("events"), F.sum("bytes").alias("total"), F.max("bytes").alias("biggest"))
    .writeStream.outputMode("append")
    .option("checkpointLocation", work + "/checkpoint")
    .trigger(availableNow=True)
    .foreachBatch(check)
    .start()
)
query.awaitTermination()
finish(seconds=time.perf_counter() - start, answer=[str(value) for value in sums])
