"""How well the running product answers: ``./scripts/evaluate``."""
