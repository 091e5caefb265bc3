"""How a command asks a running installation: its address, a token, and the first thing that is wrong."""

from __future__ import annotations

from typing import Annotated, Any

import httpx
import typer

from api.cli.options import fail

Url = Annotated[str, typer.Option(envvar="SHIFAN_URL", help="Where the API is.")]
Token = Annotated[str, typer.Option(envvar="SHIFAN_TOKEN", help="Your token, as `shifan token` prints it.")]
HERE = "http://127.0.0.1:8000"
_TIMEOUT = httpx.Timeout(120.0, connect=10.0)


def ask(url: str, token: str, method: str, path: str, *, language: str = "en", **content: Any) -> Any:
    """The JSON answer of a call. Ends the command with what the service says is wrong."""
    if not token:
        fail("A token is needed: give --token, or set SHIFAN_TOKEN to what `shifan token` prints.", 2)
    headers = {"Authorization": f"Bearer {token}", "Accept-Language": language, **content.pop("headers", {})}
    try:
        with httpx.Client(base_url=url, timeout=_TIMEOUT, trust_env=False) as http:
            answer = http.request(method, f"/api/v1{path}", headers=headers, **content)
    except httpx.HTTPError as error:
        fail(f"{url} does not answer ({error}): is `shifan up` running there?")
    said = answer.json() if "json" in answer.headers.get("content-type", "") else {}
    if not answer.is_success:
        for one in said.get("errors", ()):
            typer.echo(_line(one), err=True)
        fail(f"{said.get('title', answer.reason_phrase)} ({answer.status_code}).")
    return said


def _line(error: dict[str, Any]) -> str:
    place = ":".join(str(error[part]) for part in ("file", "sheet", "line", "column") if error.get(part))
    rules = f" [{', '.join(error['rules'])}]" if error.get("rules") else ""
    return " ".join(one for one in (place or error.get("pointer", ""), error.get("detail", "")) if one) + rules
