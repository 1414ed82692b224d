"""All golden cases, in the order they run."""

from cases import aggregates, chains, functions, generators, input, joins, keys, observed, operators, random_mixtures, random_programs, refused, sessions, sql, stateful, watermarks, windows

ALL_CASES = [
    case
    for module in (windows, watermarks, aggregates, functions, input, operators, refused, sessions, generators, observed, joins, stateful, chains, keys, random_programs, random_mixtures, sql)
    for case in module.CASES
]
