"""What a caller is told when something cannot be done: RFC 9457 problems, in the caller's language.

Problem                     stable code, status, errors with JSON pointers, rules with their articles
  refused(...)              a verdict of the domain: 403, 409 or 422
  everything else           the table PROBLEMS below
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException

from service.domain.words import machine_in_words
from service.schemes.rules import article

MEDIA_TYPE = "application/problem+json"
DATABASE_LOST = (OperationalError, InterfaceError, PoolTimeout, ConnectionError)
"""How it shows that the database is out of reach."""

PROBLEMS: dict[str, tuple[int, str, str]] = {  # by code: HTTP status, Chinese title, English title
    "malformed": (400, "请求格式有误", "the request is malformed"),
    "key_missing": (400, "缺少 Idempotency-Key", "the Idempotency-Key header is missing"),
    "unauthenticated": (401, "请先登录", "a valid token is needed"),
    "forbidden": (403, "无权办理", "you may not do this"),
    "not_found": (404, "没有找到", "not found"),
    "method_not_allowed": (405, "不支持该方法", "method not allowed"),
    "not_acceptable": (406, "无法以所要的形式答复", "not acceptable"),
    "illegal": (409, "当前状态不能办理", "not possible in the present state"),
    "guard": (409, "条件不满足", "conditions are not met"),
    "person": (409, "须由另一人办理", "another person must do this"),
    "conflict": (409, "已经存在", "it exists already"),
    "clock": (409, "时钟不能移动", "the clock cannot be moved"),
    "stale": (412, "内容已被他人更改，请刷新后再办", "somebody changed it; read it again"),
    "too_large": (413, "内容过大", "the content is too large"),
    "media_type": (415, "不支持的内容类型", "unsupported media type"),
    "form": (422, "表单不完整或有误", "the form is incomplete or wrong"),
    "invalid": (422, "内容有误", "the content is wrong"),
    "other_body": (422, "同一个键用于不同的请求", "this key was used for another request"),
    "precondition": (428, "请以 If-Match 说明所据的版本", "say with If-Match which revision you saw"),
    "too_many": (429, "请求过于频繁", "too many requests"),
    "internal": (500, "服务内部错误", "an error of the service"),
    "engine_down": (503, "流程引擎暂不可用，未做任何更改", "the engine is out of reach; nothing was changed"),
    "no_worker": (503, "流程引擎在线，但没有工作进程应答", "the engine is there, but no worker answers"),
    "database_down": (
        503,
        "数据库暂不可用，未做任何更改",
        "the database is out of reach; nothing was changed",
    ),
}
_BY_STATUS = {
    404: "not_found",
    405: "method_not_allowed",
    406: "not_acceptable",
    413: "too_large",
    415: "media_type",
}


def describe(document: dict[str, Any]) -> dict[str, Any]:
    """An OpenAPI document in which every operation says how it fails: with a problem, and never in another shape."""
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    for made_up in ("HTTPValidationError", "ValidationError"):
        schemas.pop(made_up, None)
    schemas["Problem"] = SCHEMA
    fails = {
        "description": "A problem: `code` never changes, `errors` says what is missing and where",
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    for methods in document["paths"].values():
        for operation in methods.values():
            operation["responses"].pop("422", None)
            operation["responses"]["default"] = fails
            _require(operation)
    return document


def _require(operation: dict[str, Any]) -> None:
    """Mark the headers that a call must bear. A route takes them as optional, to answer their lack with a problem.

    A dry run needs none of them; a client that always sends them does no harm.
    """
    needed = {"Idempotency-Key", *operation.pop("x-requires", ())}
    for parameter in operation.get("parameters", ()):
        if parameter["in"] == "header" and parameter["name"] in needed:
            parameter["required"] = True
            schema = parameter["schema"]
            schema.update(next((one for one in schema.pop("anyOf", ()) if one.get("type") != "null"), {}))


_TEXT: dict[str, Any] = {"type": "string"}
_LIST: dict[str, Any] = {"type": "array", "items": _TEXT}
_UNMET = {"pointer": _TEXT, "code": _TEXT, "detail": _TEXT, "missing": _LIST, "rules": _LIST}
_CITED = {"id": _TEXT, "document": _TEXT, "article": _TEXT}
SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["type", "title", "status", "code"],
    "properties": {
        "type": _TEXT,
        "title": _TEXT,
        "status": {"type": "integer"},
        "code": {"type": "string", "enum": list(PROBLEMS)},
        "detail": _TEXT,
        "errors": {"type": "array", "items": {"type": "object", "properties": _UNMET}},
        "rules": {"type": "array", "items": {"type": "object", "required": ["id"], "properties": _CITED}},
        "revision": {"type": "integer"},
        "existing": _TEXT,
    },
}


class Problem(Exception):
    """Raised anywhere on the way of a request; one handler renders it."""

    def __init__(
        self,
        code: str,
        *,
        errors: Iterable[Mapping[str, Any]] = (),
        rules: Iterable[str] = (),
        own: Iterable[tuple[str, str]] = (),
        headers: Mapping[str, str] | None = None,
        **more: Any,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.status = PROBLEMS[code][0]
        self.errors = list(errors)
        self.rules = list(dict.fromkeys(rules))
        self.own = list(dict.fromkeys(own))
        self.headers = dict(headers or {})
        self.more = more

    def body(self, language: str) -> dict[str, Any]:
        """The problem document in `zh` or `en`."""
        _, zh, en = PROBLEMS[self.code]
        title = zh if language == "zh" else en
        errors = [
            {
                **{k: v for k, v in e.items() if k not in ("zh", "en")},
                "detail": e.get(language, e.get("en", "")),
            }
            for e in self.errors
        ]
        said = {
            "type": f"urn:shifan:problem:{self.code}",
            "title": title,
            "status": self.status,
            "code": self.code,
            "detail": "；".join(e["detail"] for e in errors)
            if language == "zh"
            else "; ".join(e["detail"] for e in errors),
            "errors": errors,
            "rules": [*map(_own, self.own), *(_cited(rule, language) for rule in self.rules)],
            **self.more,
        }
        return {k: v for k, v in said.items() if v not in ("", [], None)}

    def response(self, request: Request) -> JSONResponse:
        return JSONResponse(self.body(language_of(request)), self.status, self.headers, MEDIA_TYPE)


def _own(cited: tuple[str, str]) -> dict[str, str]:
    """An article of the scheme's own document."""
    article_, document = cited
    return {"id": article_, "document": document, "article": article_}


def _cited(rule: str, language: str) -> dict[str, str]:
    try:
        found = article(rule, "zh" if language == "zh" else "en")
    except KeyError:
        return {"id": rule}
    return {"id": found["id"], "document": found["document"], "article": found["article"]}


def refused(refusal: Mapping[str, Any]) -> Problem:
    """A verdict of the domain as a problem: each unmet part or guard with its rules and what is missing.

    First what the scheme's own document says, then why the service has this condition.
    """
    errors = [
        {
            "pointer": u["at"],
            "code": u["code"],
            "zh": u["zh"],
            "en": u["en"],
            "missing": list(u["missing"]),
            "rules": rules_of(u),
        }
        for u in refusal["unmet"]
    ]
    code = {"role": "forbidden"}.get(refusal["kind"], refusal["kind"])
    rules = [r for u in refusal["unmet"] for r in u["rules"]] or list(refusal["rules"])
    own = [(article_, document) for u in refusal["unmet"] for article_, document in u.get("own", ())]
    return Problem(code, errors=errors, rules=rules, own=own)


def rules_of(unmet: Mapping[str, Any]) -> list[str]:
    """What an unmet condition rests on: articles of the scheme's own document, then rules that the service knows."""
    return [*(article_ for article_, _ in unmet.get("own", ())), *unmet["rules"]]


def language_of(request: Request) -> str:
    """`en` where the caller prefers English, else `zh`."""
    accepted = request.headers.get("accept-language", "").strip().lower()
    return "en" if accepted.startswith("en") else "zh"


def install(app: FastAPI) -> None:
    """Every way in which a request can fail ends in a problem document."""
    app.exception_handler(Problem)(_problem)
    app.exception_handler(RequestValidationError)(_invalid)
    app.exception_handler(HTTPException)(_http)
    for lost in DATABASE_LOST:
        app.exception_handler(lost)(_database)
    app.exception_handler(DBAPIError)(_database_or_bug)


async def _problem(request: Request, problem: Problem) -> JSONResponse:
    return problem.response(request)


async def _invalid(request: Request, error: RequestValidationError) -> JSONResponse:
    malformed = any(e["type"] in ("json_invalid", "json_type") for e in error.errors())
    return Problem("malformed" if malformed else "invalid", errors=map(_fault, error.errors())).response(request)


def _fault(said: Mapping[str, Any]) -> dict[str, str]:
    """What Pydantic found, with a JSON pointer from the root of the body (or the name of a parameter)."""
    kind = str(said["type"])
    within = () if kind == "json_invalid" else said["loc"][1:]
    steps = (str(step).replace("~", "~0").replace("/", "~1") for step in within)
    zh, en = _FAULTS.get(kind, f"内容有误（{kind}）"), str(said["msg"])
    if kind == "missing" and within:
        zh, en = f"缺少 {within[-1]}", f"{within[-1]} is missing"  # the detail is read without its pointer
    return {"pointer": "".join(f"/{step}" for step in steps), "code": kind, "zh": zh, "en": en}


_FAULTS = {
    "json_invalid": "不是有效的 JSON",
    "missing": "缺少此项",
    "extra_forbidden": "没有这一项",
    "string_type": "应为文字",
    "string_too_short": "文字过短",
    "string_too_long": "文字过长",
    "string_pattern_mismatch": "格式不符",
    "bool_type": "应为 true 或 false",
    "bool_parsing": "应为 true 或 false",
    "dict_type": "应为对象",
    "model_attributes_type": "应为对象",
    "too_short": "内容过少",
    "too_long": "内容过多",
    "int_type": "应为整数",
    "int_parsing": "应为整数",
    "greater_than_equal": "数值过小",
    "less_than_equal": "数值过大",
    "date_from_datetime_parsing": "应为日期，形如 2024-05-20",
    "date_type": "应为日期，形如 2024-05-20",
    "datetime_from_date_parsing": "应为带时区的时刻，形如 2024-05-20T09:00:00+08:00",
    "datetime_type": "应为带时区的时刻，形如 2024-05-20T09:00:00+08:00",
}
"""What Pydantic says in English only, by its own code."""


async def _http(request: Request, error: HTTPException) -> JSONResponse:
    code = _BY_STATUS.get(error.status_code, "malformed" if error.status_code < 500 else "internal")
    return Problem(code, headers=dict(error.headers or {})).response(request)


async def _database(request: Request, _: Exception) -> JSONResponse:
    return Problem("database_down", headers={"Retry-After": "5"}).response(request)


async def _database_or_bug(request: Request, error: DBAPIError) -> JSONResponse:
    if error.connection_invalidated:
        return await _database(request, error)
    raise error


def no_such_place() -> dict[str, str]:
    """What is created lies nowhere."""
    said = "没有这个行政区划代码", "there is no such jurisdiction"
    return {"pointer": "/form/jurisdiction", "code": "opening.jurisdiction", "zh": said[0], "en": said[1]}


def belongs_elsewhere(under: tuple[str, ...]) -> dict[str, str]:
    """What is created belongs to something else."""
    kinds = [machine_in_words(machine) for machine in under] or [("无", "nothing")]
    zh, en = "、".join(one for one, _ in kinds), ", ".join(one for _, one in kinds)
    return {"pointer": "/parent", "zh": f"上级事项应为：{zh}", "en": f"it is created under: {en}"}


def guessable() -> dict[str, str]:
    """Without an account the key is all that proves whose command it was."""
    said = "未登录时请使用随机键（如 UUID）", "without an account, use a random key such as a UUID"
    return {"pointer": "/Idempotency-Key", "code": "guessable", "zh": said[0], "en": said[1]}
