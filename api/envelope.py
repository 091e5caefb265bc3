"""What is the same on every exchange: the version header, what kind of body is read and how much of it, no bare 500."""

from __future__ import annotations

import re

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import Problem

VERSION = "1.0"
UPLOADS = re.compile(r"/api/v1/(evidence|schemes/(?:[^/]+/)?files|schemes/[^/]+/tables/[^/]+)")
"""Where files are sent, as parts of a form."""
_LENGTH_DIGITS = 15


class Envelope:
    """Around the application; limits are bytes."""

    def __init__(self, app: ASGIApp, body_limit: int, upload_limit: int) -> None:
        self.app = app
        self.body_limit = body_limit
        self.upload_limit = upload_limit + 100_000  # room for the other parts of a form

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        limit = self.upload_limit if UPLOADS.fullmatch(scope["path"]) else self.body_limit
        exchange = _Exchange(scope, receive, send, limit)
        if refused := _refused(scope, limit):
            await exchange.say(refused)
            return
        try:
            await self.app(scope, exchange.receive, exchange.send)
        except Exception:
            if not exchange.begun:
                await exchange.say(Problem("internal"))
            raise
        if exchange.too_large:
            await exchange.say(Problem("too_large"))


class _Exchange:
    """One request and its answer, as they pass through."""

    def __init__(self, scope: Scope, receive: Receive, send: Send, limit: int) -> None:
        self._scope, self._receive, self._send, self._limit = scope, receive, send, limit
        self._read = 0
        self.begun = False

    @property
    def too_large(self) -> bool:
        return self._read > self._limit

    async def receive(self) -> Message:
        message = await self._receive()
        self._read += len(message.get("body", b""))
        if self.too_large:
            raise Problem("too_large")
        return message

    async def send(self, message: Message) -> None:
        if not self.too_large:  # whatever is made of half a body is not the answer
            await self._versioned(message)

    async def say(self, problem: Problem) -> None:
        await problem.response(Request(self._scope))(self._scope, self._receive, self._versioned)

    async def _versioned(self, message: Message) -> None:
        self.begun = True
        if message["type"] == "http.response.start":
            message["headers"] = [*message["headers"], (b"x-api-version", VERSION.encode())]
        await self._send(message)


def _refused(scope: Scope, limit: int) -> Problem | None:
    """Why a request is not even read."""
    if "\0" in scope["path"] or b"%00" in scope["query_string"]:
        return Problem("malformed")  # no ID, filter or cursor holds a NUL, and no database would look for one
    headers = dict(scope["headers"])
    declared = headers.get(b"content-length", b"0")
    if declared.isdigit() and (len(declared) > _LENGTH_DIGITS or int(declared) > limit):
        return Problem("too_large")
    has_body = declared != b"0" or b"transfer-encoding" in headers
    wanted = b"multipart/form-data" if UPLOADS.fullmatch(scope["path"]) else b"application/json"
    given = headers.get(b"content-type", b"").partition(b";")[0].strip().lower()
    if has_body and given != wanted and scope["method"] in ("POST", "PUT", "PATCH"):
        return Problem("media_type")
    return None
