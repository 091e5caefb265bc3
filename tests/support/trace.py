"""Every rule of the five documents: where it stands in a scheme, and which tests prove it. `make trace` writes the list."""

from __future__ import annotations

import ast
import csv
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from service.schemes import loader

ROOT = Path(__file__).parents[2]
RULES = ROOT / "service" / "schemes" / "rules.csv"
TRACE = ROOT / "tests" / "acceptance" / "TRACE.md"
PROGRAMMES = ("qinghai", "shanxi", "pingdingshan", "haiyuan", "yulin")
PROVED = frozenset("GPTQL")
"""Types of rules that a test must prove: guards, prohibitions, times, quantities, lists."""


@dataclass(frozen=True)
class Rule:
    """A rule of a document: where it stands there, of which type it is, where it is placed, what proves it."""

    id: str
    document: str
    pointer: str
    type: str
    places: tuple[str, ...]
    tests: tuple[str, ...]

    @property
    def wants_proof(self) -> bool:
        return self.type in PROVED


@cache
def known() -> tuple[dict[str, str], ...]:
    """The rows of the catalogue."""
    with RULES.open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


@cache
def marks() -> Mapping[str, tuple[str, ...]]:
    """Rule -> the tests marked with it, as `file::function`."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                for rule in _marked(node.decorator_list):
                    found[rule].append(f"{path.relative_to(ROOT / 'tests')}::{node.name}")
    return {rule: tuple(tests) for rule, tests in found.items()}


def _marked(decorators: list[ast.expr]) -> Iterator[str]:
    for call in decorators:
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "req":
            yield from (str(arg.value) for arg in call.args if isinstance(arg, ast.Constant))


@cache
def placed() -> Mapping[str, tuple[str, ...]]:
    """Rule -> where a shipped programme of the five says what it asks for, as `programme/pointer`."""
    found: dict[str, list[str]] = defaultdict(list)
    for key in PROGRAMMES:
        if key not in loader.shipped():
            continue
        definition = loader.dump(loader.shipped_scheme(key))
        for pointer, basis in definition.pop("basis").items():
            for rule in basis["articles"]:
                found[rule].append(f"{key}{pointer or '/'}")
        for pointer, rule in _named(definition, ""):
            found[rule].append(f"{key}{pointer}")
    return {rule: tuple(dict.fromkeys(places)) for rule, places in found.items()}


def _named(value: Any, at: str) -> Iterator[tuple[str, str]]:
    """The rules that a part of a definition names, each with the pointer of that part."""
    if isinstance(value, dict):
        yield from ((at, rule) for rule in value.get("rules") or ())
        for name, one in value.items():
            yield from _named(one, f"{at}/{name}")
    elif isinstance(value, list):
        for place, one in enumerate(value):
            name = next((str(one[k]) for k in ("code", "key", "id") if isinstance(one, dict) and k in one), place)
            yield from _named(one, f"{at}/{name}")


def rules() -> tuple[Rule, ...]:
    """The rules of the five documents, in the order of the catalogue."""
    return tuple(
        Rule(r["id"], r["document"], r["pointer"], r["type"], placed().get(r["id"], ()), marks().get(r["id"], ()))
        for r in known()
        if r["document"] in PROGRAMMES
    )


def unknown() -> list[str]:
    """IDs that a test or a programme names and the catalogue does not list."""
    ids = {r["id"] for r in known()}
    return sorted((set(marks()) | {r for r in placed() if "-" in r and r[0].isupper()}) - ids)


def page() -> str:
    """The list as a page: for each document a table of rules, places and tests."""
    every = rules()
    without = [r.id for r in every if not r.places]
    bare = [r.id for r in every if r.wants_proof and not r.tests]
    wanted = sum(r.wants_proof for r in every)
    lines = [
        "# Trace",
        "",
        "Where each rule of the five documents stands in a programme, and what proves it. Written by `make trace`.",
        "Types: F fact, O obligation, G guard, P prohibition, T time, Q quantity, R report, L list, C consequence;",
        "of G, P, T, Q and L a test is asked for. What only people can keep is recorded as a duty or an obligation.",
        "",
        f"{len(every)} rules, {len(every) - len(without)} placed; {wanted} to be proved, {wanted - len(bare)} proved.",
    ]
    for document in PROGRAMMES:
        lines += [
            "",
            f"## {document}",
            "",
            "| rule | type | in the document | in the scheme | proved by |",
            "|---|---|---|---|---|",
        ]
        for r in (r for r in every if r.document == document):
            cells = (r.id, r.type, r.pointer, _few(p.removeprefix(document) for p in r.places), _few(r.tests))
            lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(lines) + "\n"


def _few(these: Iterator[str] | tuple[str, ...], most: int = 3) -> str:
    every = list(these)
    more = f" and {len(every) - most} more" if len(every) > most else ""
    return ", ".join(f"`{one}`" for one in every[:most]) + more


if __name__ == "__main__":
    TRACE.write_text(page(), encoding="utf-8")
