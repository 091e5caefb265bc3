"""The complaints of the schema about a definition, in words of ours: what is written wrong, and what may be written."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from types import NoneType
from typing import Annotated, Any, get_args, get_origin

from pydantic import BaseModel, ValidationError

from service.schemes.problem import FORM, Problem, Unfit, pointer

SAID: dict[str, tuple[str, str]] = {
    "literal_error": ("可写：{options}", "write {options}"),
    "string_type": ("应为文字", "write a text"),
    "string_too_short": ("不能为空", "write something here"),
    "string_too_long": ("最多 {max_length} 个字", "at most {max_length} characters"),
    "int_type": ("应为整数", "write a whole number"),
    "int_parsing": ("应为整数", "write a whole number"),
    "int_from_float": ("应为整数", "write a whole number"),
    "bool_type": ("应为 true 或 false", "write true or false"),
    "bool_parsing": ("应为 true 或 false", "write true or false"),
    "date_type": ("应为日期，如 2024-05-20", "write a date, such as 2024-05-20"),
    "date_parsing": ("应为日期，如 2024-05-20", "write a date, such as 2024-05-20"),
    "date_from_datetime_parsing": ("应为日期，如 2024-05-20", "write a date, such as 2024-05-20"),
    "date_from_datetime_inexact": ("应为日期，如 2024-05-20", "write a date, such as 2024-05-20"),
    "greater_than_equal": ("不得小于 {ge}", "at least {ge}"),
    "greater_than": ("应大于 {gt}", "more than {gt}"),
    "less_than_equal": ("不得大于 {le}", "at most {le}"),
    "less_than": ("应小于 {lt}", "less than {lt}"),
    "too_short": ("至少要有 {min_length} 项", "at least {min_length} of them"),
    "too_long": ("最多 {max_length} 项", "at most {max_length} of them"),
    "tuple_type": ("应为列表，如 [a, b]", "write a list, such as [a, b]"),
    "dict_type": ("应为若干“名称: 值”", "write names with values, such as {{name: value}}"),
    "model_type": ("应为若干“名称: 值”", "write names with values, such as {{name: value}}"),
}
_PATTERNS = (
    (r"^[a-z]", "只用小写字母、数字和下划线，以字母开头", "small letters, digits and _, a letter first"),
    (r"^\d+\.", "版本号写作 1.0.0", "write a version as 1.0.0"),
    (r"^\d\d-", "写作月-日，如 01-31", "write month-day, such as 01-31"),
)
"""How a pattern of the schema begins, and what it asks for."""


def form_problems(error: ValidationError, model: type[BaseModel]) -> tuple[Problem, ...]:
    """The complaints of the schema as problems, one for each place."""
    said: dict[str, list[tuple[str, str]]] = {}
    for one in error.errors(include_url=False, include_input=False):
        path, around = _place(model, one["loc"], unknown=one["type"] == "extra_forbidden")
        words = _words(one["type"], one["msg"], {**one.get("ctx", {}), "field": one["loc"][-1:]}, around)
        if one["type"] == "too_short" and _below(path, error, model):
            continue  # its members are there, and are named themselves
        if words not in said.setdefault(path, []):
            said[path].append(words)
    return tuple(
        Problem(path, "；或者".join(zh for zh, _ in all_of), ", or ".join(en for _, en in all_of), FORM)
        for path, all_of in said.items()
    )


def _below(path: str, error: ValidationError, model: type[BaseModel]) -> bool:
    places = (_place(model, one["loc"])[0] for one in error.errors(include_url=False, include_input=False))
    return any(place.startswith(f"{path}/") for place in places)


def _words(kind: str, message: str, context: Mapping[str, Any], around: tuple[str, ...]) -> tuple[str, str]:
    """A complaint in Chinese and English."""
    field = str(context["field"][0]) if context["field"] else ""
    if kind == "missing":
        return f"缺少 {field}", f"{field} is missing"
    if kind == "extra_forbidden":
        return _unknown(field, around)
    if kind == "value_error" and isinstance(unfit := context["error"], Unfit):
        return unfit.zh, unfit.en
    if kind == "string_pattern_mismatch":
        asked = (said for begins, *said in _PATTERNS if str(context["pattern"]).startswith(begins))
        zh, en = next(asked, ("写法不符合要求", message))
        return zh, en
    if kind not in SAID:
        return f"取值不合要求（{message}）", message
    options = re.findall(r"'([^']*)'", str(context.get("expected", "")))
    zh, en = SAID[kind]
    return zh.format(**context, options="、".join(options)), en.format(**context, options=" or ".join(options))


def _unknown(field: str, around: tuple[str, ...]) -> tuple[str, str]:
    meant = difflib.get_close_matches(field, around, n=1)
    zh = f"没有 {field} 这一项" + (f"，是否为 {meant[0]}？" if meant else "。")
    en = f"there is no field {field}" + (f", is it {meant[0]}?" if meant else ".")
    return f"{zh}此处可写：{'、'.join(around)}", f"{en} Here may stand: {', '.join(around)}"


def _place(model: Any, steps: tuple[str | int, ...], *, unknown: bool = False) -> tuple[str, tuple[str, ...]]:
    """The pointer of a complaint, without what only says which kind of value was tried, and the fields around it."""
    walked: list[str | int] = []
    here: Any = model
    around: tuple[str, ...] = ()
    for place, step in enumerate(steps):
        options = list(_options(here))
        around = tuple(name for one in options if _is_part(one) for name in _fields(one))
        found = [inner for one in options for inner in _inner(one, step)]
        if found:
            walked.append(step)
            here = found[0]
        elif unknown and place == len(steps) - 1:
            walked.append(step)
    return pointer(*walked), around


def _is_part(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _fields(kind: type[BaseModel]) -> dict[str, Any]:
    """The fields of a part, as they are written, and what each holds."""
    return {field.alias or name: field.annotation for name, field in kind.model_fields.items()}


def _options(kind: Any) -> Iterator[Any]:
    """The kinds of value that may stand at a place."""
    if get_origin(kind) is Annotated:
        yield from _options(get_args(kind)[0])
    elif _is_part(kind) or get_origin(kind) in (tuple, dict):
        yield kind
    else:
        members: Iterable[Any] = get_args(kind)
        for one in members:
            if one is not NoneType and (get_origin(one) or _is_part(one)):
                yield from _options(one)


def _inner(kind: Any, step: str | int) -> list[Any]:
    """What a kind of value holds at a step; nothing where it has no such step."""
    if _is_part(kind):
        fields = _fields(kind)
        return [fields[str(step)]] if step in fields else []
    if get_origin(kind) is tuple:
        return [get_args(kind)[0]] if isinstance(step, int) else []
    return [get_args(kind)[1]] if get_origin(kind) is dict else []
