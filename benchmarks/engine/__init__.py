"""``./scripts/benchmark engine``: a stock Rasa, our engine and the whole product, measured in one run."""
