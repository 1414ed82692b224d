"""Runs the scenarios of cases/scenarios on a real PySpark 4.3.0 and writes one file of answers per module, scenarios/*.json.

Usage: make-scenarios.py [--out DIR] [--only NAME_PART] [--missing] [--seconds N] [--threads N]
A scenario is a row of runs on one checkpoint; between two runs files are added and the program may change. README.md has the format.
"""

import argparse
import concurrent.futures
import importlib.util
import json
import os
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
sys.dont_write_bytecode = True

from cases.scenarios import MODULES  # noqa: E402

spec = importlib.util.spec_from_file_location("make_goldens", os.path.join(HERE, "make-goldens.py"))
goldens = importlib.util.module_from_spec(spec)
spec.loader.exec_module(goldens)

from pyspark.errors import PySparkException  # noqa: E402

#: Numbers that no two runs share; only that they are there is compared.
VOLATILE = ("id", "runId", "timestamp", "batchDuration", "inputRowsPerSecond", "processedRowsPerSecond", "memoryUsedBytes",
            "allUpdatesTimeMs", "allRemovalsTimeMs", "commitTimeMs")


class ScenarioRun(goldens.Run):
    """One scenario in one folder; each run has a session of its own."""

    def __init__(self, spark, scenario):
        super().__init__(spark, {**goldens.DEFAULTS, **scenario})
        self.root = spark
        self.scenario = self.case
        self.num_added = 0

    def begin(self, step):
        """What `step` changes is changed for this run only."""
        self.case = {**self.scenario, **step}
        self.spark = self.root.newSession()
        for key, value in {**goldens.BASE_CONF, **self.case["conf"]}.items():
            self.spark.conf.set(key, value)
        for _ in range(step.get("files", 1)):
            self.add_file(self.num_added)
            self.num_added += 1

    def batch(self, batch_id, rows, progress):
        found = super().batch(batch_id, rows, progress)
        if self.case.get("progress"):
            found["progress"] = self.steady(progress)
        return found

    def steady(self, value):
        if isinstance(value, dict):
            return {k: "~" if k in VOLATILE else {p: "~" for p in v} if k == "durationMs" else self.steady(v) for k, v in value.items()}
        if isinstance(value, list):
            return [self.steady(one) for one in value]
        return goldens.clean(value, self.folder) if isinstance(value, str) else value

    def finish(self, query):
        """A query that goes on by itself is stopped when it has read everything."""
        if self.case.get("trigger") not in ("default", "processingTime"):
            query.awaitTermination()
            return
        try:
            query.processAllAvailable()
        finally:
            query.stop()


def answer_of(spark, scenario):
    run = ScenarioRun(spark, scenario)
    answers = []
    try:
        for step in scenario["steps"]:
            run.begin(step)
            batches = []
            error = run.stream_once(run.case.get("filesPerTrigger", 1), batches)
            answers.append({"batches": batches, **({"error": error} if error else {})})
    finally:
        run.close()
    return answers


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", default=os.path.join(HERE, "scenarios"))
    parser.add_argument("--only", default="")
    parser.add_argument("--missing", action="store_true", help="only those without a stored answer")
    parser.add_argument("--seconds", type=float, default=float("inf"), help="begin no more scenarios after so long")
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    os.makedirs(arguments.out, exist_ok=True)
    spark = goldens.start_spark()
    assert spark.version == goldens.SPARK_VERSION, f"PySpark {goldens.SPARK_VERSION} is needed, this is {spark.version}"
    began = time.time()
    for module, scenarios in MODULES.items():
        path = os.path.join(arguments.out, module + ".json")
        stored = {}
        if os.path.exists(path):
            with open(path, encoding="utf-8") as file:
                stored = {one["name"]: one for one in json.load(file)}
        names = [one["name"] for one in scenarios]
        assert len(set(names)) == len(names), "two scenarios share a name"
        wanted = [one for one in scenarios if any(part in one["name"] for part in arguments.only.split(","))]
        if arguments.missing:
            wanted = [one for one in wanted if one["name"] not in stored]

        def make(scenario):
            if time.time() - began > arguments.seconds:
                return
            stored[scenario["name"]] = {**scenario, "answer": answer_of(spark, scenario)}
            ends = [run.get("error", {"chain": [{"condition": "rows"}]})["chain"][-1]["condition"] for run in stored[scenario["name"]]["answer"]]
            print(f"{time.time() - began:6.1f}s {scenario['name']}: {', '.join(map(str, ends))}", file=sys.stderr, flush=True)

        with concurrent.futures.ThreadPoolExecutor(arguments.threads) as pool:
            for done in [pool.submit(make, one) for one in wanted]:
                done.result()
        kept = [stored[name] for name in names if name in stored]
        if not wanted:
            continue
        with open(path, "w", encoding="utf-8") as out:
            out.write("[\n" + ",\n".join("  " + goldens.printed(one, 2) for one in kept) + "\n]\n")
    spark.stop()


if __name__ == "__main__":
    main()
