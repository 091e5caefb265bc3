"""`shifan scheme`: write a programme, look at it, compare it, and bring it into an installation."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from api.cli.client import HERE, Token, Url, ask
from api.cli.options import Home, fail, settings_of
from api.cli.scheme_page import page
from api.cli.scheme_versions import difference_page, published, running_under, told_changes
from service.domain.diagram import mermaid
from service.domain.machines import NAMES
from service.schemes import loader
from service.schemes.basis import unmarked
from service.schemes.diff import difference
from service.schemes.model import Scheme
from service.schemes.problem import Problem, SchemeInvalid
from service.schemes.reading.places import place_of
from service.schemes.reading.replacing import ROWS
from service.schemes.starting import Start, starter
from service.schemes.validation.validator import problems, warnings

app = typer.Typer()
group = typer.Typer(name="scheme", no_args_is_help=True)
app.add_typer(group)

Which = Annotated[
    str,
    typer.Argument(
        metavar="PATH_OR_KEY", help="A folder with scheme.yaml and its tables, or the key of a shipped programme."
    ),
]
Version = Annotated[
    str, typer.Argument(help="A folder, the key of a shipped programme, or key, key@1.0.0 or ID of a stored version.")
]
Language = Annotated[str, typer.Option(envvar="SHIFAN_LANGUAGE", help="zh or en.")]
LEVELS = ("nation", "province", "prefecture", "county", "township")
WORDS = {
    "en": {
        "next": "Next: {}", "sound": "{} {} can be published, with {}.", "hash": "Hash {}.", "wrong": "{}, {}.",
        "draft": "{} {} is a draft. {}.", "published": "{} is published.", "warning": "warning: ",
        "problems": "1 problem|{} problems", "warnings": "1 warning|{} warnings",
        "previewed": "Nothing was saved: without --preview {} takes the place of the table.",
        "replaced": "{} has taken the place of the table.",
    },
    "zh": {
        "next": "下一步：{}", "sound": "{} {} 可以发布，有 {}。", "hash": "校验值 {}。", "wrong": "{}，{}。",
        "draft": "{} {} 已导入为草稿，有 {}。", "published": "{} 已发布。", "warning": "提示：",
        "problems": "{} 处问题", "warnings": "{} 条提示",
        "previewed": "尚未保存：去掉 --preview 后，{} 将替换该表。", "replaced": "{} 已替换该表。",
    },
}  # fmt: skip
IDENTIFIER = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


@group.callback()
def about() -> None:
    """Write a programme, look at it, compare it, and bring it into an installation. 方案。"""


@group.command()
def new(  # noqa: PLR0917 - a scheme begins with that many facts
    folder: Annotated[Path, typer.Argument(help="A folder that does not exist yet, or is empty.", file_okay=False)],
    key: Annotated[str, typer.Option(help="Key of the scheme: small letters, digits, _. It stays for good.")],
    title: Annotated[str, typer.Option(help="Name of the title, in Chinese.")],
    title_en: Annotated[str | None, typer.Option(help="The same in English. Default: the key in words.")] = None,
    issuer: Annotated[str | None, typer.Option(help="Who issued the rules. Default: the name of the place.")] = None,
    level: Annotated[str, typer.Option(help=f"Level of the jurisdiction: {', '.join(LEVELS)}.")] = "county",
    name: Annotated[str, typer.Option(help="Name of the jurisdiction.")] = "本地区",
    effective: Annotated[str | None, typer.Option(help="The day from which it holds. Default: today.")] = None,
    language: Language = "en",
) -> None:
    """Write a small complete scheme with an explanation of every part, for you to change. 新建方案。

    It can be published as it is, and stays so as long as `shifan scheme validate` finds nothing.

    Example: shifan scheme new ./my-programme --key civic_title --title 依法治理示范

    Next: put your own rules in, and run `shifan scheme validate ./my-programme` after each change.
    """
    if not IDENTIFIER.fullmatch(key):
        fail(f"{key} cannot be a key: small letters and digits, with _ between words.", 2)
    if level not in LEVELS:
        fail(f"{level} is no level: one of {', '.join(LEVELS)}.", 2)
    if folder.exists() and any(folder.iterdir()):
        fail(f"{folder} is not empty: name a folder that does not exist yet.", 2)
    try:
        day = dt.date.fromisoformat(effective) if effective else dt.datetime.now().astimezone().date()
    except ValueError:
        fail(f"{effective} is no day: write it as 2025-01-31.", 2)
    english = title_en or key.replace("_", " ").capitalize()
    folder.mkdir(parents=True, exist_ok=True)
    for file, content in starter(Start(key, title, english, issuer or name, level, name, day)).items():
        (folder / file).write_bytes(content)
        typer.echo(f"{folder / file}")
    typer.echo(_words(language)["next"].format(f"shifan scheme validate {folder}"))


@group.command()
def validate(which: Which, language: Language = "en") -> None:
    """Name everything that keeps a scheme from being published, with file, line and rule. 校验方案。

    Warnings, such as a value without a mark, keep nothing from being published. Nothing is stored, and no
    installation is needed. It leaves with 1 when anything is wrong.

    Example: shifan scheme validate ./my-programme

    Next: when it is sound, `shifan scheme import` brings it into an installation, where another person publishes it.
    """
    files = files_of(which)
    looked_at: list[Problem] = []
    try:
        definition = loader.definition_of(files)
        scheme = loader.load(definition)
        found: Iterable[Problem] = problems(scheme)
        looked_at = [*unmarked(definition, scheme.basis), *warnings(scheme)]
    except SchemeInvalid as error:
        found = error.problems
        scheme = None
    wrong = list(found)
    for one in wrong:
        typer.echo(f"{place_in(files, one.path)}: {one.message(language)} [{one.rule}]")
        typer.echo(f"    {one.advice(language)}")
    words = _words(language)
    for one in looked_at:
        typer.echo(f"{place_in(files, one.path)}: {words['warning']}{one.message(language)}")
    warned = _counted(len(looked_at), words["warnings"])
    if wrong or scheme is None:
        typer.echo(words["wrong"].format(_counted(len(wrong), words["problems"]), warned), err=True)
        raise typer.Exit(1)
    typer.echo(words["sound"].format(scheme.key, scheme.version, warned))
    typer.echo(words["hash"].format(loader.content_hash(scheme)))


@group.command()
def show(which: Which, language: Language = "en") -> None:
    """Show on a page what a scheme says: stages and dates, who does what, scores, the life of the title. 方案摘要。

    Example: shifan scheme show reference --language zh

    Next: `shifan scheme diagram` draws how a case runs through it.
    """
    Console().print(page(scheme_of(which), language))


@group.command()
def diff(old: Version, new_one: Version, language: Language = "en", home: Home = None) -> None:
    """Show what a new version alters, and for whom: values, roles, and what becomes possible or ends. 版本比较。

    Of a stored version it counts the cases and titles that go on under it.

    Example: shifan scheme diff reference ./my-programme

    Next: raise `version` in scheme.yaml and import it; running cases keep the version that they began with.
    """
    (before, stored), (after, _) = (_version(one, home) for one in (old, new_one))
    running = running_under(settings_of(home), stored) if stored else None
    Console().print(difference_page(before, after, difference(before, after), running, language))


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


@group.command("import")
def import_(
    folder: Annotated[Path, typer.Argument(help="The folder with scheme.yaml and its tables.")],
    region: Annotated[str, typer.Option(help="Path of the jurisdiction in charge, such as cn/sn.")],
    url: Url = HERE,
    token: Token = "",
    language: Language = "en",
) -> None:
    """Bring a scheme into an installation as a draft. 导入草稿。

    The token is that of somebody with the role scheme_editor for the region.

    Example: shifan scheme import ./my-programme --region cn/sn --token "$EDITOR"

    Next: another person publishes it with `shifan scheme publish ID`.
    """
    parts = [("files", (name, content)) for name, content in files_of(str(folder)).items()]
    said = ask(url, token, "POST", "/schemes/files", language=language, files=parts, data={"region": region})
    words = _words(language)
    warned = _counted(len(said["warnings"]), words["warnings"])
    typer.echo(words["draft"].format(said["key"], said["version"], warned))
    typer.echo(said["id"])


@group.command()
def replace(  # noqa: PLR0917 - typer makes options of them
    version: Annotated[str, typer.Argument(metavar="ID", help="The ID that `shifan scheme import` printed.")],
    table: Annotated[str, typer.Argument(help=f"Which table: {', '.join(ROWS)}.")],
    file: Annotated[Path, typer.Argument(help="A .csv or an .xlsx.", exists=True, dir_okay=False)],
    sheet: Annotated[str, typer.Option(help="Of a workbook. Default: the first that is shown.")] = "",
    preview: Annotated[bool, typer.Option("--preview", help="Only show what would alter.")] = False,
    url: Url = HERE,
    token: Token = "",
    language: Language = "en",
) -> None:
    """Replace one table of a draft by a CSV or XLSX file, and show what alters and what is wrong then. 更换表格。

    The token is that of somebody with the role scheme_editor for the region.

    Example: shifan scheme replace 3f0c... indicators ./indicators.xlsx --preview --token "$EDITOR"

    Next: another person publishes the draft with `shifan scheme publish ID`.
    """
    if table not in ROWS:
        fail(f"{table} is no table: one of {', '.join(ROWS)}.", 2)
    drafted = ask(url, token, "GET", f"/schemes/{version}", language=language)
    parts = {"file": (file.name, file.read_bytes())}
    said = ask(
        url, token, "PUT", f"/schemes/{version}/tables/{table}", language=language, files=parts,
        data={"sheet": sheet, "dryRun": str(preview).lower()}, headers={"If-Match": f'"{drafted["hash"]}"'},
    )  # fmt: skip
    for line in told_changes(said, language):
        typer.echo(line)
    words = _words(language)
    for one in said["problems"]:
        place = ":".join(str(one[part]) for part in ("file", "sheet", "line", "column") if one.get(part))
        typer.echo(f"{place or one['pointer']}: {one[language if language == 'zh' else 'en']} [{one['rules'][0]}]")
    found = _counted(len(said["problems"]), words["problems"])
    typer.echo(words["wrong"].format(found, _counted(len(said["warnings"]), words["warnings"])))
    typer.echo(words["previewed" if preview else "replaced"].format(file.name))


@group.command()
def publish(
    version: Annotated[str, typer.Argument(metavar="ID", help="The ID that `shifan scheme import` printed.")],
    url: Url = HERE,
    token: Token = "",
    language: Language = "en",
) -> None:
    """Publish a draft, as another person than its editors. 发布方案。

    The token is that of somebody with the role scheme_approver for the region. A published version never changes.

    Example: shifan scheme publish 3f0c... --token "$APPROVER"

    Next: open a batch under it with POST /api/v1/batches.
    """
    said = ask(url, token, "POST", f"/schemes/{version}/publish", language=language, json={})
    typer.echo(_words(language)["published"].format(said["id"]))


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
    """File, line and column of a problem, beside its pointer where that says more."""
    place = str(place_of(path, files))
    return place if place == path else f"{place} {path}".rstrip()


def _version(which: str, home: Path | None) -> tuple[Scheme, str]:
    """A scheme, and the ID of its version where it is a stored one. A folder comes first, a stored one last."""
    if Path(which).exists() or which in loader.shipped():
        return scheme_of(which), ""
    found = published(settings_of(home), which)
    if found is None:
        shipped = ", ".join(loader.shipped())
        fail(f"{which} is neither a folder, a shipped programme ({shipped}) nor a stored version.", 2)
    return found


def _words(language: str) -> dict[str, str]:
    return WORDS["zh" if language == "zh" else "en"]


def _counted(number: int, forms: str) -> str:
    """A number with its word: for one, and for any other where the language tells them apart."""
    one, *more = forms.split("|")
    return (more[0] if more and number != 1 else one).format(number)
