"""All golden cases, in the order they run."""

from cases import aggregates, functions, generators, input, observed, operators, refused, sessions, watermarks, windows

ALL_CASES = [
    case
    for module in (windows, watermarks, aggregates, functions, input, operators, refused, sessions, generators, observed)
    for case in module.CASES
]
