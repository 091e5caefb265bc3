"""Keep what titles and findings entail."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "consequence",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("scheme", sa.String(), nullable=False),
        sa.Column("scheme_key", sa.String(), nullable=False),
        sa.Column("chain", sa.String(), nullable=False),
        sa.Column("machine", sa.String(), nullable=False),
        sa.Column("thing", sa.String(), nullable=False),
        sa.Column("track", sa.String(), nullable=True),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("organization", sa.String(), nullable=False),
        sa.Column("region", sa.String(), nullable=False),
        sa.Column("effect", sa.String(), nullable=False),
        sa.Column("amount", sa.String(), nullable=True),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("removed_on", sa.String(), nullable=True),
        sa.Column("rules", sa.JSON(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("ended_by", sa.String(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("granted", sa.String(), nullable=True),
        sa.Column("document", sa.JSON(), nullable=True),
        sa.Column("granted_by", sa.String(), nullable=True),
        sa.Column("granted_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("consequence_by_subject", "consequence", ["subject", "scheme_key"])
    op.create_index("consequence_by_year", "consequence", ["year", "effect"])
    op.create_index("ix_consequence_thing", "consequence", ["thing"])


def downgrade() -> None:
    op.drop_table("consequence")
