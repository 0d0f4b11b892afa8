"""Measurements of the product against what it could be instead; see ``docs/benchmarks.md``."""
