"""From a JSON pointer into a definition to the file and the line where it is written."""

from __future__ import annotations

import re
from collections.abc import Mapping

import yaml

from service.schemes.loader import DEFINITION
from service.schemes.reader import compose

_ROW = re.compile(r"/indicator_system/indicators/(\d+)(?:/|$)")


def place_of(pointer: str, files: Mapping[str, bytes]) -> str:
    """`scheme.yaml:12` for a pointer; a place that is no pointer already names its file and stays as it is.

    Where the pointer leads further than the file goes (a default, something missing), it is the line of the
    nearest part that is written.
    """
    if pointer and not pointer.startswith("/"):
        return pointer
    root = compose(files[DEFINITION])
    row = _ROW.match(pointer)
    if row and (table := _table(root)):
        return f"{table}:{int(row[1]) + 2}"  # the head is line 1
    line = root.start_mark.line
    here: yaml.Node | None = root
    for step in pointer.split("/")[1:]:
        found = _step(here, step.replace("~1", "/").replace("~0", "~"))
        if found is None:
            break
        mark, here = found
        line = mark.start_mark.line
    return f"{DEFINITION}:{line + 1}"


def _table(root: yaml.Node) -> str | None:
    for step in ("indicator_system", "ref"):
        found = _step(root, step)
        if found is None:
            return None
        root = found[1]
    return str(root.value) if isinstance(root, yaml.ScalarNode) else None


def _step(node: yaml.Node | None, step: str) -> tuple[yaml.Node, yaml.Node] | None:
    """The node that marks the place of a step, and the node that it leads to."""
    if isinstance(node, yaml.MappingNode):
        return next(((key, value) for key, value in node.value if key.value == step), None)
    if isinstance(node, yaml.SequenceNode) and step.isdigit() and int(step) < len(node.value):
        return node.value[int(step)], node.value[int(step)]
    return None
