"""Brings a database to the newest revision. Every process may ask at start: one does it, the rest wait."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Connection, Engine, create_engine, func, inspect, make_url, select, text
from sqlalchemy.pool import NullPool

from service.records.database import LOCK_WAIT_MS, Database, prepare_sqlite

MIGRATIONS = Path(__file__).parent / "migrations"
LOCK = 0x5368_6966_616E  # "Shifan": advisory locks are numbers that all users of a PostgreSQL database share

# Alembic keeps the running command in module globals: two threads would migrate each other's database.
_ONE_THREAD = threading.Lock()


def migrate(url: str) -> None:
    """Bring the database at `url` to `head()`: all of it or nothing, in one transaction.

    A second process waits for the first and then finds nothing to do: on PostgreSQL as long as it takes, on
    SQLite for LOCK_WAIT_MS. Raises ValueError for another kind of database, Alembic's CommandError when the
    database is at a revision that this release does not know (it is newer), and SQLAlchemy's errors.
    """
    with _ONE_THREAD, locked(url) as connection:
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


async def at_head(database: Database) -> bool:
    """Whether the database is exactly at `head()`. Raises SQLAlchemy's errors when it does not answer."""
    async with database.read.connect() as connection:
        return await connection.run_sync(_revisions) == {head()}


@cache
def head() -> str:
    """The newest revision that this release knows."""
    revision = ScriptDirectory.from_config(_config()).get_current_head()
    if revision is None:
        raise LookupError(f"there is no revision in {MIGRATIONS}")
    return revision


@contextmanager
def locked(url: str) -> Iterator[Connection]:
    """A connection in a transaction that no other migration shares. It is committed at the end."""
    engine = _engine(make_url(url))
    try:
        with engine.begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(select(func.pg_advisory_xact_lock(LOCK)))
            yield connection
    finally:
        engine.dispose()


def _config() -> Config:
    config = Config()
    # A path may hold a percent sign, which ConfigParser would read as a placeholder.
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config


def _engine(url: URL) -> Engine:
    """A synchronous engine for the URL of an asynchronous one."""
    match url.get_backend_name():
        case "sqlite":
            if url.database and url.database != ":memory:" and not url.database.startswith("file:"):
                Path(url.database).parent.mkdir(parents=True, exist_ok=True)
            wait = {"timeout": LOCK_WAIT_MS / 1000, "isolation_level": None}
            engine = create_engine(url.set(drivername="sqlite+pysqlite"), poolclass=NullPool, connect_args=wait)
            prepare_sqlite(engine, "IMMEDIATE")
            return engine
        case "postgresql":
            # After the wait for the lock each statement must see what the other process has committed.
            return create_engine(
                url.set(drivername="postgresql+psycopg"), poolclass=NullPool, isolation_level="READ COMMITTED"
            )
        case other:
            raise ValueError(f"the record is kept in SQLite or PostgreSQL, not in {other}")


def _revisions(connection: Connection) -> set[str]:
    # Not through Alembic's MigrationContext, which writes two lines to the log at every look.
    if not inspect(connection).has_table("alembic_version"):
        return set()
    return set(connection.execute(text("SELECT version_num FROM alembic_version")).scalars())
