"""Keep what lists and decisions say of each case in a row of its own; index only the follow-ups that wait."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_WAITS = sa.text("done_at IS NULL")
OF_EACH = {"candidate_list": ("cases", "entries"), "naming_decision": ("named", "refused", "tiers")}
OF_ALL = {"candidate_list": ("purpose",), "naming_decision": ("number", "date")}


def upgrade() -> None:
    op.create_table(
        "listed",
        sa.Column("file", sa.String(), nullable=False),
        sa.Column("thing", sa.String(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("file", "thing"),
    )
    op.create_index("ix_listed_thing", "listed", ["thing"])
    _fill()
    op.drop_index("follow_up_to_do", "follow_up")
    op.create_index("follow_up_to_do", "follow_up", ["owner"], sqlite_where=_WAITS, postgresql_where=_WAITS)


def _fill() -> None:
    """What the lists and decisions on record say, as `said_of_cases` of this release tells it."""
    thing = sa.table("thing", sa.column("id"), sa.column("machine"), sa.column("data", sa.JSON()))
    listed = sa.table("listed", sa.column("file"), sa.column("thing"), sa.column("data", sa.JSON()))
    db = op.get_bind()
    query = sa.select(thing).where(thing.c.machine.in_(list(OF_EACH)))
    for one in db.execute(query).all():
        of_all = {name: one.data[name] for name in OF_ALL[one.machine] if name in one.data}
        said: dict[str, dict[str, Any]] = {}
        for name in OF_EACH[one.machine]:
            held = one.data.get(name) or ()
            for case in held:
                mine = {case: held[case]} if isinstance(held, dict) else [case]
                said.setdefault(case, dict(of_all))[name] = mine
        if said:
            rows = [{"file": case, "thing": one.id, "data": data} for case, data in said.items()]
            db.execute(sa.insert(listed), rows)


def downgrade() -> None:
    op.drop_index("follow_up_to_do", "follow_up")
    op.create_index("follow_up_to_do", "follow_up", ["owner", "done_at"])
    op.drop_index("ix_listed_thing", "listed")
    op.drop_table("listed")
