"""A list of a batch with the files of its cases, as a guard sees them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from service.domain.facts import Facts, Thing
from service.schemes.measures import ListRule
from service.schemes.model import Scheme
from service.schemes.track import Quota
from tests.support.domain import facts, reference, thing


def scheme(*rules: ListRule, target: int = 2, mode: str = "max", per: tuple[str, ...] = ()) -> Scheme:
    given = reference()
    quota = Quota.model_validate({"target": target, "mode": mode, "per_stratum": per})
    tracks = tuple(t.model_copy(update={"quota": quota}) for t in given.tracks)
    return given.model_copy(update={"tracks": tracks, "lists": rules})


def file(
    id: str, onsite: str | None = "80", state: str = "evaluation", city: str = "yulin", **data: Any
) -> dict[str, Any]:
    """A case with what stands in its file; `onsite` None: that evaluation is still going on."""
    case = thing("case", state, id=id, chain=id, region=f"cn/sn/{city}/{id}", ended=state in ENDED, **data)
    stands = "final" if onsite else "scoring"
    return {"case": case, "ratings": {}, "things": [
        thing("evaluation", stands, id=f"{id}-onsite", parent=id, chain=id, measure="onsite", total=onsite),
    ]}  # fmt: skip


ENDED = ("withdrawn", "disqualified", "not_named", "named", "closed", "declined")


def at(state: str, *files: dict[str, Any], rules: Scheme, company: tuple[Thing, ...] = (), **data: Any) -> Facts:
    batch = thing("batch", "evaluating", id="batch", batch=None, track=None, chain="batch", region="cn/sn")
    about = thing(
        "candidate_list", state, id="list", owner="batch", parent="batch", chain="batch", region="cn/sn",
        data={"purpose": rules.lists[0].purpose, **data},
    )  # fmt: skip
    by_case = {f["case"].id: f for f in files}
    naming = [replace(f["case"], state="naming") for f in files]
    stands = {c: f["case"].state for c, f in by_case.items()}
    read: dict[str, Any] = {"files": by_case, "case_states": stands, "cases": naming, "same_case": None,
                            "entropy": "seed of the service"}  # fmt: skip
    return facts(about, batch, *company, scheme=rules, **read)
