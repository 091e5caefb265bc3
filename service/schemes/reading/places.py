"""From a pointer into a definition to the file, the line and the column where it is written."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import yaml

from service.schemes.loader import DEFINITION
from service.schemes.problem import SchemeInvalid
from service.schemes.reading.comments import plain
from service.schemes.reading.encoding import read_text
from service.schemes.reading.pointers import find, names, steps_of
from service.schemes.reading.reader import compose, read_yaml

TABLES = {
    "/indicator_system/indicators": ("/indicator_system/ref", "code"),
    "/action_plan/tasks/rows": ("/action_plan/tasks/ref", "number"),
}
"""Where the rows of a table stand in the definition, what names the table, and the column that names its rows."""
_WRITTEN = re.compile(r"(?P<file>[^/:][^:]*)(?::(?P<line>\d+)(?::(?P<column>\d+))?)?")
_ROW = re.compile(r"(?P<rows>/.+?)/(?P<row>[^/]+)(?:/(?P<column>[^/]+))?")


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a file. Lines and columns begin at 1, a column of a table is a cell; 0 is not known."""

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return ":".join([self.file, *(str(one) for one in (self.line, self.column) if one)])


def place_of(pointer: str, files: Mapping[str, bytes]) -> Place:
    """The place of a pointer, or that of a text which already names file, line and column.

    Where the pointer leads further than the file goes (a default, something missing), it is the place of the
    nearest part that is written.
    """
    if pointer and not pointer.startswith("/"):
        said = _WRITTEN.fullmatch(pointer)
        return Place(said["file"], int(said["line"] or 0), int(said["column"] or 0)) if said else Place(pointer)
    if DEFINITION not in files:
        return Place(DEFINITION)
    if pointer.startswith("/basis/"):
        pointer = steps_of(pointer)[-1]
    return _in_table(pointer, files) or _in_definition(pointer, _root(files[DEFINITION]))


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


def _in_table(pointer: str, files: Mapping[str, bytes]) -> Place | None:
    """The row and the cell of a table that a pointer leads to; None where it leads to none."""
    for rows, (ref, named_by) in TABLES.items():
        said = _ROW.fullmatch(pointer) if pointer.startswith(f"{rows}/") else None
        found = find(_definition(files[DEFINITION]), ref) if said else None
        if said and found and str(found[1]) in files:
            return _cell(str(found[1]), files[str(found[1])], named_by, pointer.removeprefix(f"{rows}/"))
    return None


def _cell(name: str, content: bytes, named_by: str, rest: str) -> Place:
    row, _, column = rest.partition("/")
    column = column.partition("/")[0]
    try:
        head, lines = _table(name, content, named_by)
    except (csv.Error, SchemeInvalid):
        return Place(name)
    if row not in lines:
        return Place(name, 1)
    return Place(name, lines[row], head.index(column) + 1 if column in head else 0)


# An upload may have many faults: what it says is read once for all of them.


@lru_cache(maxsize=1)
def _root(content: bytes) -> yaml.MappingNode:
    return compose(read_text(DEFINITION, content))


@lru_cache(maxsize=1)
def _definition(content: bytes) -> Mapping[str, Any]:
    return read_yaml(DEFINITION, content)


@lru_cache(maxsize=len(TABLES))
def _table(name: str, content: bytes, named_by: str) -> tuple[list[str], dict[str, int]]:
    """The columns of a table, and the line on which each row begins, by every name that a pointer may give it."""
    reader = csv.reader(io.StringIO(read_text(name, content), newline=""))
    head, line = next(reader, []), reader.line_num + 1
    lines: dict[str, int] = {}
    seen = Counter[str]()
    for number, cells in enumerate(reader):
        called = dict(zip(head, cells, strict=False)).get(named_by, "")
        seen[called] += 1
        # A bare number is always a place, never a name.
        by_name = () if called.isdigit() else (called, f"{called}#{seen[called]}")
        for row in (str(number), f"{named_by}_{called}", *by_name):
            lines.setdefault(row, line)
        line = reader.line_num + 1
    return head, lines
