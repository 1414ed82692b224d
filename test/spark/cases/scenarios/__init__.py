"""All scenarios: rows of runs on one checkpoint, by the name of the file their answers are in."""

from cases.scenarios import mixed, restarts, sources

MODULES = {"restarts": restarts.SCENARIOS, "sources": sources.SCENARIOS, "mixed": mixed.SCENARIOS}
