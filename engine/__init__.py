"""The engine: how Rasa Open Source is started and made lean. Runs in the environment of its own (Python 3.10) only."""
