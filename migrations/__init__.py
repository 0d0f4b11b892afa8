"""The database's changes over time: one Alembic tree for facts and conversations."""
