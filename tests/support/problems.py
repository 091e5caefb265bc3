"""What every problem of the API looks like, checked wherever a test meets one."""

from __future__ import annotations

import re
from typing import Any

import httpx

from api.problems import PROBLEMS


def problem(answer: httpx.Response, code: str, status: int | None = None) -> dict[str, Any]:
    """The problem document of an answer, which must be of this code and complete."""
    assert answer.headers["Content-Type"] == "application/problem+json", answer.text
    assert re.fullmatch(r"\d+\.\d+", answer.headers["X-API-Version"])
    said: dict[str, Any] = answer.json()
    assert said["code"] == code, said
    assert answer.status_code == said["status"] == (status or PROBLEMS[code][0])
    assert said["type"] == f"urn:shifan:problem:{code}"
    assert said["title"] in PROBLEMS[code][1:]
    for error in said.get("errors", ()):
        assert error["detail"], said
    for rule in said.get("rules", ()):
        assert rule["id"], said
    return said


def clear(answer: httpx.Response) -> dict[str, Any]:
    """Any problem at all, but a clear one: never a 500."""
    assert 400 <= answer.status_code < 500, (
        f"{answer.request.method} {answer.request.url}: {answer.status_code} {answer.text}"
    )
    return problem(answer, answer.json()["code"])
