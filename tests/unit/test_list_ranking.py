"""A list that is decided by lot: nobody is chosen before the draw, and no second draw follows the first."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.support.domain import done, refused, thing
from tests.support.lists import at, file, scheme
from tests.unit.test_candidate_list import OFFICE, ONSITE, ranked


@pytest.mark.req("INV-29")
def test_nobody_is_chosen_among_equals_before_the_draw_is_on_record() -> None:
    files = [file(id, "80") for id in "abc"]
    rules = scheme(ONSITE, target=1)
    form: dict[str, Any] = {"cases": ["a", "b", "c"], "selected": ["b"]}
    given = at("collecting", *files, rules=rules)
    for n in range(20):  # whatever the service would draw, so that asking again gains nothing
        lucky = replace(given, more={**given.more, "entropy": f"seed {n}"})
        assert refused(lucky, "rank_list", OFFICE, **form) == ["order_follows_rule"]
    both: dict[str, Any] = {"left_out": {"a": "发生重大案件", "c": "发生重大案件"}}
    assert done(given, "rank_list", OFFICE, **form, **both).thing.data["entries"] == ["b"]
    drawn = ranked(*files, rules=rules).data
    held = at("collecting", *files, rules=rules, cases=["a", "b", "c"], seed=drawn["seed"])
    assert done(held, "rank_list", OFFICE, selected=drawn["entries"]).thing.data["entries"] == drawn["entries"]


@pytest.mark.req("INV-29")
def test_a_list_opened_in_place_of_a_cancelled_one_draws_by_the_same_seed() -> None:
    files = [file(id, "80") for id in "abc"]
    rules = scheme(ONSITE, target=1)
    said = {"owner": "batch", "parent": "batch", "chain": "batch"}
    before = thing("candidate_list", "cancelled", id="before", ended=True, purpose="candidates", seed="first", **said)
    other = thing("candidate_list", "cancelled", id="other", ended=True, purpose="ranking", seed="other", **said)
    given = at("collecting", *files, rules=rules, company=(other, before))
    assert done(given, "rank_list", OFFICE, cases=["a", "b", "c"]).thing.data["seed"] == "first"
