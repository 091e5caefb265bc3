"""Keep the official calendars in tables of their own, and of each duty how it was counted on them."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

SHIPPED = Path(__file__).parents[3] / "schemes" / "calendars"
IN_FORCE = sa.text("status IN ('draft', 'provisional', 'published')")
COUNTED = sa.text("done_at IS NULL AND counted_from IS NOT NULL")
ISSUER = "国务院办公厅"
"""Who announces the holidays of every year; the number of the notice was not kept with the shipped table."""


def upgrade() -> None:
    calendar = op.create_table(
        "calendar",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("region", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    version = op.create_table(
        "calendar_version",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("calendar", sa.String(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("issuer", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("noticed_on", sa.Date(), nullable=True),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("authors", sa.JSON(), nullable=False),
        sa.Column("published_by", sa.String(), nullable=True),
        sa.Column("published_at", sa.DateTime(), nullable=True),
        sa.Column("confirm_by", sa.Date(), nullable=True),
        sa.Column("reminded", sa.Boolean(), nullable=False),
        sa.Column("overdue", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "calendar_in_force", "calendar_version", ["calendar", "year", "status"], unique=True,
        sqlite_where=IN_FORCE, postgresql_where=IN_FORCE,
    )  # fmt: skip
    day = op.create_table(
        "calendar_day",
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("version", "day"),
    )
    with op.batch_alter_table("duty") as duty:
        duty.add_column(sa.Column("counted_from", sa.Date(), nullable=True))
        duty.add_column(sa.Column("working_days", sa.Integer(), nullable=False, server_default="0"))
        duty.add_column(sa.Column("off_day", sa.String(), nullable=False, server_default="none"))
        duty.add_column(sa.Column("moved_days", sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("duty") as duty:
        for name in ("working_days", "off_day", "moved_days"):
            duty.alter_column(name, server_default=None)
    op.create_index("duty_counted", "duty", ["calendar", "owner"], sqlite_where=COUNTED, postgresql_where=COUNTED)
    _seed(calendar, version, day)


def _seed(calendar: sa.Table, version: sa.Table, day: sa.Table) -> None:
    """The years that come with the service, as published."""
    now = dt.datetime.now(dt.UTC).replace(tzinfo=None)
    for path in sorted(SHIPPED.glob("*.csv")):
        days = list(_days(path))
        digest = hashlib.sha256(path.read_bytes()).hexdigest()[:12]
        op.bulk_insert(calendar, [{"id": path.stem, "region": "cn", "version": f"{path.stem}-{digest}"}])
        years = sorted({one["day"].year for one in days})
        op.bulk_insert(
            version,
            [
                {
                    "id": f"{path.stem}-{year}", "calendar": path.stem, "year": year, "status": "published",
                    "issuer": ISSUER, "number": "", "url": "", "authors": [], "published_at": now, "reminded": False,
                    "overdue": False, "at": now,
                }
                for year in years
            ],
        )  # fmt: skip
        op.bulk_insert(day, days)


def _days(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8", newline="") as table:
        for row in csv.DictReader(table):
            on = dt.date.fromisoformat(row["date"])
            yield {"version": f"{path.stem}-{on.year}", "day": on, "kind": row["kind"], "name": row["name"]}


def downgrade() -> None:
    op.drop_index("duty_counted", table_name="duty")
    with op.batch_alter_table("duty") as duty:
        for name in ("moved_days", "off_day", "working_days", "counted_from"):
            duty.drop_column(name)
    op.drop_table("calendar_day")
    op.drop_index("calendar_in_force", table_name="calendar_version")
    op.drop_table("calendar_version")
    op.drop_table("calendar")
