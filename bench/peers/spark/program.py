"""What the Spark programs have in common: parameters in the last argument, a session on two cores, the result in the last line."""
import json
import shutil
import sys
import tempfile

import pyspark
from pyspark.sql import SparkSession

LOG_SCHEMA = "time TIMESTAMP, action STRING, user STRING, bytes BIGINT, ok BOOLEAN"

parameters = json.loads(sys.argv[-1])
spark = (
    SparkSession.builder.master("local[2]")
    .config("spark.ui.enabled", "false")
    .config("spark.sql.shuffle.partitions", "2")
    .config("spark.sql.session.timeZone", "UTC")
    .config("spark.driver.memory", "4g")
    .getOrCreate()
)
spark.sparkContext.setLogLevel("ERROR")
work = tempfile.mkdtemp(prefix="spark-bench-")


def finish(**result):
    """Prints the result and removes the working folder."""
    shutil.rmtree(work, ignore_errors=True)
    print(json.dumps({"version": "spark " + pyspark.__version__, **result}))
