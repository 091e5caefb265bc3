"""Keep offices, bodies, posts and responsibilities, handovers and mergers; tell how a piece of evidence stands."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TABLES = ("merged", "merger", "handover", "responsibility", "post", "body", "office")


def upgrade() -> None:
    op.create_table(
        "office",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("organization", sa.String(), nullable=False),
        sa.Column("zh", sa.String(), nullable=False),
        sa.Column("en", sa.String(), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("to_day", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_office_organization", "office", ["organization"])
    op.create_table(
        "body",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("of", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("groups", sa.JSON(), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("to_day", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_body_of", "body", ["of"])
    op.create_table(
        "post",
        sa.Column("of", sa.String(), nullable=False),
        sa.Column("post", sa.String(), nullable=False),
        sa.Column("holder", sa.String(), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("to_day", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("of", "post", "holder", "from_day"),
    )
    op.create_index("ix_post_holder", "post", ["holder"])
    op.create_table(
        "responsibility",
        sa.Column("of", sa.String(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("to_day", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("of", "what", "office", "from_day"),
    )
    op.create_table(
        "handover",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("successor", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("of", sa.String(), nullable=True),
        sa.Column("roles", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("done_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_handover_person", "handover", ["person"])
    op.create_index("ix_handover_of", "handover", ["of"])
    op.create_table(
        "merger",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("into", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("organizations", sa.JSON(), nullable=False),
        sa.Column("moved", sa.JSON(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("second", sa.String(), nullable=True),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("done_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "merged",
        sa.Column("organization", sa.String(), nullable=False),
        sa.Column("into", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("merger", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("organization"),
    )
    op.add_column("evidence", sa.Column("address", sa.String(), nullable=True))
    op.add_column("evidence", sa.Column("read_on", sa.Date(), nullable=True))
    op.add_column("evidence", sa.Column("external", sa.Boolean(), nullable=True))
    op.add_column("evidence", sa.Column("superseded_by", sa.String(), nullable=True))
    op.add_column("evidence", sa.Column("reason", sa.String(), nullable=True))
    op.add_column("evidence", sa.Column("locked_for", sa.String(), nullable=True))
    op.add_column("evidence", sa.Column("struck", sa.JSON(), nullable=True))


def downgrade() -> None:
    for column in ("struck", "locked_for", "reason", "superseded_by", "external", "read_on", "address"):
        op.drop_column("evidence", column)
    for table in TABLES:
        op.drop_table(table)
