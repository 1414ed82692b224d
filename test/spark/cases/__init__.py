"""All golden cases, in the order they run."""

from cases import aggregates, functions, generators, input, joins, observed, operators, refused, sessions, watermarks, windows

ALL_CASES = [
    case
    for module in (windows, watermarks, aggregates, functions, input, operators, refused, sessions, generators, observed, joins)
    for case in module.CASES
]
