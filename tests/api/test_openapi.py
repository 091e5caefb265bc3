"""Whatever the OpenAPI document admits, and much that it does not, is answered without a 5xx."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis.generation import GenerationMode

from tests.support.cast import Cast, County, everything
from tests.support.house import Caller

EXAMPLES = 3
SECONDS_FOR_ONE = 60
CALM = settings(
    max_examples=EXAMPLES, database=None, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck),
)  # fmt: skip


class Sender:
    """Sends what schemathesis thinks of from its thread to the loop in which the installation lives."""

    def __init__(self, who: Caller, at: County, batch: str) -> None:
        self.who, self.at, self.batch = who, at, batch
        self.loop = asyncio.get_running_loop()
        self.seen: dict[int, int] = {}

    def send(self, case: Any) -> None:
        answer = asyncio.run_coroutine_threadsafe(self._send(case), self.loop).result(SECONDS_FOR_ONE)
        self.seen[answer.status_code] = self.seen.get(answer.status_code, 0) + 1
        assert answer.status_code < 500, f"{case.method} {answer.request.url}: {answer.status_code} {answer.text}"
        if answer.status_code >= 400:
            assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.headers["X-API-Version"]

    async def _send(self, case: Any) -> httpx.Response:
        said = case.as_transport_kwargs(base_url="http://shifan")
        known = {"cases": self.at.case, "batches": self.batch}.get(
            str(case.path).split("/")[3 if "v1" in case.path else 0]
        )
        url = said["url"]
        if known and "{thing}" in case.path:
            url = "http://shifan" + case.path.replace("{thing}", known).replace("{event}", "urge").replace(
                "{name}", "x"
            )
        own = self.who.headers(**{"Idempotency-Key": self.who.key()})
        given = {k: v for k, v in dict(said["headers"]).items() if k.lower() != "authorization"}
        headers = [
            (k.encode(), str(v).encode("latin-1", "replace"))
            for k, v in {**own, **given}.items()
            if k and v is not None
        ]
        body = {k: said[k] for k in ("data", "files", "json") if said.get(k) is not None}
        if isinstance(body.get("data"), bytes | str):
            body["content"] = body.pop("data")
        return await self.who.http.request(case.method, url, params=said.get("params"), headers=headers, **body)


def _run(sender: Sender, operation: Any, modes: list[GenerationMode]) -> None:
    strategy = st.one_of(*(operation.as_strategy(generation_mode=mode) for mode in modes))

    @CALM
    @seed(20240222)
    @given(case=strategy)
    def every(case: Any) -> None:
        sender.send(case)

    every()


@pytest.mark.filterwarnings("ignore")  # those of the generator about its own ways
async def test_no_operation_answers_with_5xx(cast: Cast) -> None:
    at, who = await cast.enrolled(), await everything(cast)
    document = cast.place.app.openapi()
    document = {**document, "paths": {p: o for p, o in document["paths"].items() if p != "/api/v1/clock/advance"}}
    schema = schemathesis.openapi.from_dict(document)
    sender = Sender(who, at, cast.batch)
    modes = [GenerationMode.POSITIVE, GenerationMode.NEGATIVE]
    tried = 0
    for found in schema.get_all_operations():
        operation: Any = found  # a document that cannot be read has no operation
        await asyncio.to_thread(_run, sender, operation.ok(), modes)
        tried += 1
    assert tried > 100
    assert {200, 404, 422} <= sender.seen.keys(), sender.seen
