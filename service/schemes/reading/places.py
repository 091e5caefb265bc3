"""From a pointer into a definition to the file, the line and the column where it is written."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import yaml

from service.schemes.loader import DEFINITION
from service.schemes.problem import SchemeInvalid
from service.schemes.reading.comments import plain
from service.schemes.reading.encoding import read_text
from service.schemes.reading.obligation_table import TABLE
from service.schemes.reading.pointers import find, names, steps_of
from service.schemes.reading.reader import compose, read_yaml
from service.schemes.reading.table import XLSX, file_of, source_of

TABLES = {
    "/indicator_system/indicators": ("/indicator_system/ref", "code", "code"),
    "/action_plan/tasks/rows": ("/action_plan/tasks/ref", "number", "number"),
    "/obligations": ("", "rule", "code"),
}
"""Where the rows of a table stand in the definition; what names the table; the column that names its rows, and as what."""
_WRITTEN = re.compile(
    rf"(?P<file>[^/:][^:]*)(?:(?<={re.escape(XLSX)}):(?P<sheet>[^:]+))?(?::(?P<line>\d+)(?::(?P<column>\d+))?)?"
)
_ROW = re.compile(r"/(?P<row>[^/]+)(?:/(?P<column>[^/]+)(?:/(?P<part>[^/]+))?)?(?:/.*)?")


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a file. Lines and columns begin at 1, a column of a table is a cell; 0 is not known."""

    file: str
    line: int = 0
    column: int = 0
    sheet: str = ""
    """Of a workbook."""

    def __str__(self) -> str:
        return ":".join(
            [self.file, *([self.sheet] if self.sheet else ()), *(str(one) for one in (self.line, self.column) if one)]
        )


def place_of(pointer: str, files: Mapping[str, bytes], refs: Mapping[str, str] | None = None) -> Place:
    """The place of a pointer, or that of a text which already names file, line and column.

    Where the pointer leads further than the file goes (a default, something missing), it is the place of the
    nearest part that is written. `refs` says from which tables the rows at these pointers come, where the definition
    is not among the files.
    """
    if pointer and not pointer.startswith("/"):
        said = _WRITTEN.fullmatch(pointer)
        return _place(said["file"], said["sheet"], said["line"], said["column"]) if said else Place(pointer)
    if DEFINITION not in files and refs is None:
        return Place(DEFINITION)
    if pointer.startswith("/basis/"):
        pointer = steps_of(pointer)[-1]
    found = _in_table(pointer, files, refs)
    return found or (_in_definition(pointer, _root(files[DEFINITION])) if DEFINITION in files else Place(""))


def _place(file: str, sheet: str | None, line: str | None, column: str | None) -> Place:
    return Place(file, int(line or 0), int(column or 0), sheet or "")


def _in_definition(pointer: str, root: yaml.Node) -> Place:
    mark, here = root.start_mark, root
    for step in steps_of(pointer):
        found = _step(here, step)
        if found is None:
            break
        mark, here = found[0].start_mark, found[1]
    return Place(DEFINITION, mark.line + 1, mark.column + 1)


def _step(node: yaml.Node, step: str) -> tuple[yaml.Node, yaml.Node] | None:
    """The node that marks the place of a step, and the node that it leads to."""
    if isinstance(node, yaml.MappingNode):
        return next(((key, value) for key, value in node.value if key.value == step), None)
    if isinstance(node, yaml.SequenceNode):
        called = names([plain(item) for item in node.value])
        place = called.index(step) if step in called else int(step) if step.isdigit() else len(called)
        return (node.value[place], node.value[place]) if place < len(called) else None
    return None


def _in_table(pointer: str, files: Mapping[str, bytes], refs: Mapping[str, str] | None) -> Place | None:
    """The row and the cell of a table that a pointer leads to; None where it leads to none."""
    for rows, (named, column, name) in TABLES.items():
        if pointer.startswith(f"{rows}/") and (said := _ROW.fullmatch(pointer.removeprefix(rows))):
            ref = refs.get(rows, "") if refs is not None else _named(named, files)
            place = _cell(ref, files, (column, name), said["row"], (said["column"] or "", said["part"] or "zh"))
            if place:
                return place
    return None


def _named(at: str, files: Mapping[str, bytes]) -> str:
    """What names a table: the definition, or nothing but its file."""
    found = find(_definition(files[DEFINITION]), at) if at else ("", TABLE)
    return str(found[1]) if found else ""


def _cell(
    ref: str, files: Mapping[str, bytes], named_by: tuple[str, str], row: str, cell: tuple[str, str]
) -> Place | None:
    try:
        file = file_of(ref, files)
        if file is None:
            return None
        source, head, lines = _table(ref, file, files[file], named_by)
    except SchemeInvalid as error:
        return place_of(error.problems[0].path.partition(":")[0], files)
    place = place_of(source, files)
    if row not in lines:
        return replace(place, line=1)
    column = next((head.index(one) + 1 for one in (cell[0], "_".join(cell)) if one in head), 0)
    return replace(place, line=lines[row], column=column)


# An upload may have many faults: what it says is read once for all of them.


@lru_cache(maxsize=1)
def _root(content: bytes) -> yaml.MappingNode:
    return compose(read_text(DEFINITION, content))


@lru_cache(maxsize=1)
def _definition(content: bytes) -> Mapping[str, Any]:
    return read_yaml(DEFINITION, content)


@lru_cache(maxsize=len(TABLES))
def _table(ref: str, file: str, content: bytes, named_by: tuple[str, str]) -> tuple[str, list[str], dict[str, int]]:
    """How a table is called, its columns, and the line on which each row begins, by every name a pointer may give it."""
    source = source_of(ref, {file: content})
    head = next(source.rows, (1, []))[1]
    lines: dict[str, int] = {}
    seen = Counter[str]()
    column, name = named_by
    for number, (line, cells) in enumerate(source.rows):
        called = dict(zip(head, cells, strict=False)).get(column, "")
        seen[called] += 1
        # A bare number is always a place, never a name.
        by_name = () if called.isdigit() else (called, f"{called}#{seen[called]}")
        for row in (str(number), f"{name}_{called}", *by_name):
            lines.setdefault(row, line)
    return source.name, head, lines
