"""The facts: models, the only queries, search and decide, seeds. Knows no Rasa, no HTTP, no Telegram."""
