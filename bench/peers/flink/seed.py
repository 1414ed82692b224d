"""Work 1 on Flink: count per action and tumbling hour as streaming SQL over the same files, parallelism 2, checkpoints on disk."""
import json
import shutil
import sys
import tempfile
import time
from importlib.metadata import version

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
}.items():
    tables.get_config().set(key, value)
start = time.perf_counter()
tables.execute_sql(
    f"""
    CREATE TABLE logs (
      `time` TIMESTAMP_LTZ(3), action STRING, `user` STRING, `bytes` BIGINT, `ok` BOOLEAN,
      WATERMARK FOR `time` AS `time` - INTERVAL '20' MINUTE
    ) WITH (
      'connector' = 'filesystem', 'path' = 'file://{parameters["folder"]}', 'format' = 'json',
      'json.timestamp-format.standard' = 'ISO-8601'
    )"""
)
result = tables.execute_sql(
    """
    SELECT action, DATE_FORMAT(CAST(window_start AS TIMESTAMP(3)), 'yyyy-MM-dd''T''HH:mm:ss.SSS''Z'''),
      DATE_FORMAT(CAST(window_end AS TIMESTAMP(3)), 'yyyy-MM-dd''T''HH:mm:ss.SSS''Z'''), COUNT(*)
    FROM TABLE(TUMBLE(TABLE logs, DESCRIPTOR(`time`), INTERVAL '1' HOUR))
    GROUP BY action, window_start, window_end"""
)
with result.collect() as rows:
    answer = [
        f'{{"action":"{action}","window":{{"start":"{begin}","end":"{end}"}},"count":{count}}}'
        for action, begin, end, count in rows
    ]
seconds = time.perf_counter() - start
shutil.rmtree(work, ignore_errors=True)
print(json.dumps({"version": "flink " + version("apache-flink"), "seconds": seconds, "answer": sorted(answer)}))
