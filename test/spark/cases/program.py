"""Short words for writing the neutral program of a case.

The program is plain JSON: Python turns it into PySpark columns (make-goldens.py), TypeScript into
Millrace columns (program.ts). Nothing here touches Spark.
"""

import json


def case(name, about, schema, batches, ops, mode="append", **more):
    """One golden query. `more`: conf, options, needs, other (second input), skip (runs to leave out), ordered, crashed (see README)."""
    inputs = {"main": batches}
    if "other" in more:
        inputs["other"] = more.pop("other")
    if "third" in more:
        inputs["third"] = more.pop("third")
    return {
        "name": name,
        "about": about,
        "schema": schema,
        "inputs": inputs,
        "ops": ops,
        "outputMode": mode,
        "conf": more.pop("conf", {}),
        "options": more.pop("options", {}),
        "needs": more.pop("needs", []),
        "skip": more.pop("skip", []),
        "ordered": more.pop("ordered", False),
        **more,
    }


def row(**fields):
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":"))


def col(name):
    return {"col": name}


def lit(value):
    return {"lit": value}


def fn(name, *args):
    return {"fn": name, "args": [a if isinstance(a, dict) else lit(a) for a in args]}


def named(expression, name):
    return {"alias": [expression, name]}


def cast(expression, type_name):
    return {"cast": [expression, type_name]}


def when(*branches, otherwise=None):
    tree = {"case": [list(b) for b in branches]}
    if otherwise is not None:
        tree["else"] = otherwise
    return tree


def field(expression, name):
    return {"field": [expression, name]}


def window(column, duration, *slide_and_start):
    return fn("window", col(column), duration, *slide_and_start)


COUNT = named(fn("count", 1), "n")


def watermark(column, delay):
    return {"op": "withWatermark", "column": column, "delay": delay}


def select(*columns):
    return {"op": "select", "columns": list(columns)}


def where(condition):
    return {"op": "where", "condition": condition}


def with_column(name, expression):
    return {"op": "withColumn", "name": name, "column": expression}


def drop(*names):
    return {"op": "drop", "names": list(names)}


def group(by, agg):
    return {"op": "groupBy", "by": by, "agg": agg}


def union(*ops):
    return {"op": "union", "input": "other", "ops": list(ops)}


def join(input, ops, on, how, static=False, swap=False):
    """`static`: the other side is a table; `swap`: the other side is the left one. `on`: names, a condition or None."""
    return {"op": "join", "input": input, "ops": list(ops), "on": on, "how": how, **({"static": True} if static else {}), **({"swap": True} if swap else {})}


def dedup(*names):
    return {"op": "dropDuplicates", "names": list(names)}


def order(*columns):
    return {"op": "orderBy", "columns": list(columns)}


def limit(count):
    return {"op": "limit", "count": count}
