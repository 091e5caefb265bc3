"""`shifan audit verify`: is every entry of the audit chains as it was written?"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Annotated

import typer
from rich.progress import Progress
from sqlalchemy import func, select

from api.cli.options import Home, fail, installed, settings_of
from service.records import audit
from service.records.audit import Broken
from service.records.database import Database
from service.records.rows import AUDIT, THING
from service.settings import Settings

app = typer.Typer()
group = typer.Typer(name="audit", no_args_is_help=True, help="Prove that the record is as it was written. 审计链。")
app.add_typer(group)


@group.callback()
def about() -> None:
    """Prove that the record is as it was written. 审计链。"""


@group.command("verify")
def command(
    home: Home = None,
    case: Annotated[str | None, typer.Option(metavar="ID", help="Only the file of this case.")] = None,
) -> None:
    """Recompute every chain of audit entries and say which is broken, and where. 校验审计链。

    Each entry is sealed with the hash of the one before, so nothing can be changed, removed or put in unseen. It
    leaves with 1 when anything is broken. It reads only, and may run beside the service.

    Example: shifan audit verify --case 3f0c...

    Next, when something is broken: find the entry in the last backup that verifies, and who could write in between.
    """
    settings = installed(settings_of(home))
    entries, chains, broken = asyncio.run(_check(settings, case))
    for fault in broken:
        typer.echo(f"Chain {fault.chain}, entry {fault.seq}: {fault.why}.")
    good = chains - len(broken)
    typer.echo(f"{good} of {chains} chains verify, {entries} entries read.")
    if broken:
        raise typer.Exit(1)


async def verified(settings: Settings) -> tuple[int, int]:
    """How many entries there are, and how many chains are broken."""
    database = Database(settings.url)
    try:
        entries, _, broken = await _verify(database, None, lambda _: None)
    finally:
        await database.close()
    return entries, len(broken)


async def _check(settings: Settings, case: str | None) -> tuple[int, int, list[Broken]]:
    database = Database(settings.url)
    try:
        chain = None if case is None else await _chain_of(database, case)
        async with database.read.connect() as db:
            mine = AUDIT.c.chain == chain if chain else AUDIT.c.chain.is_not(None)
            total = (await db.execute(select(func.count()).select_from(AUDIT).where(mine))).scalar_one()
        with Progress(transient=True) as progress:
            task = progress.add_task("Audit entries", total=total)
            return await _verify(database, chain, lambda read: progress.advance(task, read))
    finally:
        await database.close()


async def _chain_of(database: Database, case: str) -> str:
    async with database.read.connect() as db:
        chain: str | None = (await db.execute(select(THING.c.chain).where(THING.c.id == case))).scalar()
    if chain is None:
        fail(f"There is no case {case}.")
    return chain


async def _verify(database: Database, chain: str | None, told: Callable[[int], None]) -> tuple[int, int, list[Broken]]:
    entries, chains, broken = 0, 0, list[Broken]()
    async with database.read.connect() as db:
        async for _, count, fault in audit.verify(db, chain):
            entries += count
            chains += 1
            broken += [fault] if fault else []
            told(count)
    return entries, chains, broken
