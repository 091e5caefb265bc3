"""What may be created on a thing is told with its events: where to send it, what to give, and why not yet."""

from __future__ import annotations

from typing import Any

from tests.support.cast import Cast
from tests.support.house import Caller


async def creates(who: Caller, path: str) -> dict[str, dict[str, Any]]:
    """What the caller is told may be created on a thing, by event."""
    said = (await who.get(f"{path}/actions")).json()
    return {one["event"]: one for one in said["creates"]}


async def test_whoever_may_open_a_case_is_told_so_on_the_batch_with_its_form(cast: Cast) -> None:
    at = await cast.draft()
    told = await creates(at.clerk, f"/batches/{cast.batch}")
    opening = told["open_case"]
    assert opening.get("unmet") is None, opening
    assert (opening["resource"], opening["address"], opening["allowed"]) == ("cases", "/api/v1/cases", True)
    (track,) = [part for part in opening["form"] if part["name"] == "track"]
    assert {"area", "project"} & {one["code"] for one in track["choices"]}
    assert all(one["title"] != one["code"] for one in track["choices"])
    refused = told["open_list"]
    assert (refused["allowed"], refused["unmet"][0]["code"]) == (False, "role")


async def test_what_is_offered_is_what_is_accepted(cast: Cast) -> None:
    at = await cast.enrolled()
    told = await creates(cast.office, f"/cases/{at.case}")
    assert {"raise_item", "draft_recommendation", "draft_notice"} <= set(told)
    for event, one in told.items():
        body = {"event": event, "parent": at.case, "dryRun": True, "form": {}}
        answer = await cast.office.post(f"/{one['resource']}", body)
        codes = {error["code"] for error in answer.json().get("errors", ())}
        assert (answer.status_code == 403) is ("role" in {u["code"] for u in one.get("unmet", ())}), event
        if not one["allowed"]:
            assert codes & {u["code"] for u in one["unmet"]}, event
    item = told["raise_item"]
    assert item["allowed"], item
    assert {part["name"] for part in item["form"]} >= {"finding", "source"}


async def test_on_what_holds_nothing_nothing_is_created(cast: Cast) -> None:
    at = await cast.enrolled()
    form = {"source": "self", "finding": "no plan", "basis": "PDS-I01"}
    made = await cast.office.post("/rectification-items", {"parent": at.case, "form": form})
    assert made.status_code == 201, made.text
    assert await creates(cast.office, f"/rectification-items/{made.json()['id']}") == {}
