"""
Work 1 on Flink: count per action and hour as streaming SQL over the same files, parallelism 2, checkpoints on disk, mini-batches. Without a
watermark, as the others: Flink reads the files in an order of its own, so that one would make rows late.
"""
import json
import shutil
import sys
import tempfile
import time
from datetime import datetime, timedelta
from importlib.metadata import version

from pyflink.common import RowKind
from pyflink.table import EnvironmentSettings, TableEnvironment

parameters = json.loads(sys.argv[-1])
work = tempfile.mkdtemp(prefix="flink-bench-")
tables = TableEnvironment.create(EnvironmentSettings.in_streaming_mode())
for key, value in {
    "parallelism.default": "2",
    "table.local-time-zone": "UTC",
    "execution.checkpointing.interval": "10 s",
    "execution.checkpointing.dir": "file://" + work,
    "taskmanager.memory.process.size": "4g",
    "table.exec.mini-batch.enabled": "true",
    "table.exec.mini-batch.allow-latency": "5 s",
    "table.exec.mini-batch.size": "50000",
}.items():
    tables.get_config().set(key, value)
start = time.perf_counter()
tables.execute_sql(
    f"""
    CREATE TABLE logs (
      `time` TIMESTAMP_LTZ(3), action STRING, `user` STRING, `bytes` BIGINT, `ok` BOOLEAN
    ) WITH (
      'connector' = 'filesystem', 'path' = 'file://{parameters["folder"]}', 'format' = 'json',
      'json.timestamp-format.standard' = 'ISO-8601'
    )"""
)
result = tables.execute_sql(
    """
    SELECT action, DATE_FORMAT(CAST(hour_start AS TIMESTAMP(3)), 'yyyy-MM-dd HH:mm:ss'), COUNT(*)
    FROM (SELECT action, FLOOR(`time` TO HOUR) AS hour_start FROM logs)
    GROUP BY action, hour_start"""
)
counts = {}
with result.collect() as changes:
    for change in changes:
        action, hour, count = change
        if change.get_row_kind() in (RowKind.INSERT, RowKind.UPDATE_AFTER):
            counts[action, hour] = count
seconds = time.perf_counter() - start
shutil.rmtree(work, ignore_errors=True)


def as_spark(action, hour, count):
    begin = datetime.fromisoformat(hour)
    start, end = (one.strftime("%Y-%m-%dT%H:%M:%S.000Z") for one in (begin, begin + timedelta(hours=1)))
    return f'{{"action":"{action}","window":{{"start":"{start}","end":"{end}"}},"count":{count}}}'


answer = sorted(as_spark(*key, count) for key, count in counts.items())
print(json.dumps({"version": "flink " + version("apache-flink"), "seconds": seconds, "answer": answer}))
