"""Work 1 on Spark, the seed program: the same files, the same query, a checkpoint on disk."""
import time

from pyspark.sql import functions as F

from program import LOG_SCHEMA, finish, parameters, spark, work

rows = []


def keep(batch, batch_id):
    rows[:] = batch.toJSON().collect()


start = time.perf_counter()
query = (
    spark.readStream.schema(LOG_SCHEMA)
    .json(parameters["folder"])
    .groupBy(F.col("action"), F.window(F.col("time"), "1 hour"))
    .count()
    .writeStream.outputMode("complete")
    .option("checkpointLocation", work + "/checkpoint")
    .trigger(availableNow=True)
    .foreachBatch(keep)
    .start()
)
query.awaitTermination()
finish(seconds=time.perf_counter() - start, answer=sorted(rows))
