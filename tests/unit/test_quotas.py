"""Quotas: four modes, held against exact numbers."""

from decimal import Decimal

import pytest

from service.domain.quotas import judge
from service.schemes.track import Quota


def how(mode: str, number: int, *, target: int = 10, margin: str | None = None, whole: bool = True) -> str:
    share = Decimal(margin) if margin else None
    quota = Quota.model_validate({"target": target, "mode": mode, "margin": share})
    return judge(quota, number, whole=whole).how


def test_a_track_without_quota_takes_any_number() -> None:
    assert judge(None, 999, whole=True).how == "within"


@pytest.mark.parametrize(("number", "found"), [(9, "refused"), (10, "within"), (11, "refused")])
def test_exact_takes_that_number_only(number: int, found: str) -> None:
    assert how("exact", number) == found


def test_too_few_is_not_told_while_they_still_come_in() -> None:
    assert how("exact", 3, whole=False) == "within"
    assert how("range", 3, margin="0.1", whole=False) == "within"
    assert how("about", 3, whole=False) == "within"


@pytest.mark.req("GAP-YL-4")
@pytest.mark.parametrize(("number", "found"), [(0, "within"), (5, "within"), (6, "excess")])
def test_max_allows_fewer_and_calls_more_an_excess(number: int, found: str) -> None:
    assert how("max", number, target=5) == found


@pytest.mark.parametrize(("number", "found"), [(8, "refused"), (9, "within"), (11, "within"), (12, "refused")])
def test_range_reaches_as_far_as_its_margin(number: int, found: str) -> None:
    assert how("range", number, margin="0.1") == found


@pytest.mark.req("GAP-SX-4")
@pytest.mark.parametrize(("number", "found"), [(7, "warned"), (8, "within"), (12, "within"), (13, "warned")])
def test_about_warns_beyond_a_fifth_either_way_and_never_blocks(number: int, found: str) -> None:
    assert how("about", number) == found


def test_the_edge_of_a_margin_is_exact() -> None:
    assert how("range", 11, target=15, margin="0.25") == "refused", "11.25 is the least"
    assert how("range", 12, target=15, margin="0.25") == "within"
