"""Runs the golden queries on a real PySpark 4.3.0 and writes one answer file per query.

Usage: make-goldens.py [--out DIR] [--only NAME_PART] [--threads N] [--missing] [--seconds N]
It holds no expectation of its own: every answer is what Spark said. README.md describes the format.
"""

import argparse
import base64
import concurrent.futures
import json
import logging
import os
import re
import shutil
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
sys.dont_write_bytecode = True
os.environ["PYSPARK_PYTHON"] = sys.executable  # workers need pandas as well

from pyspark import cloudpickle  # noqa: E402
from py4j.java_gateway import is_instance_of  # noqa: E402
from py4j.protocol import Py4JJavaError  # noqa: E402
from pyspark.errors import PySparkException  # noqa: E402
from pyspark.sql import SparkSession  # noqa: E402
from pyspark.sql import functions as F  # noqa: E402

import stateful  # noqa: E402
from cases import ALL_CASES  # noqa: E402

cloudpickle.register_pickle_by_value(stateful)  # workers do not see this folder

SPARK_VERSION = "4.3.0"
FIRST_FILE_SECONDS = 1_700_000_000
DEFAULTS = {"conf": {}, "options": {}, "ordered": False, "outputMode": "append"}
BASE_CONF = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.shuffle.partitions": "2",
    # With push-down on, numInputRows counts only the rows that pass the filter; off, it counts the rows read.
    "spark.sql.json.filterPushdown.enabled": "false",
}
CRASH = "crash wanted by the golden run"
TRIGGERS = {
    "availableNow": {"availableNow": True},
    "once": {"once": True},
    "default": {"processingTime": "0 seconds"},
    "processingTime": {"processingTime": "200 milliseconds"},
}
BINARY = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "%": lambda a, b: a % b,
    "=": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "<=>": lambda a, b: a.eqNullSafe(b),
    "and": lambda a, b: a & b,
    "or": lambda a, b: a | b,
}


def call(name, args):
    if name in BINARY:
        return BINARY[name](column(args[0]), column(args[1]))
    if name == "not":
        return ~column(args[0])
    if name == "negative":
        return -column(args[0])
    if name == "in":
        return column(args[0]).isin(*[column(a) for a in args[1:]])
    if name == "between":
        return column(args[0]).between(column(args[1]), column(args[2]))
    if name == "window":
        return F.window(column(args[0]), *[a["lit"] for a in args[1:]])
    if name == "session_window":
        gap = args[1]["lit"] if "lit" in args[1] else column(args[1])
        return F.session_window(column(args[0]), gap)
    if name == "count_distinct":
        return F.count_distinct(*[column(a) for a in args])
    return F.call_function(name, *[column(a) for a in args])


def column(tree):
    """Expression tree to PySpark column."""
    if "col" in tree:
        return F.col(tree["col"])
    if "lit" in tree:
        return F.lit(tree["lit"])
    if "fn" in tree:
        return call(tree["fn"], tree["args"])
    if "cast" in tree:
        return column(tree["cast"][0]).cast(tree["cast"][1])
    if "expr" in tree:
        return F.expr(tree["expr"])
    if "alias" in tree:
        return column(tree["alias"][0]).alias(tree["alias"][1])
    if "aliases" in tree:
        return column(tree["aliases"][0]).alias(*tree["aliases"][1])
    if "field" in tree:
        return column(tree["field"][0]).getField(tree["field"][1])
    if "desc" in tree:
        return column(tree["desc"]).desc()
    if "case" in tree:
        (condition, value), *rest = tree["case"]
        built = F.when(column(condition), column(value))
        for condition, value in rest:
            built = built.when(column(condition), column(value))
        return built.otherwise(column(tree["else"])) if "else" in tree else built
    raise ValueError(f"unknown expression {tree}")


def joined(df, op, load):
    other = apply_ops(load(op["input"], op.get("static", False)), op["ops"], load)
    on = column(op["on"]) if isinstance(op["on"], dict) else op["on"]
    left, right = (other, df) if op.get("swap") else (df, other)
    return left.join(right, on, op["how"])


def combined(df, op, load, method):
    other = apply_ops(load(op["input"], op.get("static", False)), op["ops"], load)
    left, right = (other, df) if op.get("swap") else (df, other)
    return getattr(left, method)(right)


def apply_ops(df, ops, load):
    for op in ops:
        kind = op["op"]
        if kind == "withWatermark":
            df = df.withWatermark(op["column"], op["delay"])
        elif kind == "select":
            df = df.select(*[column(c) for c in op["columns"]])
        elif kind == "where":
            df = df.where(column(op["condition"]))
        elif kind == "withColumn":
            df = df.withColumn(op["name"], column(op["column"]))
        elif kind == "drop":
            df = df.drop(*op["names"])
        elif kind == "groupBy":
            df = df.groupBy(*[column(c) for c in op["by"]]).agg(*[column(c) for c in op["agg"]])
        elif kind == "rollup":
            df = df.rollup(*[column(c) for c in op["by"]]).agg(*[column(c) for c in op["agg"]])
        elif kind == "cube":
            df = df.cube(*[column(c) for c in op["by"]]).agg(*[column(c) for c in op["agg"]])
        elif kind == "groupingSets":
            sets = [[F.col(name) for name in names] for names in op["sets"]]
            df = df.groupingSets(sets, *[column(c) for c in op["by"]]).agg(*[column(c) for c in op["agg"]])
        elif kind == "pivot":
            values = {"values": op["values"]} if "values" in op else {}
            grouped = df.groupBy(*[column(c) for c in op["by"]]).pivot(op["column"], **values)
            df = grouped.agg(*[column(c) for c in op["agg"]])
        elif kind in ("transformWithState", "flatMapGroupsWithState"):
            df = stateful.apply_stateful(df, op)
        elif kind == "alias":
            df = df.alias(op["name"])
        elif kind == "join":
            df = joined(df, op, load)
        elif kind == "union":
            df = combined(df, op, load, "union")
        elif kind in ("intersect", "except"):
            df = combined(df, op, load, "intersect" if kind == "intersect" else "subtract")
        elif kind == "sample":
            df = df.sample(fraction=op["fraction"], seed=op["seed"])
        elif kind == "offset":
            df = df.offset(op["count"])
        elif kind == "dropDuplicates":
            df = df.dropDuplicates(op["names"]) if op["names"] else df.dropDuplicates()
        elif kind == "dropDuplicatesWithinWatermark":
            df = df.dropDuplicatesWithinWatermark(op["names"])
        elif kind == "orderBy":
            df = df.orderBy(*[column(c) for c in op["columns"]])
        elif kind == "observe":
            df = df.observe(op["name"], *[column(c) for c in op["exprs"]])
        elif kind == "limit":
            df = df.limit(op["count"])
        elif kind == "sql":
            df.createOrReplaceTempView("events")
            for view, other in op["views"].items():
                load(other["input"], other.get("static", False)).createOrReplaceTempView(view)
            df = load.sql(op["text"])
        else:
            raise ValueError(f"unknown op {op}")
    return df


def clean(text, folder):
    text = re.sub(r"(file:/*)?" + re.escape(folder.lstrip("/")) + r"[^\s,'\"\]]*", "<path>", text)
    return re.sub(r"#\d+L?", "#n", text)


def one_error(throwable, folder):
    parameters = throwable.getMessageParameters()
    condition = throwable.getCondition()
    found = {"condition": condition, "sqlState": throwable.getSqlState()}
    kept = {k: clean(str(v), folder) for k, v in dict(parameters or {}).items() if v is not None}
    kept = {k: v for k, v in kept.items() if "<path>" not in v and k not in ("id", "runId", "treeNode", "operator")}
    if kept and not str(condition).startswith(("STREAM_FAILED", "FAILED_READ_FILE")):
        found["parameters"] = kept
    return found


def describe(spark, error, folder):
    """The error with its causes, outermost first, as far as they carry a condition."""
    java = error
    if isinstance(error, Py4JJavaError):
        java = error.java_exception
    elif isinstance(error, PySparkException):
        java = getattr(error, "_origin", None)
        if java is None:
            return [{"condition": error.getCondition(), "sqlState": error.getSqlState(),
                     "parameters": error.getMessageParameters() or {}}]
    chain = []
    gateway = spark.sparkContext._gateway
    while java is not None and len(chain) < 12:
        if is_instance_of(gateway, java, "org.apache.spark.SparkThrowable") and java.getCondition():
            found = one_error(java, folder)
            if not chain or chain[-1]["condition"] != found["condition"]:
                chain.append(found)
        elif not chain and java.getCause() is None:
            chain.append({"condition": None, "message": clean(str(java.getMessage()), folder)[:300],
                          "class": java.getClass().getName()})
        java = java.getCause()
    return chain


def line_bytes(line):
    return base64.b64decode(line["base64"]) if isinstance(line, dict) else line.encode()


class Run:
    """One case in one fresh session and folder."""

    def __init__(self, spark, case):
        self.case = case
        self.folder = tempfile.mkdtemp(prefix="golden-")
        self.spark = spark.newSession()
        for key, value in {**BASE_CONF, **case["conf"]}.items():
            self.spark.conf.set(key, value)
        for name in case["inputs"]:
            os.makedirs(os.path.join(self.folder, name))

    def add_file(self, index):
        for name, batches in self.case["inputs"].items():
            if index >= len(batches):
                continue
            found = batches[index]
            file = found if isinstance(found, dict) else {"path": f"batch-{index:04d}.json", "minute": index, "lines": found}
            path = os.path.join(self.folder, name, file["path"])
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "wb") as out:
                out.write(b"".join(line_bytes(line) + b"\n" for line in file["lines"]))
            os.utime(path, (FIRST_FILE_SECONDS + file["minute"] * 60,) * 2)

    def num_files(self):
        return max(len(batches) for batches in self.case["inputs"].values())

    def reader(self, stream, files_per_trigger):
        def load(name, static=False):
            streams = stream and not static
            source = self.case.get("sources", {}).get(name)
            if source:
                return self.spark.readStream.format(source["format"]).options(**source["options"]).load()
            reader = self.spark.readStream if streams else self.spark.read
            reader = reader.schema(self.case["schema"]).options(**self.case["options"])
            if streams and files_per_trigger:
                reader = reader.option("maxFilesPerTrigger", files_per_trigger)
            return reader.json(os.path.join(self.folder, name))

        load.sql = self.spark.sql
        return load

    def build(self, stream, files_per_trigger=None):
        load = self.reader(stream, files_per_trigger)
        return apply_ops(load("main"), self.case["ops"], load)

    def rows(self, df):
        texts = list(df._jdf.toJSON().collectAsList())
        return texts if self.case["ordered"] else sorted(texts)

    def stream_once(self, files_per_trigger, batches, crashed=None, sink=None):
        """Runs AvailableNow to its end, appends to `batches`, returns the error chain or None.

        With `crashed`, a set of batch ids, a batch that is not in it is added and fails after its rows were taken.
        """
        collected = {}
        failed = []

        def collect(out, batch_id):
            # An error raised in here reaches the query only as text, so it is described on the spot.
            try:
                rows = self.rows(out)
                if crashed is not None and batch_id not in crashed:
                    crashed.add(batch_id)
                    raise RuntimeError(CRASH)
                collected[batch_id] = rows
            except (PySparkException, Py4JJavaError) as error:
                failed.append(error)
                raise

        stage = "analysis"
        try:
            df = self.build(True, files_per_trigger)
            self.schema = df._jdf.schema().simpleString()
            stage = "start"
            writer = (
                df.writeStream.outputMode(self.case["outputMode"])
                .option("checkpointLocation", os.path.join(self.folder, "checkpoint"))
                .trigger(**TRIGGERS[self.case.get("trigger", "availableNow")])
            )
            query = (writer.foreachBatch(collect) if sink is None else writer.format(sink)).start()
        except (PySparkException, Py4JJavaError) as error:
            return {"when": stage, "chain": describe(self.spark, error, self.folder)}
        try:
            self.finish(query)
        except PySparkException:
            pass
        failure = query._jsq.exception()
        progress = {p["batchId"]: p for p in (json.loads(p.json()) for p in query._jsq.recentProgress())}
        for batch_id in sorted(collected):
            if batch_id in progress:
                batches.append(self.batch(batch_id, collected[batch_id], progress[batch_id]))
        if failure.isDefined():
            stage = "run" if self.reached_first_batch() else "start"
            return {"when": stage, "chain": describe(self.spark, failed[-1] if failed else failure.get(), self.folder)}
        return None

    def finish(self, query):
        query.awaitTermination()

    def reached_first_batch(self):
        offsets = os.path.join(self.folder, "checkpoint", "offsets")
        return os.path.isdir(offsets) and any(n.isdigit() for n in os.listdir(offsets))

    def batch(self, batch_id, rows, progress):
        found = {"id": batch_id, "in": progress["numInputRows"], "rows": rows}
        if progress.get("eventTime"):
            found["eventTime"] = progress["eventTime"]
        if progress.get("observedMetrics"):
            found["observed"] = progress["observedMetrics"]
        if progress["stateOperators"]:
            found["state"] = [
                {
                    # PySpark's name for the operator of flatMapGroupsWithState.
                    "operator": s["operatorName"]
                    .replace("applyInPandasWithState", "flatMapGroupsWithState")
                    .replace("InPySparkExec", "Exec"),
                    "total": s["numRowsTotal"],
                    "updated": s["numRowsUpdated"],
                    "removed": s["numRowsRemoved"],
                    "dropped": s["numRowsDroppedByWatermark"],
                }
                for s in progress["stateOperators"]
            ]
        return found

    def close(self):
        shutil.rmtree(self.folder, ignore_errors=True)


def streamed(spark, case, how):
    run = Run(spark, case)
    batches = []
    try:
        if how == "resumed":
            error = None
            for i in range(run.num_files()):
                run.add_file(i)
                error = run.stream_once(1, batches)
                if error:
                    break
        elif how == "crashed":
            for i in range(run.num_files()):
                run.add_file(i)
            crashed = set()
            while True:
                before = len(crashed)
                error = run.stream_once(1, batches, crashed)
                if len(crashed) == before:
                    break
        else:
            for i in range(run.num_files()):
                run.add_file(i)
            error = run.stream_once(1 if how == "whole" else None, batches)
        answer = {"batches": batches} if batches or not error else {}
        if error:
            answer["error"] = error
        return answer, getattr(run, "schema", None)
    finally:
        run.close()


def batch_answer(spark, case):
    run = Run(spark, case)
    try:
        for i in range(run.num_files()):
            run.add_file(i)
        stage = "analysis"
        try:
            df = run.build(False)
            stage = "run"
            return {"rows": run.rows(df)}
        except (PySparkException, Py4JJavaError) as error:
            return {"error": {"when": stage, "chain": describe(run.spark, error, run.folder)}}
    finally:
        run.close()


def answer_of(spark, case, runs=("resumed", "oneBatch", "batch")):
    """Beside the run of one file per batch, the `runs` that the case does not skip."""
    answer = {}
    answer["whole"], schema = streamed(spark, case, "whole")
    refused = answer["whole"].get("error", {}).get("when") in ("analysis", "start")
    # With one file the other runs are the same run.
    if not refused and max(len(batches) for batches in case["inputs"].values()) > 1:
        for how in ("resumed", "oneBatch"):
            if how in runs and how not in case["skip"]:
                answer[how], _ = streamed(spark, case, how)
        for batch in answer.get("oneBatch", {}).get("batches", []):
            # The average is folded per partition, so with several files it depends on how Spark packs them.
            batch.get("eventTime", {}).pop("avg", None)
    if case.get("crashed"):
        answer["crashed"], _ = streamed(spark, case, "crashed")
    if "batch" in runs and "batch" not in case["skip"]:
        answer["batch"] = batch_answer(spark, case)
    if schema:
        answer["resultSchema"] = schema
    kept = {k: v for k, v in case.items() if k not in ("skip", "name", "crashed") and v not in ({}, [], False)}
    return {**kept, "inputs": case["inputs"], "answer": answer, "spark": SPARK_VERSION}


def printed(value, indent=0, width=140):
    """JSON with sorted keys; whatever fits stays on one line."""
    flat = json.dumps(value, ensure_ascii=False, sort_keys=True)
    if len(flat) + indent <= width or not isinstance(value, (dict, list)) or not value:
        return flat
    pad = " " * (indent + 2)
    if isinstance(value, list):
        parts = [pad + printed(v, indent + 2) for v in value]
        return "[\n" + ",\n".join(parts) + "\n" + " " * indent + "]"
    parts = [f"{pad}{json.dumps(k, ensure_ascii=False)}: {printed(value[k], indent + 2)}" for k in sorted(value)]
    return "{\n" + ",\n".join(parts) + "\n" + " " * indent + "}"


def start_spark():
    logging.disable(logging.CRITICAL)
    return (
        SparkSession.builder.master("local[2]")
        .appName("goldens")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.sql.streaming.numRecentProgressUpdates", "1000")
        .config("spark.ui.showConsoleProgress", "false")
        .config("spark.log.level", "OFF")
        # Many tiny queries: compiling them takes longer than running them.
        .config("spark.driver.extraJavaOptions", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")
        .config("spark.sql.codegen.wholeStage", "false")
        .config("spark.sql.codegen.factoryMode", "NO_CODEGEN")
        .getOrCreate()
    )


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", default=os.path.join(HERE, "answers"))
    parser.add_argument("--only", default="")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--missing", action="store_true", help="only those without a stored answer")
    parser.add_argument("--reverse", action="store_true", help="the last first, for a second run beside a first one")
    parser.add_argument("--seconds", type=float, default=float("inf"), help="begin no more queries after so long")
    parser.add_argument("--runs", default="resumed,oneBatch,batch", help="what is run beside one file per batch")
    arguments = parser.parse_args()
    os.makedirs(arguments.out, exist_ok=True)
    chosen = [c for c in ALL_CASES if any(part in c["name"] for part in arguments.only.split(","))]

    def stored(case):
        return os.path.exists(os.path.join(arguments.out, case["name"] + ".json"))

    if arguments.missing:
        chosen = [c for c in chosen if not stored(c)]
    if arguments.reverse:
        chosen.reverse()
    names = [c["name"] for c in chosen]
    assert len(set(names)) == len(names), "two cases share a name"
    spark = start_spark()
    assert spark.version == SPARK_VERSION, f"PySpark {SPARK_VERSION} is needed, this is {spark.version}"
    began = time.time()

    def make(case):
        if time.time() - began > arguments.seconds or (arguments.missing and stored(case)):
            return
        answer = answer_of(spark, case, arguments.runs.split(","))
        with open(os.path.join(arguments.out, case["name"] + ".json"), "w", encoding="utf-8") as out:
            out.write(printed(answer) + "\n")
        error = answer["answer"]["whole"].get("error")
        last = f"{error['when']}: {error['chain'][-1].get('condition')}" if error else "rows"
        print(f"{time.time() - began:6.1f}s {case['name']}: {last}", file=sys.stderr, flush=True)

    with concurrent.futures.ThreadPoolExecutor(arguments.threads) as pool:
        for done in [pool.submit(make, c) for c in chosen]:
            done.result()
    spark.stop()


if __name__ == "__main__":
    main()
