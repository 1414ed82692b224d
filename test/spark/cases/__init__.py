"""All golden cases, in the order they run."""

from cases import aggregates, functions, input, operators, refused, watermarks, windows

ALL_CASES = [
    case
    for module in (windows, watermarks, aggregates, functions, input, operators, refused)
    for case in module.CASES
]
