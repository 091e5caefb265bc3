"""A migrated database is what the tables say, on SQLite and PostgreSQL, however many ask for it at once."""

import asyncio
import logging
import multiprocessing
import shutil
import sqlite3
import subprocess
import sys
import uuid
import zipfile
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta, timezone
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import Script
from alembic.util import CommandError
from sqlalchemy import Connection, Table, create_engine, insert, inspect, make_url, select, text, update

from service.domain.batches.said_of_cases import said_of_cases
from service.domain.facts import Thing
from service.records.database import Database
from service.records.migrate import _config, at_head, head, locked, migrate
from service.records.rows import LISTED, OUTBOX, THING
from service.records.tables.kinds import Instant
from tests.support.postgres import Postgres

ROOT = Path(__file__).parents[2]
METADATA = THING.metadata
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Of a database that holds nothing; on SQLite not even its folder exists."""
    if request.param == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path}/档案 100%/shifan.db"
    postgres: Postgres = request.getfixturevalue("postgres")
    return postgres.create_database(f"m_{uuid.uuid4().hex}")


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    await asyncio.to_thread(migrate, url)
    database = Database(url)
    yield database
    await database.close()


def shape(connection: Connection) -> dict[str, Any]:
    """All that the database itself says of its tables, also what compare_metadata leaves out."""
    about = inspect(connection)

    def told(names: list[str]) -> dict[str, Any]:
        return {
            name: {
                "columns": [{**c, "type": str(c["type"])} for c in about.get_columns(name)],
                "primary key": about.get_pk_constraint(name),
                "unique": sorted(about.get_unique_constraints(name), key=str),
                "indexes": sorted(str({**i, "dialect_options": _said(i)}) for i in about.get_indexes(name)),
                "foreign keys": about.get_foreign_keys(name),
                "checks": about.get_check_constraints(name),
            }
            for name in names
        }

    return told([name for name in sorted(about.get_table_names()) if name != "alembic_version"])


def _said(index: Any) -> dict[str, str]:
    """The condition of a partial index as text: as objects no two are alike."""
    return {name: str(value) for name, value in index.get("dialect_options", {}).items()}


def a_thing(**values: Any) -> dict[str, Any]:
    return {
        "id": "t1", "machine": "case", "state": "open", "revision": 1, "owner": "t1", "chain": "t1",
        "scheme": "reference@1", "subject": "", "organization": "", "region": "cn", "ended": False,
        "number": 0, "opened_at": NOON, "data": {"名": "示范"},
    } | values  # fmt: skip


def message(**values: Any) -> dict[str, Any]:
    return {"owner": "o", "machine": "case", "revision": 1, "events": [], "adopted": False} | values


async def instants(database: Database, table: Table, column: str, *order: Any) -> list[datetime]:
    async with database.read.connect() as db:
        return list((await db.execute(select(table.c[column]).order_by(*order))).scalars())


def test_migrating_from_nothing_makes_exactly_the_tables(url: str) -> None:
    migrate(url)
    with locked(url) as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []
        migrated = shape(connection)
        METADATA.drop_all(connection)
        METADATA.create_all(connection)
        assert migrated == shape(connection)


def test_migrating_twice_is_harmless_and_keeps_what_is_recorded(url: str) -> None:
    migrate(url)
    with locked(url) as connection:
        connection.execute(insert(THING).values(a_thing()))
    migrate(url)
    with locked(url) as connection:
        assert connection.execute(select(THING.c.data)).scalar_one() == {"名": "示范"}
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalars().all() == [head()]


def _together(barrier: Barrier, url: str) -> None:
    barrier.wait()
    migrate(url)


def test_several_processes_may_migrate_at_once(url: str) -> None:
    clean = multiprocessing.get_context("spawn")  # a fork would inherit the servers' sockets and threads
    barrier = clean.Barrier(4)
    crowd = [clean.Process(target=_together, args=(barrier, url)) for _ in range(4)]
    for process in crowd:
        process.start()
    for process in crowd:
        process.join()
    assert [process.exitcode for process in crowd] == [0] * 4
    with locked(url) as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalars().all() == [head()]


async def test_threads_of_one_process_may_migrate_different_databases_at_once(tmp_path: Path) -> None:
    urls = [f"sqlite+aiosqlite:///{tmp_path}/{n}.db" for n in range(6)]
    await asyncio.gather(*(asyncio.to_thread(migrate, url) for url in urls))
    for url in urls:
        with locked(url) as connection:
            assert compare_metadata(MigrationContext.configure(connection), METADATA) == []


def test_a_migration_that_fails_leaves_nothing_behind(url: str) -> None:
    with locked(url) as connection:
        connection.execute(text("CREATE TABLE thing (other INTEGER)"))  # the last table that 0001 makes
    with pytest.raises(Exception, match=r"thing.*already exists"):
        migrate(url)
    with locked(url) as connection:
        assert inspect(connection).get_table_names() == ["thing"]


def test_a_database_of_a_newer_release_is_refused(url: str) -> None:
    migrate(url)
    with locked(url) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'from_tomorrow'"))
    with pytest.raises(CommandError, match="from_tomorrow"):
        migrate(url)


def test_another_kind_of_database_is_refused() -> None:
    with pytest.raises(ValueError, match="not in mysql"):
        migrate("mysql+pymysql://localhost/shifan")


def test_migrating_leaves_the_logging_of_the_process_alone(url: str) -> None:
    def logging_now() -> object:
        root = logging.getLogger()
        known = logging.getLogger("service")
        return root.level, list(root.handlers), known.disabled, known.level, logging.root.manager.disable

    before = logging_now()
    migrate(url)
    assert logging_now() == before


def test_a_revision_can_be_undone(url: str) -> None:
    migrate(url)
    with locked(url) as connection:
        config = _config()
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
        assert inspect(connection).get_table_names() == ["alembic_version"]


def test_alembics_own_commands_take_the_database_of_the_settings(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHIFAN_DATABASE_URL", url)
    command.upgrade(_config(), "head")
    with locked(url) as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []


def test_a_new_revision_names_plain_types_only(url: str, tmp_path: Path) -> None:
    """What autogenerate would write for these tables: Instant and AutoString are ours and may change."""
    with locked(url) as connection:
        config = _config()
        config.attributes["connection"] = connection
        config.set_main_option("path_separator", "newline")
        config.set_main_option("version_locations", str(tmp_path))
        script = command.revision(config, "draft", autogenerate=True)
    assert isinstance(script, Script)
    written = Path(script.path).read_text(encoding="utf-8")
    assert 'sa.Column("opened_at", sa.DateTime(), nullable=False)' in written.replace("'", '"')
    assert "Instant" not in written
    assert "AutoString" not in written


async def test_the_database_is_at_head_only_after_the_migration(url: str, tmp_path: Path) -> None:
    if url.startswith("sqlite"):
        Path(make_url(url).database or "").parent.mkdir(parents=True)
    database = Database(url)
    assert await at_head(database) is False
    await asyncio.to_thread(migrate, url)
    assert await at_head(database) is True
    async with database.write.begin() as db:
        await db.execute(text("UPDATE alembic_version SET version_num = 'from_tomorrow'"))
    assert await at_head(database) is False
    await database.close()


def test_the_migrations_work_from_an_installed_wheel(tmp_path: Path) -> None:
    source, installed, elsewhere = (tmp_path / name for name in ("source", "installed", "elsewhere"))
    for room in ("service", "activities", "workflows", "api"):
        shutil.copytree(ROOT / room, source / room, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "LICENSE", ".gitignore"):
        shutil.copy(ROOT / name, source / name)
    (source / "README.md").write_text("Shifan", encoding="utf-8")
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-t", "wheel"], cwd=source, check=True)
    (wheel,) = (source / "dist").glob("*.whl")
    zipfile.ZipFile(wheel).extractall(installed)
    elsewhere.mkdir()
    code = (
        f"import sys; sys.path.insert(0, {str(installed)!r}); import service.records.migrate as m;"
        f"assert m.__file__.startswith({str(installed)!r}), m.__file__; m.migrate('sqlite+aiosqlite:///new/s.db')"
    )
    subprocess.run([sys.executable, "-I", "-c", code], cwd=elsewhere, check=True)
    assert sorted(path.name for path in elsewhere.rglob("*")) == ["new", "s.db"]
    assert (installed / "service/records/migrations/script.py.mako").exists()


async def test_an_instant_comes_back_aware_and_equal_whatever_its_offset(database: Database) -> None:
    china, new_york = timezone(timedelta(hours=8)), timezone(timedelta(hours=-5))
    written = [
        datetime(2026, 3, 1, 8, 0, 0, 1, china),
        datetime(2026, 2, 28, 19, 30, tzinfo=new_york),
        datetime(1999, 12, 31, 23, 59, 59, 999_999, UTC),
        datetime(2026, 3, 1, 0, 0, 0, tzinfo=UTC),
        datetime(2026, 3, 1, 9, 0, 0, tzinfo=china),
    ]
    async with database.write.begin() as db:
        for n, at in enumerate(written):
            await db.execute(insert(OUTBOX).values(message(id=str(n), at=at)))
    assert await instants(database, OUTBOX, "at", OUTBOX.c.id) == written
    ordered = await instants(database, OUTBOX, "at", OUTBOX.c.at)
    assert ordered == sorted(written)
    assert {at.tzinfo for at in ordered} == {UTC}
    async with database.read.connect() as db:
        midnight_there = datetime(2026, 3, 1, 8, tzinfo=china)
        later = await db.execute(select(OUTBOX.c.id).where(OUTBOX.c.at > midnight_there).order_by(OUTBOX.c.id))
        assert list(later.scalars()) == ["0", "1", "4"]
        exact = await db.execute(select(OUTBOX.c.id).where(OUTBOX.c.at == written[0].astimezone(new_york)))
        assert list(exact.scalars()) == ["0"]


def test_both_databases_keep_an_instant_without_offset() -> None:
    instant = Instant()
    engine = create_engine("sqlite://")
    assert instant.process_bind_param(NOON, engine.dialect) == NOON.replace(tzinfo=None)
    assert instant.process_bind_param(None, engine.dialect) is None
    engine.dispose()


async def _advance(database: Database, state: str, revision: int) -> int:
    """The guarded update of a thing: how many rows it moved."""
    async with database.write.begin() as db:
        moved = await db.execute(
            update(THING)
            .where(THING.c.id == "t1", THING.c.revision == revision)
            .values(state=state, revision=revision + 1)
        )
    return moved.rowcount


async def test_a_stale_guarded_update_moves_nothing(database: Database) -> None:
    async with database.write.begin() as db:
        await db.execute(insert(THING).values(a_thing()))
    assert await _advance(database, "closed", 1) == 1
    assert await _advance(database, "reopened", 1) == 0
    async with database.read.connect() as db:
        assert (await db.execute(select(THING.c.state, THING.c.revision))).one() == ("closed", 2)


async def test_of_two_guarded_updates_at_once_the_second_waits_and_loses(database: Database) -> None:
    async with database.write.begin() as db:
        await db.execute(insert(THING).values(a_thing()))
    async with database.write.begin() as first:
        won = await first.execute(
            update(THING).where(THING.c.id == "t1", THING.c.revision == 1).values(state="a", revision=2)
        )
        second = asyncio.create_task(_advance(database, "b", 1))
        await asyncio.sleep(0.2)  # time enough to overtake, if it could
        assert not second.done()
    assert won.rowcount == 1
    assert await second == 0


async def test_of_many_guarded_updates_at_once_exactly_one_wins(database: Database) -> None:
    async with database.write.begin() as db:
        await db.execute(insert(THING).values(a_thing()))
    moved = await asyncio.gather(*(_advance(database, f"s{n}", 1) for n in range(8)))
    assert sorted(moved) == [0] * 7 + [1]


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
async def test_on_sqlite_the_write_lock_is_taken_at_begin_and_readers_never_wait(database: Database, url: str) -> None:
    impatient = sqlite3.connect(make_url(url).database or "", timeout=0, isolation_level=None)
    impatient.execute("BEGIN IMMEDIATE")
    impatient.execute("ROLLBACK")
    async with database.write.begin():  # and not one statement in it
        with pytest.raises(sqlite3.OperationalError, match="database is locked"):
            impatient.execute("BEGIN IMMEDIATE")
    impatient.execute("BEGIN IMMEDIATE")
    impatient.execute("ROLLBACK")
    impatient.close()


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
async def test_on_sqlite_a_second_writer_waits_and_a_reader_sees_what_was_committed(
    database: Database,
) -> None:
    async def write_another() -> None:
        async with database.write.begin() as db:
            seen = (await db.execute(select(THING.c.id))).scalars().all()
            assert seen == ["t1"]  # it began after the first had ended, so it cannot have read a stale row
            await db.execute(insert(THING).values(a_thing(id="t2")))

    async with database.write.begin() as first:
        await first.execute(insert(THING).values(a_thing()))
        second = asyncio.create_task(write_another())
        async with database.read.begin() as reader:
            assert (await reader.execute(select(THING.c.id))).scalars().all() == []
        await asyncio.sleep(0.2)  # time enough to overtake, if it could
        assert not second.done()
    await second
    async with database.read.begin() as reader:
        assert (await reader.execute(select(THING.c.id).order_by(THING.c.id))).scalars().all() == ["t1", "t2"]


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
async def test_on_sqlite_a_write_is_on_disk_when_it_is_committed(database: Database) -> None:
    for engine in (database.read, database.write):
        async with engine.connect() as db:
            assert (await db.execute(text("PRAGMA journal_mode"))).scalar_one() == "wal"
            assert (await db.execute(text("PRAGMA synchronous"))).scalar_one() == 2  # FULL


def test_what_lists_and_decisions_on_record_say_of_each_case_gets_its_rows(url: str) -> None:
    migrate(url)
    listed = {"purpose": "candidates", "cases": ["a", "b"], "entries": ["a"], "ranking": {"seed": "s"}}
    decided = {"date": "2024-03-01", "named": ["a"], "refused": {"b": "why"}, "tiers": {"a": "t"}, "number": "1"}
    things = {"l": ("candidate_list", listed), "d": ("naming_decision", decided), "t1": ("case", {})}
    with locked(url) as connection:
        config = _config()
        config.attributes["connection"] = connection
        command.downgrade(config, "0006")
        rows = [a_thing(id=one, machine=machine, data=data) for one, (machine, data) in things.items()]
        connection.execute(insert(THING), rows)
    migrate(url)
    with locked(url) as connection:
        found = {(r.file, r.thing): r.data for r in connection.execute(select(LISTED))}
    told = [Thing(one, machine, data=data) for one, (machine, data) in things.items()]
    assert found == {(case, one.id): said for one in told for case, said in said_of_cases(one).items()}
    assert len(found) == 4
