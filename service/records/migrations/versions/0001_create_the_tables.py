"""Create the tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "answer",
        sa.Column("survey", sa.String(), nullable=False),
        sa.Column("respondent", sa.String(), nullable=False),
        sa.Column("stratum", sa.String(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("survey", "respondent"),
    )
    op.create_table(
        "audit",
        sa.Column("chain", sa.String(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("thing", sa.String(), nullable=False),
        sa.Column("event", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("result", sa.String(), nullable=False),
        sa.Column("entry", sa.JSON(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("chain", "seq"),
    )
    op.create_index("ix_audit_thing", "audit", ["thing"])

    op.create_table(
        "chain",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "command",
        sa.Column("principal", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("body_hash", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=True),
        sa.Column("result", sa.JSON(), nullable=True),
        sa.PrimaryKeyConstraint("principal", "key"),
    )
    op.create_index("command_by_status", "command", ["status", "at"])

    op.create_table(
        "duty",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("thing", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("first_due_on", sa.Date(), nullable=True),
        sa.Column("due_at", sa.DateTime(), nullable=True),
        sa.Column("ring_at", sa.DateTime(), nullable=True),
        sa.Column("wording", sa.String(), nullable=False),
        sa.Column("calendar", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("extensions", sa.Integer(), nullable=False),
        sa.Column("overdue", sa.Boolean(), nullable=False),
        sa.Column("stands_still_since", sa.Date(), nullable=True),
        sa.Column("done_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("duty_by_due", "duty", ["done_at", "due_on"])
    op.create_index("duty_by_ring", "duty", ["ring_at"])
    op.create_index("ix_duty_owner", "duty", ["owner"])
    op.create_index("ix_duty_thing", "duty", ["thing"])

    op.create_table(
        "evidence",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("chain", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("issuer", sa.String(), nullable=False),
        sa.Column("covers_from", sa.Date(), nullable=True),
        sa.Column("covers_to", sa.Date(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_evidence_chain", "evidence", ["chain"])
    op.create_index("ix_evidence_sha256", "evidence", ["sha256"])

    op.create_table(
        "follow_up",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("machine", sa.String(), nullable=False),
        sa.Column("event", sa.String(), nullable=False),
        sa.Column("thing", sa.String(), nullable=False),
        sa.Column("parent", sa.String(), nullable=True),
        sa.Column("form", sa.JSON(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("done_at", sa.DateTime(), nullable=True),
        sa.Column("answer", sa.JSON(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("follow_up_to_do", "follow_up", ["owner", "done_at"])

    op.create_table(
        "installation",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("movable", sa.Boolean(), nullable=False),
        sa.Column("now", sa.DateTime(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "jurisdiction",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("zh", sa.String(), nullable=False),
        sa.Column("en", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("code"),
        sa.UniqueConstraint("path"),
    )
    op.create_table(
        "organization",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("zh", sa.String(), nullable=False),
        sa.Column("en", sa.String(), nullable=False),
        sa.Column("jurisdiction", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_organization_jurisdiction", "organization", ["jurisdiction"])

    op.create_table(
        "outbox",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("machine", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("events", sa.JSON(), nullable=False),
        sa.Column("adopted", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_outbox_position", "outbox", ["position"])
    op.create_index("outbox_to_adopt", "outbox", ["adopted", "at"])

    op.create_table(
        "person",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("secret", sa.String(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "personal",
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("thing", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("reference"),
    )
    op.create_index("ix_personal_thing", "personal", ["thing"])

    op.create_table(
        "proposal",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("thing", sa.String(), nullable=False),
        sa.Column("event", sa.String(), nullable=False),
        sa.Column("form", sa.JSON(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_proposal_thing", "proposal", ["thing"])

    op.create_table(
        "rating",
        sa.Column("thing", sa.String(), nullable=False),
        sa.Column("indicator", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("thing", "indicator", "person"),
    )
    op.create_table(
        "role",
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=True),
        sa.Column("to_day", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("person", "role", "scope"),
    )
    op.create_table(
        "scheme",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("region", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=True),
        sa.Column("drafted_by", sa.String(), nullable=False),
        sa.Column("published_by", sa.String(), nullable=True),
        sa.Column("published_at", sa.DateTime(), nullable=True),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("definition", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_scheme_key", "scheme", ["key"])

    op.create_table(
        "thing",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("machine", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("parent", sa.String(), nullable=True),
        sa.Column("chain", sa.String(), nullable=False),
        sa.Column("scheme", sa.String(), nullable=False),
        sa.Column("batch", sa.String(), nullable=True),
        sa.Column("track", sa.String(), nullable=True),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("organization", sa.String(), nullable=False),
        sa.Column("region", sa.String(), nullable=False),
        sa.Column("natural", sa.String(), nullable=True),
        sa.Column("ended", sa.Boolean(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("natural"),
    )
    op.create_index("ix_thing_batch", "thing", ["batch"])
    op.create_index("ix_thing_chain", "thing", ["chain"])
    op.create_index("ix_thing_owner", "thing", ["owner"])
    op.create_index("ix_thing_parent", "thing", ["parent"])
    op.create_index("ix_thing_subject", "thing", ["subject"])
    op.create_index("thing_by_machine", "thing", ["machine", "ended", "id"])
    op.create_index("thing_by_region", "thing", ["machine", "region", "id"])
    op.create_index("thing_by_state", "thing", ["machine", "state", "id"])


def downgrade() -> None:
    for table in (
        "thing",
        "scheme",
        "role",
        "rating",
        "proposal",
        "personal",
        "person",
        "outbox",
        "organization",
        "jurisdiction",
        "installation",
        "follow_up",
        "evidence",
        "duty",
        "command",
        "chain",
        "audit",
        "answer",
    ):
        op.drop_table(table)
