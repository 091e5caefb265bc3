"""`shifan calendar`: the official calendars of a running installation, through its API."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import httpx
import typer

from api.cli.demo.client import TIMEOUT, Answer, Person
from api.cli.options import fail

app = typer.Typer()
group = typer.Typer(name="calendar", no_args_is_help=True)
app.add_typer(group)

Url = Annotated[str, typer.Option(envvar="SHIFAN_URL", help="Where the API is.")]
Token = Annotated[str, typer.Option(envvar="SHIFAN_TOKEN", help="Your token, as `shifan token` prints it.")]
Version = Annotated[str, typer.Argument(metavar="ID", help="A version, as `shifan calendar list` shows it.")]
Year = Annotated[int | None, typer.Option(help="Only this year.", min=1901, max=2199)]
HERE = "http://127.0.0.1:8000"


@group.callback()
def about() -> None:
    """Keep the official calendar: draft a year from its notice, see what it moves, publish it. 工作日历。"""


@group.command("list")
def listed(token: Token = "", url: Url = HERE, year: Year = None) -> None:
    """List the years with their notice, and the provisional ones with the day by which they are due. 列出日历。

    Example: shifan calendar list --year 2027

    Next: `shifan calendar import` drafts a year that is provisional.
    """
    with _somebody(url, token) as me:
        for one in _good(me.get("/calendars", **({} if year is None else {"year": year})))["items"]:
            notice = " ".join(one["notice"][part] or "" for part in ("issuer", "number", "date")).strip()
            due = f"to be published by {one['confirmBy']}" + (" (late)" if one["overdue"] else "")
            said = due if one["status"] == "provisional" else notice
            typer.echo(f"{one['id']:32}  {one['calendar']} {one['year']}  {one['status']:11}  {said}".rstrip())


@group.command("import")
def draft(  # noqa: PLR0917 - a notice has that many parts
    file: Annotated[Path, typer.Argument(help="A table date,kind,name (.csv), or holidays and makeUpDays (.json).")],
    year: Annotated[int, typer.Option(help="The year of the notice.", min=1901, max=2199)],
    issuer: Annotated[str, typer.Option(help="Who issued the notice.")],
    number: Annotated[str, typer.Option(help="Its document number.")],
    date: Annotated[datetime, typer.Option(help="Its date.", formats=["%Y-%m-%d"])],
    link: Annotated[str, typer.Option(help="Where it can be read.")] = "",
    calendar: Annotated[str, typer.Option(help="The calendar.")] = "cn",
    region: Annotated[str | None, typer.Option(help="Of a new calendar: the region that keeps it.")] = None,
    token: Token = "",
    url: Url = HERE,
) -> None:
    """Draft a year from its official notice. It changes nothing until somebody else publishes it. 导入草稿。

    Example: shifan calendar import 2027.csv --year 2027 --issuer 国务院办公厅 --number 国办发明电〔2026〕1号 --date 2026-11-05

    Next: `shifan calendar preview ID` shows what it would move.
    """
    notice = {"issuer": issuer, "number": number, "date": date.date().isoformat(), "url": link}
    where = {"calendar": calendar, "year": year} | ({"region": region} if region else {})
    with _somebody(url, token) as me:
        made = _good(me.post("/calendars", {**where, "notice": notice, **_content(file)}))
    typer.echo(f"Draft {made['id']} of {calendar} {year}. See what it moves: shifan calendar preview {made['id']}")


@group.command()
def preview(version: Version, token: Token = "", url: Url = HERE) -> None:
    """List every open duty that a version would move, from when to when. 预览。

    Example: shifan calendar preview 3f0c...

    Next: another person publishes it with `shifan calendar publish`.
    """
    with _somebody(url, token) as me:
        found = _good(me.get(f"/calendars/{version}/preview"))
    for one in found["items"]:
        typer.echo(f"{one['from']} -> {one['to']}  {one['duty']}  {one['type']} {one['thing']}  {one['subject']}")
    typer.echo(f"{len(found['items'])} dates would move, {found['notices']} of them ends of public notices.")


@group.command()
def publish(version: Version, token: Token = "", url: Url = HERE) -> None:
    """Publish a draft, as another person than its authors. What rests on it is then planned anew. 发布。

    Example: shifan calendar publish 3f0c...

    Next: the timeline of each case shows the dates that moved, as `plan_anew`.
    """
    with _somebody(url, token) as me:
        found = _good(me.post(f"/calendars/{version}/publish"))
    typer.echo(f"Published. {found['dutiesToPlanAnew']} open duties rest on this calendar and are looked at now.")


@contextmanager
def _somebody(url: str, token: str) -> Iterator[Person]:
    if not token:
        fail("A token is needed: give --token, or set SHIFAN_TOKEN to what `shifan token` prints.", 2)
    try:
        with httpx.Client(base_url=url, timeout=TIMEOUT) as http:
            yield Person("cli", "cli", http, token)
    except httpx.TransportError as error:
        fail(f"The API does not answer at {url} ({error}): start it, or name its address with --url.")


def _content(file: Path) -> dict[str, Any]:
    """The part of the body that names the days."""
    try:
        text = file.read_text(encoding="utf-8-sig")
        if file.suffix != ".json":
            return {"csv": text}
        content = json.loads(text)
    except (OSError, ValueError) as error:
        fail(f"{file} cannot be read: {error}", 2)
    if not isinstance(content, dict):
        fail(f"{file} is no object with holidays and makeUpDays.", 2)
    return content


def _good(answer: Answer) -> Mapping[str, Any]:
    if answer.status >= 400:
        fail(str(answer.body.get("detail") or answer.body.get("title") or answer.status))
    return answer.body
