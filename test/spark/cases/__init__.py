"""All golden cases, in the order they run."""

from cases import aggregates, functions, generators, input, observed, operators, refused, sessions, stateful, watermarks, windows

ALL_CASES = [
    case
    for module in (windows, watermarks, aggregates, functions, input, operators, refused, sessions, generators, observed, stateful)
    for case in module.CASES
]
