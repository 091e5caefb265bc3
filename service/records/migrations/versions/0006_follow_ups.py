"""Say how each follow-up ended, so that a refused one is found."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("follow_up", sa.Column("outcome", sa.String(), nullable=True))
    op.execute(sa.text("UPDATE follow_up SET outcome = 'done' WHERE done_at IS NOT NULL"))
    op.create_index("follow_up_by_outcome", "follow_up", ["outcome", "at"])


def downgrade() -> None:
    op.drop_index("follow_up_by_outcome", "follow_up")
    op.drop_column("follow_up", "outcome")
