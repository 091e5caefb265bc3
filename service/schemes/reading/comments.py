"""The marks behind the values of a YAML document, as pointers to what they are said of."""

from __future__ import annotations

import re
from collections.abc import Iterator

import yaml

from service.schemes.basis import Basis, of_comment
from service.schemes.problem import pointer
from service.schemes.reading.pointers import names
from service.schemes.reading.reader import compose, tokens

_LINE = re.compile(r"([^\r\n\x85\u2028\u2029]*)(?:\r\n|[\r\n\x85\u2028\u2029]|$)")
"""A line as YAML counts them."""


def marks_in(text: str) -> dict[str, Basis]:
    """Stable pointer to basis, for each mark in the comments of a document that `read_yaml` has read.

    A comment is about what begins on its line, and of that about the outermost. A line that holds nothing else is
    an explanation and marks nothing.
    """
    said = _comments(text)
    found: dict[str, Basis] = {}
    for path, line, node in sorted(_beginnings(compose(text)), key=lambda one: one[1]):
        for name, basis in of_comment(said.get(line, "")):
            at = _inside(path, node, name) if name else path
            if at is not None:
                found.setdefault(at, basis)
            elif path in found:  # it speaks of something that has no place of its own
                whole = found[path]
                note = f"{whole.note}; {name}: [{basis.mark}] {basis.note}".rstrip()
                found[path] = whole.model_copy(update={"note": note})
    return found


def _beginnings(root: yaml.Node) -> Iterator[tuple[str, int, yaml.Node]]:
    """The outermost parts that begin on each line: stable pointer, line, node."""
    left: list[tuple[str, yaml.Node, int]] = [("", root, -1)]
    while left:
        path, node, line = left.pop()
        for step, mark, value in _members(node):
            at, begins = path + pointer(step), mark.start_mark.line
            if begins != line:
                yield at, begins, value
            left.append((at, value, begins))


def _members(node: yaml.Node) -> list[tuple[str, yaml.Node, yaml.Node]]:
    """Stable step, the node that marks where it is written, and its value."""
    if isinstance(node, yaml.MappingNode):
        return [(str(key.value), key, value) for key, value in node.value]
    if isinstance(node, yaml.SequenceNode):
        called = names([plain(item) for item in node.value])
        return list(zip(called, node.value, node.value, strict=True))
    return []


def plain(node: yaml.Node) -> object:
    """What the name of a list member is taken from: a text, or the texts of a mapping."""
    if isinstance(node, yaml.MappingNode):
        return {key.value: value.value for key, value in node.value if isinstance(value, yaml.ScalarNode)}
    return node.value if isinstance(node, yaml.ScalarNode) else None


def _inside(path: str, node: yaml.Node, name: str) -> str | None:
    """The part of a line that a comment calls by its name, or by its value."""
    found = [step for step, _, value in _members(node) if name in (step, plain(value))]
    return path + pointer(found[0]) if len(found) == 1 else None


def _comments(text: str) -> dict[int, str]:
    """Line (from 0) to the comment behind what stands on it."""
    inside = bytearray(len(text) + 1)
    for token in tokens(text):
        if isinstance(token, yaml.ScalarToken):
            begin, end = token.start_mark.index, token.end_mark.index
            if token.style in ("|", ">"):  # its first line may still carry a comment
                first = _LINE.match(text, begin)
                begin = first.end() if first else begin
            inside[begin:end] = b"\1" * (end - begin)
    found: dict[int, str] = {}
    for number, line in enumerate(_LINE.finditer(text)):
        signs = (sign.end() for sign in re.finditer(r"(?<=[ \t])#", line[1]))
        begin = next((one for one in signs if not inside[line.start() + one - 1]), 0)
        if line[1][: max(begin - 1, 0)].strip():
            found[number] = line[1][begin:].strip()
    return found
