"""Work 3 on Spark: filter and project JSON logs into JSON or CSV files, a file per batch."""
import tempfile
import time

from program import LOG_SCHEMA, finish, parameters, spark, work

output = tempfile.mkdtemp(prefix="spark-bench-files-")
start = time.perf_counter()
query = (
    spark.readStream.schema(LOG_SCHEMA)
    .option("maxFilesPerTrigger", 1)
    .json(parameters["folder"])
    .where("ok AND action <> 'view'")
    .selectExpr("user", "upper(action) AS action", "bytes * 2 + 1 AS size", "time")
    .writeStream.format(parameters["format"])
    .option("checkpointLocation", work + "/checkpoint")
    .trigger(availableNow=True)
    .start(output)
)
query.awaitTermination()
finish(seconds=time.perf_counter() - start, outputFolder=output)
