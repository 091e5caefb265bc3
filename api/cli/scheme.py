"""`shifan scheme`: look at a programme before it is imported."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from api.cli.options import fail
from api.cli.scheme_page import page
from service.domain.diagram import mermaid
from service.domain.machines import NAMES
from service.schemes import loader
from service.schemes.model import Scheme
from service.schemes.places import place_of
from service.schemes.problem import Problem, SchemeInvalid
from service.schemes.validator import problems

app = typer.Typer()
group = typer.Typer(name="scheme", no_args_is_help=True)
app.add_typer(group)

Which = Annotated[
    str,
    typer.Argument(
        metavar="PATH_OR_KEY", help="A folder with scheme.yaml and its tables, or the key of a shipped programme."
    ),
]
Language = Annotated[str, typer.Option(help="zh or en.")]


@group.callback()
def about() -> None:
    """Look at a programme before it is imported: what is wrong, what it says, how it runs. 方案。"""


@group.command()
def validate(which: Which, language: Language = "en") -> None:
    """Name everything that keeps a scheme from being published, with file, line and rule. 校验方案。

    Nothing is stored, and no installation is needed. It leaves with 1 when anything is wrong.

    Example: shifan scheme validate ./my-programme

    Next: when it is sound, an editor imports it with POST /api/v1/schemes and another person publishes it.
    """
    files = files_of(which)
    try:
        scheme = loader.read_files(files)
        found: Iterable[Problem] = problems(scheme)
    except SchemeInvalid as error:
        found = error.problems
        scheme = None
    lines = [f"{place_in(files, one.path)}: {one.message(language)} [{one.rule}]" for one in found]
    for line in lines:
        typer.echo(line)
    if lines or scheme is None:
        typer.echo(f"{len(lines)} problem{'s' if len(lines) != 1 else ''}.", err=True)
        raise typer.Exit(1)
    typer.echo(f"{scheme.key} {scheme.version} can be published. Hash {loader.content_hash(scheme)}.")


@group.command()
def show(which: Which, language: Language = "en") -> None:
    """Show on a page what a scheme says: stages and dates, who does what, scores, the life of the title. 方案摘要。

    Example: shifan scheme show reference --language zh

    Next: `shifan scheme diagram` draws how a case runs through it.
    """
    Console().print(page(scheme_of(which), language))


@group.command()
def diagram(
    which: Which,
    machine: Annotated[str, typer.Option(help=f"One of {', '.join(sorted(NAMES))}.")] = "case",
    track: Annotated[str | None, typer.Option(help="Of a case: its track. Default: the first.")] = None,
    language: Language = "en",
) -> None:
    """Draw a machine of a scheme as Mermaid text, from the table that runs it. 状态图。

    Example: shifan scheme diagram reference --machine designation > designation.mmd

    Next: paste it where Mermaid is shown, such as a code block of a Markdown page.
    """
    scheme = scheme_of(which)
    if machine not in NAMES:
        fail(f"There is no machine {machine}: it is one of {', '.join(sorted(NAMES))}.", 2)
    tracks = [one.id for one in scheme.tracks]
    if track is not None and track not in tracks:
        fail(f"The scheme has no track {track}: it is one of {', '.join(tracks)}.", 2)
    typer.echo(mermaid(scheme, machine, track, language), nl=False)


def files_of(which: str) -> dict[str, bytes]:
    """The files of a folder or of a shipped programme; a folder comes first."""
    folder = Path(which)
    if folder.name == loader.DEFINITION:
        folder = folder.parent
    if folder.is_dir():
        return loader.files_in(folder)
    if which not in loader.shipped():
        fail(f"{which} is neither a folder nor a shipped programme ({', '.join(loader.shipped())}).", 2)
    return loader.files_in(loader.shipped_folder(which))


def scheme_of(which: str) -> Scheme:
    """The scheme, or the advice to validate it."""
    try:
        return loader.read_files(files_of(which))
    except SchemeInvalid as error:
        fail(f"{which} is no sound scheme ({len(error.problems)} problems): see `shifan scheme validate {which}`.")


def place_in(files: Mapping[str, bytes], path: str) -> str:
    """File and line of a problem, beside its pointer where that says more."""
    place = place_of(path, files)
    return place if place == path else f"{place} {path}".rstrip()
