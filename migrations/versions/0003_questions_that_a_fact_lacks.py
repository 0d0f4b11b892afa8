"""Questions that a fact seems to answer and doesn't."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Brings the database forward."""
    op.add_column("phrasing", sa.Column("part", sa.String(length=12), nullable=False, server_default="questions"))
    phrasing = sa.table("phrasing", sa.column("part"), sa.column("reply"))
    op.execute(phrasing.update().where(phrasing.c.reply != "").values(part=phrasing.c.reply))
    with op.batch_alter_table("phrasing") as batch:
        batch.drop_column("reply")
