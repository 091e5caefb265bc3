"""Keep what was measured with each rating, and the references of a batch."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("rating", sa.Column("measured", sa.JSON(), nullable=True))
    op.add_column("rating", sa.Column("evidence", sa.JSON(), nullable=True))
    op.create_table(
        "reference",
        sa.Column("batch", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("batch", "name"),
    )


def downgrade() -> None:
    op.drop_table("reference")
    op.drop_column("rating", "evidence")
    op.drop_column("rating", "measured")
