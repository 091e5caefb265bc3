"""`shifan token`: accounts, roles and tokens for the first administrator and for scripts."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from api.cli.options import Home, fail, settings_of
from api.security.tokens import Tokens
from service.records.database import Database
from service.records.migrate import migrate
from service.records.parties import people
from service.settings import Settings

app = typer.Typer()
PERSON = re.compile(r"[a-z0-9][a-z0-9_.-]{0,63}")
ROLE = re.compile(r"[a-z][a-z_]{1,63}")
SCOPE = re.compile(r"(region|organization|case):[a-z0-9][a-z0-9_./-]{0,199}")


@app.command("token")
def command(
    person: Annotated[str, typer.Argument(help="The account, such as admin. It is made when there is none.")],
    home: Home = None,
    role: Annotated[
        list[str] | None, typer.Option(help="A role to give, such as system_administrator. May be repeated.")
    ] = None,
    scope: Annotated[
        list[str] | None,
        typer.Option(help="Where the role holds, such as region:cn; one for each --role, or one for all."),
    ] = None,
    name: Annotated[str | None, typer.Option(help="The person's name, when the account is made.")] = None,
    hours: Annotated[float, typer.Option(help="How long the token is good for.", min=0.01, max=24 * 366)] = 12,
) -> None:
    """Print a token for a person, making the account and giving roles where asked. 令牌。

    This needs no token itself, only access to the installation: it is how the first administrator comes in.

    Example: shifan token admin --role system_administrator --role security_administrator --scope region:cn

    Next: curl -H "Authorization: Bearer TOKEN" http://127.0.0.1:8000/api/v1/me
    """
    roles = pairs(role or [], scope or [])
    if not PERSON.fullmatch(person):
        fail(f"{person} cannot be an account: small letters, digits, and _ . - after the first.", 2)
    settings = settings_of(home)
    migrate(settings.url)
    asyncio.run(enroll(settings, person, name or person, roles))
    typer.echo(token(settings, person, timedelta(hours=hours)))


def pairs(roles: list[str], scopes: list[str]) -> list[tuple[str, str]]:
    """Each role with its scope."""
    if len(scopes) == 1:
        scopes = scopes * len(roles)
    if len(roles) != len(scopes):
        fail("Each --role needs its --scope, such as --role system_administrator --scope region:cn.", 2)
    for role in roles:
        if not ROLE.fullmatch(role):
            fail(f"{role} cannot be a role: small letters and _, such as system_administrator.", 2)
    for scope in scopes:
        if not SCOPE.fullmatch(scope):
            fail(f"{scope} cannot be a scope: write region:PATH, organization:ID or case:ID.", 2)
    return list(zip(roles, scopes, strict=True))


async def enroll(settings: Settings, person: str, name: str, roles: list[tuple[str, str]]) -> None:
    """The account with these roles; one that is there keeps its name and its other roles."""
    database = Database(settings.url)
    try:
        async with database.write.begin() as db:
            await people.add_person(db, person, name)
            for role, scope in roles:
                await people.give_role(db, person, role, scope, by="shifan token", at=datetime.now(UTC))
    finally:
        await database.close()


def token(settings: Settings, person: str, valid_for: timedelta) -> str:
    """A token of this installation."""
    return Tokens.kept_in(settings.home, settings.token_secret).issue(person, valid_for)
