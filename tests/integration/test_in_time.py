"""What came in time counts although it was carried out late; what should have followed and was refused is seen."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import insert

from service.contracts import workflow_id
from service.records.rows import FOLLOW_UP
from tests.support.cast import Cast, bring, notice
from tests.support.house import START

LETTER: dict[str, Any] = {
    "reasons": "the figures of the report are those of another county",
    "identity": "Li Si",
    "way_to_answer": "13800000000",
}


@pytest.mark.req("QH-11c")
@pytest.mark.req("GAP-QH-2")
async def test_an_objection_received_in_time_holds_the_notice_although_nobody_was_there_to_take_it(
    fresh: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    county = await fresh.enrolled()
    await bring(fresh, county, "publicity")
    it = await notice(fresh, county)

    async def tell(owner: str, command: Any) -> None:
        return None

    with monkeypatch.context() as engine:
        engine.setattr(fresh.place.house.gateway.courier, "tell", tell)  # the engine loses it; the record keeps it
        public = fresh.place.public()
        filed = await public.post("/objections", {"parent": it, "form": LETTER}, key="a key that nobody guesses 1")
        assert filed.status_code == 202, filed.text
    assert (await fresh.chief.get("/objections", parent=it)).json()["items"] == []

    await fresh.place.until("2024-04-15")
    assert (await fresh.chief.get(f"/notices/{it}")).json()["state"] == "objections_pending"
    filed_ones = (await fresh.chief.get("/objections", parent=it)).json()["items"]
    assert [o["state"] for o in filed_ones] == ["filed"]

    late = await public.post("/objections", {"parent": it, "form": LETTER}, key="a key that nobody guesses 2")
    assert late.status_code == 409, "what comes after the period is refused, however busy the notice is"


@pytest.mark.req("INV-16")
async def test_a_refused_follow_up_is_listed_until_somebody_looks_after_it(fresh: Cast) -> None:
    county = await fresh.enrolled()
    row: dict[str, Any] = {"id": f"{county.case}:x:0", "owner": county.case, "machine": "case", "event": "name_case", "form": {},
           "thing": county.case, "parent": None, "data": {}, "at": START}  # fmt: skip
    async with fresh.place.database.write.begin() as db:
        await db.execute(insert(FOLLOW_UP).values(**row))
    courier = fresh.place.house.gateway.courier
    await courier.wake(workflow_id("case", county.case))

    async def refused() -> list[Any]:
        found: list[Any] = (await fresh.admin.get("/follow-ups")).json()["items"]
        return found

    assert [(r["event"], r["outcome"]) for r in await refused()] == [("name_case", "refused")]
    assert (await county.clerk.get("/follow-ups")).status_code == 403

    asked = await fresh.admin.post(f"/follow-ups/{row['id']}/ask-again")
    assert asked.status_code == 202, asked.text
    await courier.wake(workflow_id("case", county.case))
    assert [r["outcome"] for r in await refused()] == ["refused"], "what stood in its way is still there"

    settled = await fresh.admin.post(f"/follow-ups/{row['id']}/settle", {"reason": "named by hand"})
    assert settled.status_code == 200, settled.text
    assert await refused() == []
    again = await fresh.admin.post(f"/follow-ups/{row['id']}/settle", {"reason": "named by hand"})
    assert again.status_code == 404
    events = [e["event"] for e in (await fresh.chief.get(f"/cases/{county.case}/timeline")).json()["items"]]
    assert events[-2:] == ["name_case", "settle_follow_up"]
