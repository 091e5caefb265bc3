"""YAML as a scheme needs it: exact decimals, no duplicate key, no alias bomb, a limit to everything.

The YAML read here is narrower than YAML 1.1, where `no` is a boolean, `on` a key that becomes true and 0.1 a
binary float. Only `true` and `false` are booleans, every number with a point is a Decimal.
"""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

import yaml

from service.schemes.problem import FORM, Problem, SchemeInvalid
from service.schemes.reading.encoding import read_text

MOST_OF_YAML = 1024 * 1024
"""Bytes of one definition; the largest programme at hand has a twentieth of it. Reading more would keep others waiting."""
MOST_NODES = 50_000
"""Nodes of one document, also after every alias is expanded; the largest programme at hand has a few hundred."""


class _Loader(yaml.SafeLoader):
    """The safe loader with the resolvers below instead of those of YAML 1.1, which stops at too much."""

    composed = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """Count before anything is expanded: what is too large is not even read to its end.

        A value is what it looks like. By a tag it could claim to be a date, or a number with a million digits.
        """
        self.composed += 1
        if self.check_event(yaml.NodeEvent) and (tag := getattr(self.current_event, "tag", None)) is not None:
            mark = self.current_event.start_mark
            raise yaml.MarkedYAMLError(problem=f"the tag {tag} is not read", problem_mark=mark)
        node = super().compose_node(parent, index)
        if self.composed > MOST_NODES and node is not None:  # the first leaf beyond the limit ends it
            raise yaml.MarkedYAMLError(problem=f"more than {MOST_NODES} nodes", problem_mark=node.start_mark)
        return node


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


def read_yaml(name: str, content: bytes) -> Mapping[str, Any]:
    """The mapping a YAML document holds, aliases expanded. Raises SchemeInvalid."""
    if len(content) > MOST_OF_YAML:
        zh = f"文件有 {len(content)} 字节，方案文件不得超过 {MOST_OF_YAML} 字节（1 MB）"
        en = f"{len(content)} bytes; a definition has at most {MOST_OF_YAML} (1 MB): put long lists into tables"
        raise SchemeInvalid(Problem(name, zh, en, FORM))
    loader = _Loader(read_text(name, content))
    try:
        node = loader.get_single_node()
        data: Mapping[str, Any] = loader.construct_document(_inspected(name, node))
    except SchemeInvalid:
        raise
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = f"{name}:{mark.line + 1}:{mark.column + 1}" if mark else name
        raise SchemeInvalid(Problem(place, "YAML 格式错误", error.problem or "not YAML", FORM)) from None
    except (yaml.YAMLError, ArithmeticError, ValueError, RecursionError) as error:
        raise SchemeInvalid(Problem(name, "YAML 内容无法读取", f"cannot be read: {error}", FORM)) from None
    finally:
        loader.dispose()
    return data


def compose(text: str) -> yaml.MappingNode:
    """The nodes of a document that `read_yaml` has read, merges carried out, for the lines they stand on."""
    loader = _Loader(text)
    try:
        root = loader.get_single_node()
        assert isinstance(root, yaml.MappingNode)  # `read_yaml` has seen to it
        for node in _mappings(root):
            loader.flatten_mapping(node)
        return root
    finally:
        loader.dispose()


def tokens(text: str) -> Iterator[yaml.Token]:
    """What a document that `read_yaml` has read is made of, without its comments."""
    yield from yaml.scan(text, Loader=_Loader)


def _mappings(root: yaml.Node) -> Iterator[yaml.MappingNode]:
    """Every mapping of a document, each once."""
    left, seen = [root], set[int]()
    while left:
        node = left.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node, yaml.MappingNode):
            left += [part for pair in node.value for part in pair]
            yield node
        elif isinstance(node, yaml.SequenceNode):
            left += node.value


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
    mark = node.start_mark
    return Problem(f"{name}:{mark.line + 1}:{mark.column + 1}", zh, en, FORM)
