"""What the documents say is so: commands, settings, addresses, pictures, links; and both languages say the same."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import typer

from api.app import create_app
from api.cli.main import COMMANDS, build
from service.domain.diagram import mermaid
from service.schemes.loader import shipped_scheme
from service.settings import Settings

ROOT = Path(__file__).parents[2]
ENGLISH, CHINESE = "README.md", "README.zh-CN.md"
LANGUAGES = {ENGLISH: "en", CHINESE: "zh"}
ADRS = sorted((ROOT / "deploy" / "decisions").glob("*.md"))
DOCUMENTS = [ENGLISH, CHINESE, "CONTRIBUTING.md", "CHANGELOG.md", *(str(p.relative_to(ROOT)) for p in ADRS)]
PARTS = ["Status", "Context", "Decision", "Consequences"]
MOST_LINES_OF_A_DECISION = 45

every_readme = pytest.mark.parametrize("name", [ENGLISH, CHINESE])
every_document = pytest.mark.parametrize("name", DOCUMENTS)
every_decision = pytest.mark.parametrize("path", ADRS, ids=lambda path: path.name)


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def blocks(name: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", text_of(name), re.DOTALL)


def code(name: str) -> Iterator[str]:
    """Every piece of code on a line: between backticks, in a block of the shell, or indented by four."""
    text = text_of(name)
    for block in blocks(name, "sh"):
        yield from block.replace("\\\n", " ").splitlines()
    text = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    yield from re.findall(r"`([^`]+)`", text)
    yield from re.findall(r"^ {4}(\S.*)$", text, re.MULTILINE)


def make_targets(name: str) -> set[str]:
    return {target for line in code(name) for target in re.findall(r"\bmake ([a-z]+)", line)}


def shifan_calls(name: str) -> list[list[str]]:
    calls = (re.search(r"\bshifan ((?:[a-z]+|--help)\b.*)", line) for line in code(name))
    return [call[1].split() for call in calls if call]


@cache
def command_line() -> Any:
    return typer.main.get_command(build(*COMMANDS))


def fault_of_call(words: list[str]) -> str | None:
    """What of a call does not exist: the command, its subcommand or an option; None when all of it does."""
    at, rest = command_line(), list(words)
    while (commands := getattr(at, "commands", None)) and rest and not rest[0].startswith("-"):
        name = rest.pop(0)
        if name not in commands:
            return name
        at = commands[name]
    options = {"--help", *(option for parameter in at.params for option in parameter.opts)}
    return next((word for word in rest if word.startswith("--") and word not in options), None)


@every_readme
def test_a_readme_opens_with_what_to_type(name: str) -> None:
    assert {"demo", "test", "up", "check", "bench"} <= make_targets(name)
    assert ["--help"] in shifan_calls(name)


@every_document
def test_every_make_target_that_a_document_names_exists(name: str) -> None:
    targets = set(re.findall(r"^([a-z]+):", text_of("Makefile"), re.MULTILINE))
    assert make_targets(name) - targets == set()


@every_document
def test_every_shifan_command_that_a_document_names_exists_with_its_options(name: str) -> None:
    assert [(call, fault) for call in shifan_calls(name) if (fault := fault_of_call(call))] == []


def test_a_call_with_an_unknown_command_or_option_is_found_out() -> None:
    assert fault_of_call(["audit", "verify", "--home", "var"]) is None
    assert fault_of_call(["audit", "prove"]) == "prove"
    assert fault_of_call(["up", "--fast"]) == "--fast"


def test_both_readmes_have_the_same_headings_tables_and_commands() -> None:
    def shape(name: str) -> list[str]:
        lines = re.sub(r"```.*?```", "```", text_of(name), flags=re.DOTALL).splitlines()
        marks = (re.match(r"#+ |\||- |```|\*\*", line) for line in lines)
        return [mark[0] for mark in marks if mark]

    assert shape(ENGLISH) == shape(CHINESE)
    assert make_targets(ENGLISH) == make_targets(CHINESE)
    assert shifan_calls(ENGLISH) == shifan_calls(CHINESE)


def test_both_readmes_type_the_same() -> None:
    """The blocks of the shell differ in a comment and in the language that is asked for."""

    def typed(name: str) -> list[str]:
        plain = (re.sub(r"  # .*", "", block) for block in blocks(name, "sh"))
        return [re.sub(r"Accept-Language: \S+\"", 'Accept-Language: "', block) for block in plain]

    assert typed(ENGLISH) == typed(CHINESE)


@every_readme
def test_the_picture_of_a_readme_is_the_one_that_the_table_draws(name: str) -> None:
    drawn = mermaid(shipped_scheme("reference"), "case", "area", LANGUAGES[name])
    assert blocks(name, "mermaid")[0] == drawn


@every_readme
def test_every_setting_is_in_a_readme_and_nothing_else(name: str) -> None:
    told = set(re.findall(r"SHIFAN_[A-Z_]+", text_of(name)))
    assert told == {f"SHIFAN_{field.upper()}" for field in Settings.model_fields}


@every_readme
def test_the_defaults_in_a_readme_are_those_of_the_service(name: str) -> None:
    """A default that is empty or a folder is told in words, except that of the installation itself."""
    cells = [line.split("|")[1:3] for line in text_of(name).splitlines() if line.startswith("| `SHIFAN_")]
    told = {
        variable: value
        for variables, values in cells
        for variable, value in zip(ticked(variables), ticked(values), strict=False)
    }
    defaults = {f"SHIFAN_{field.upper()}": info.default for field, info in Settings.model_fields.items()}
    wanted = {v: f"{d:g}" if isinstance(d, float) else str(d) for v, d in defaults.items() if d != ""}
    assert {variable: told.get(variable) for variable in wanted} == wanted


def ticked(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


@every_readme
def test_every_address_that_a_readme_names_is_served(name: str) -> None:
    def plain(path: str) -> str:
        path = path.replace("{resource}", "cases").partition("?")[0]
        return re.sub(r"(?<=/actions/)\w+|\{\w+\}|\$\w+", "{}", path)

    named = {
        plain(path)
        for line in code(name)
        for path in re.findall(r"(?:^|(?:GET|POST|PUT) '?)(/[a-z{][^ ']*)", line)
        if path != "/withdraw"  # the end of an address
    }
    served = {plain(path).removeprefix("/api/v1") for path in create_app().openapi()["paths"]}
    assert len(named) > 12, "the addresses were not found in the text"
    assert named - served == set()


@every_document
def test_every_link_between_documents_leads_to_a_file(name: str) -> None:
    targets = re.findall(r"\]\(([^)#]+)[^)]*\)", text_of(name))
    beside = (ROOT / name).parent
    assert [t for t in targets if "://" not in t and not (beside / t).exists()] == []


@every_readme
def test_every_folder_that_a_readme_describes_exists(name: str) -> None:
    rows = re.findall(r"^\| `((?:service|activities|workflows|api|tests|deploy)[a-z/]*/)`", text_of(name), re.MULTILINE)
    assert len(rows) == 8
    assert [folder for folder in rows if not (ROOT / folder).is_dir()] == []


def test_decisions_are_numbered_without_a_gap() -> None:
    assert [path.name[:4] for path in ADRS] == [f"{n:04}" for n in range(1, len(ADRS) + 1)]


@every_decision
def test_a_decision_has_its_four_parts_in_order_on_a_page(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.startswith(f"# {path.name[:4]}: ")
    assert re.findall(r"^(?:## )?(Status|Context|Decision|Consequences)\b", text, re.MULTILINE) == PARTS
    assert len(text.splitlines()) <= MOST_LINES_OF_A_DECISION
