"""Alembic environment and revisions of the record. They ship in the wheel."""
