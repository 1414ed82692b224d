"""Short words for scenarios, beside those of a case."""

from cases.program import row, watermark

EVENTS = "time TIMESTAMP, k STRING, v BIGINT"
TEN = watermark("time", "10 seconds")


def scenario(name, about, inputs, steps, ops, mode="append", schema=EVENTS, **more):
    """`steps`: what each run changes of the program, and how many `files` come before it (1 unless told)."""
    inputs = inputs if isinstance(inputs, dict) else {"main": inputs}
    return {"name": name, "about": about, "schema": schema, "inputs": inputs, "ops": ops, "outputMode": mode, "steps": steps, **more}


def at(clock, k="a", v=1, day="2026-01-01"):
    return row(time=f"{day}T{clock}Z", k=k, v=v)
