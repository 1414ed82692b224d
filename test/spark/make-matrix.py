"""Asks a real PySpark 4.3.0 which queries of cases/matrix.py it takes in which output mode; writes matrix.json.

Usage: make-matrix.py [--out FILE] [--only NAME_PART] [--missing] [--seconds N] [--threads N]
Every query gets two rows and runs one batch, so that what Spark notices when it plans a batch is there as well.
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

from cases.matrix import QUERIES, SCHEMA  # noqa: E402

spec = importlib.util.spec_from_file_location("make_goldens", os.path.join(HERE, "make-goldens.py"))
goldens = importlib.util.module_from_spec(spec)
spec.loader.exec_module(goldens)

LINES = ['{"time":"2026-01-01T10:00:01Z","action":"a","v":1}', '{"time":"2026-01-01T10:00:02Z","action":"b","v":2}']
MODES = ("append", "update", "complete")


def verdict(spark, ops, mode):
    """`accepted`, or when it was refused and the conditions, outermost first."""
    conf = {"spark.sql.shuffle.partitions": "1", "spark.sql.streaming.noDataMicroBatches.enabled": "false"}
    case = {"schema": SCHEMA, "options": {}, "conf": conf, "ops": ops, "ordered": False, "outputMode": mode,
            "inputs": {name: [LINES] for name in ("main", "other", "third")}}
    run = goldens.Run(spark, case)
    try:
        run.add_file(0)
        error = run.stream_once(1, [], sink="noop")
    finally:
        run.close()
    if error is None:
        return "accepted"
    chain = [one for one in error["chain"] if one["condition"] != "STREAM_FAILED"]
    return {"when": error["when"], "condition": chain[-1]["condition"] if chain else None,
            **({"msg": chain[-1]["parameters"]["msg"]} if chain and "msg" in chain[-1].get("parameters", {}) else {})}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", default=os.path.join(HERE, "matrix.json"))
    parser.add_argument("--only", default="")
    parser.add_argument("--missing", action="store_true", help="only those that are not stored")
    parser.add_argument("--seconds", type=float, default=float("inf"), help="begin no more queries after so long")
    parser.add_argument("--threads", type=int, default=4)
    arguments = parser.parse_args()
    spark = goldens.start_spark()
    began = time.time()
    stored = {}
    if os.path.exists(arguments.out):
        with open(arguments.out, encoding="utf-8") as file:
            stored = json.load(file)
    chosen = [name for name in QUERIES if arguments.only in name and not (arguments.missing and name in stored)]

    def make(name):
        if time.time() - began > arguments.seconds:
            return
        stored[name] = {"ops": QUERIES[name], **{mode: verdict(spark, QUERIES[name], mode) for mode in MODES}}

    with concurrent.futures.ThreadPoolExecutor(arguments.threads) as pool:
        for done in [pool.submit(make, name) for name in chosen]:
            done.result()
    spark.stop()
    print(f"{len(chosen)} queries in {time.time() - began:.0f} s", file=sys.stderr)
    kept = {name: stored[name] for name in QUERIES if name in stored}
    with open(arguments.out, "w", encoding="utf-8") as out:
        out.write("{\n" + ",\n".join(f"{json.dumps(name)}: {json.dumps(one)}" for name, one in kept.items()) + "\n}\n")


if __name__ == "__main__":
    main()
