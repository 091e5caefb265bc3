"""YAML and CSV as a scheme needs them: exact decimals, no duplicate key, no alias bomb.

The YAML read here is narrower than YAML 1.1, where `no` is a boolean, `on` a key that becomes true and 0.1 a
binary float. Only `true` and `false` are booleans, every number with a point is a Decimal.
"""

import csv
import io
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import yaml

from service.schemes.problem import FORM, Problem, SchemeInvalid

MOST_BYTES = 1024 * 1024
MOST_NODES = 50_000
"""Nodes of one document after every alias is expanded; the largest programme at hand has a few hundred."""


class _Loader(yaml.SafeLoader):
    """The safe loader with the resolvers below instead of those of YAML 1.1."""


_Loader.yaml_implicit_resolvers = {}
for _tag, _pattern, _first in (
    ("bool", r"^(?:true|false)$", "tf"),
    ("int", r"^-?(?:0|[1-9][0-9]*)$", "-0123456789"),
    ("float", r"^-?(?:0|[1-9][0-9]*)\.[0-9]+$", "-0123456789"),
    ("timestamp", r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$", "0123456789"),
    ("null", r"^(?:~|null|)$", ["~", "n", ""]),
    ("merge", r"^<<$", "<"),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(_pattern), list(_first))


def _decimal(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> Decimal:
    return Decimal(loader.construct_scalar(node))


_Loader.add_constructor("tag:yaml.org,2002:float", _decimal)


def read_text(name: str, content: bytes) -> str:
    """UTF-8 text of at most 1 MB. Raises SchemeInvalid."""
    if len(content) > MOST_BYTES:
        raise SchemeInvalid(Problem(name, "文件超过 1 MB", "larger than 1 MB", FORM))
    try:
        # Spreadsheets write a byte order mark in front of UTF-8.
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise SchemeInvalid(Problem(name, "文件不是 UTF-8 编码", "not UTF-8", FORM)) from None


def read_yaml(name: str, content: bytes) -> Mapping[str, Any]:
    """The mapping a YAML document holds, aliases expanded. Raises SchemeInvalid."""
    loader = _Loader(read_text(name, content))
    try:
        node = loader.get_single_node()
        data: Mapping[str, Any] = loader.construct_document(_inspected(name, node))
    except SchemeInvalid:
        raise
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise SchemeInvalid(Problem(f"{name}:{line}", "YAML 格式错误", error.problem or "not YAML", FORM)) from None
    except (yaml.YAMLError, ArithmeticError, ValueError, RecursionError) as error:
        raise SchemeInvalid(Problem(name, "YAML 内容无法读取", f"cannot be read: {error}", FORM)) from None
    finally:
        loader.dispose()
    return data


def compose(content: bytes) -> yaml.MappingNode:
    """The nodes of a document that `read_yaml` has read, for the lines they stand on."""
    loader = _Loader(content.decode("utf-8-sig"))
    try:
        root = loader.get_single_node()
        assert isinstance(root, yaml.MappingNode)  # `read_yaml` has seen to it
        return root
    finally:
        loader.dispose()


def _inspected(name: str, root: yaml.Node | None) -> yaml.Node:
    """Refuse duplicate keys, self-containing nodes and documents that explode when aliases are expanded."""
    if not isinstance(root, yaml.MappingNode):
        raise SchemeInvalid(Problem(name, "不是一份方案定义", "not a mapping", FORM))
    sizes: dict[int, int] = {}
    open_nodes: set[int] = set()

    def size(node: yaml.Node) -> int:
        here = id(node)
        if here in open_nodes:
            raise SchemeInvalid(_at(name, node, "别名引用了自身", "an alias contains itself"))
        if here not in sizes:
            open_nodes.add(here)
            if isinstance(node, yaml.MappingNode):
                _no_duplicates(name, node)
                sizes[here] = 1 + sum(size(key) + size(value) for key, value in node.value)
            elif isinstance(node, yaml.SequenceNode):
                sizes[here] = 1 + sum(size(item) for item in node.value)
            else:
                sizes[here] = 1
            open_nodes.discard(here)
        if sizes[here] > MOST_NODES:
            raise SchemeInvalid(
                _at(
                    name,
                    node,
                    "别名展开后内容过大",
                    f"more than {MOST_NODES} nodes once aliases are expanded",
                )
            )
        return sizes[here]

    size(root)
    return root


def _no_duplicates(name: str, node: yaml.MappingNode) -> None:
    seen: set[str] = set()
    for key, _ in node.value:
        if not isinstance(key, yaml.ScalarNode):
            raise SchemeInvalid(_at(name, key, "键必须是文字", "a key must be text"))
        if key.value in seen:
            raise SchemeInvalid(_at(name, key, f"键“{key.value}”重复", f"duplicate key {key.value}"))
        seen.add(key.value)


def _at(name: str, node: yaml.Node, zh: str, en: str) -> Problem:
    return Problem(f"{name}:{node.start_mark.line + 1}", zh, en, FORM)


def read_csv(name: str, content: bytes, columns: tuple[str, ...]) -> list[dict[str, str]]:
    """Rows of a CSV table whose header names exactly these columns, in this order. Raises SchemeInvalid."""
    try:
        rows = list(csv.reader(io.StringIO(read_text(name, content), newline=""), strict=True))
    except csv.Error as error:
        raise SchemeInvalid(Problem(name, "CSV 格式错误", f"not CSV: {error}", FORM)) from None
    head, *body = rows or [[]]
    if tuple(head) != columns:
        expected = ",".join(columns)
        raise SchemeInvalid(Problem(f"{name}:1", f"表头应为 {expected}", f"the columns must be {expected}", FORM))
    for number, row in enumerate(body, 2):
        if len(row) != len(columns):
            raise SchemeInvalid(
                Problem(f"{name}:{number}", "列数与表头不符", f"{len(row)} cells, not {len(columns)}", FORM)
            )
    return [dict(zip(columns, row, strict=True)) for row in body]
