"""Finds the numbers of the search: ``./scripts/benchmark fit``."""
