"""Runs the migrations on the connection that :func:`xiadu.database.migrate` hands over."""

from alembic import context

import conversations.models
import facts.models
from facts.database import Base

# Imported for the tables that they declare.
DECLARED = (facts.models, conversations.models)

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
