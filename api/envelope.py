"""What is the same on every exchange: the version header, what kind of body is read and how much of it, no bare 500."""

from __future__ import annotations

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import Problem

VERSION = "1.0"
UPLOADS = "/api/v1/evidence"
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
            return None
        limit = self.upload_limit if scope["path"] == UPLOADS else self.body_limit
        read, begun = 0, False

        async def counted() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > limit:
                raise Problem("too_large")
            return message

        async def versioned(message: Message) -> None:
            nonlocal begun
            begun = True
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], (b"x-api-version", VERSION.encode())]
            await send(message)

        async def answered(message: Message) -> None:
            if read <= limit:  # whatever is made of half a body is not the answer
                await versioned(message)

        async def say(problem: Problem) -> None:
            await problem.response(Request(scope))(scope, receive, versioned)

        if refused := _refused(scope, limit):
            return await say(refused)
        try:
            await self.app(scope, counted, answered)
        except Exception:
            if not begun:
                await say(Problem("internal"))
            raise
        if read > limit:
            await say(Problem("too_large"))
        return None


def _refused(scope: Scope, limit: int) -> Problem | None:
    """Why a request is not even read."""
    if "\0" in scope["path"] or b"%00" in scope["query_string"]:
        return Problem("malformed")  # no ID, filter or cursor holds a NUL, and no database would look for one
    headers = dict(scope["headers"])
    declared = headers.get(b"content-length", b"0")
    if declared.isdigit() and (len(declared) > _LENGTH_DIGITS or int(declared) > limit):
        return Problem("too_large")
    has_body = declared != b"0" or b"transfer-encoding" in headers
    wanted = b"multipart/form-data" if scope["path"] == UPLOADS else b"application/json"
    given = headers.get(b"content-type", b"").partition(b";")[0].strip().lower()
    if has_body and given != wanted and scope["method"] in ("POST", "PUT", "PATCH"):
        return Problem("media_type")
    return None
