"""
Work 4 on Spark: JSON records from a socket, counted per key and 1-minute window with a watermark in update mode, or passed through, into
foreachBatch, which may write to SQLite. Latencies from the time a record was due, taken from counts as end-to-end/latency-samples.ts does.
"""
import sqlite3
import time

from pyspark.sql import functions as F

from program import finish, parameters, spark, work

rows_per_second = parameters["rowsPerSecond"]
num_records = rows_per_second * parameters["seconds"]
period_ms = parameters["numKeys"] * 1000 / rows_per_second
warm_up_ms = parameters["warmUpSeconds"] * 1000
is_count = parameters["query"] == "count"
counted = {}
samples = []
state = {"seen": 0, "warm_until": None}

database = None
if parameters["sink"] == "sqlite":
    database = sqlite3.connect(work + "/result.db", check_same_thread=False, isolation_level=None)
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("CREATE TABLE counts (grp TEXT PRIMARY KEY, n INTEGER, due REAL)")


def write(rows):
    if database is None:
        return
    database.execute("BEGIN")
    database.executemany(
        "INSERT INTO counts VALUES (?, ?, ?) ON CONFLICT (grp) DO UPDATE SET n = excluded.n, due = excluded.due", rows
    )
    database.execute("COMMIT")


def seen(batch, batch_id):
    rows = [tuple(row) for row in batch.collect()]
    write(rows)
    now_ms = time.time() * 1000
    for group, count, due in rows:
        if state["warm_until"] is None:
            state["warm_until"] = due + warm_up_ms
        new = count - counted.get(group, 0) if is_count else 1
        if is_count:
            counted[group] = count
        state["seen"] += new
        for k in range(new):
            one = due - k * period_ms
            if one < state["warm_until"]:
                break
            samples.append(now_ms - one)


records = (
    spark.readStream.format("socket")
    .option("host", "127.0.0.1")
    .option("port", parameters["port"])
    .load()
    .select(F.from_json("value", "time TIMESTAMP, key INT, due DOUBLE").alias("r"))
    .select("r.*")
)
if is_count:
    result = (
        records.withWatermark("time", "10 seconds")
        .groupBy("key", F.window("time", "1 minute"))
        .agg(F.count("*").alias("count"), F.max("due").alias("due"))
        .select(F.expr("concat(key, ' ', window.start) AS group"), "count", "due")
    )
else:
    result = records.select(F.expr("cast(due AS STRING) AS group"), F.lit(1).alias("count"), "due")
query = (
    result.writeStream.outputMode("update")
    .option("checkpointLocation", work + "/checkpoint")
    .foreachBatch(seen)
    .start()
)
deadline = time.time() + parameters["seconds"] + 120
while state["seen"] < num_records and time.time() < deadline and query.isActive:
    time.sleep(0.2)
query.stop()
samples.sort()


def at(share):
    return round(samples[min(len(samples) - 1, int(share * len(samples)))], 2) if samples else None


finish(
    answer=[str(state["seen"])],
    numbers={"p50Ms": at(0.5), "p99Ms": at(0.99), "p999Ms": at(0.999), "maxMs": at(1), "numSamples": len(samples)},
)
