"""What several facts are about, and questions that are answered yes or no."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Brings the database forward."""
    op.add_column("fact", sa.Column("subject", sa.String(length=120), nullable=True))
    op.add_column("phrasing", sa.Column("reply", sa.String(length=3), nullable=False, server_default=""))
