"""Haiyuan County's eight actions: the scenario at the end of the catalogue, in twelve steps, as the demonstration tells it.

Dates and numbers that the document prints are the scheme's; units, people and the days of reports are ours.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.stories import told


@pytest.mark.req("HY-G1")
@pytest.mark.req("HY-G4")
@pytest.mark.req("HY-T01")
@pytest.mark.req("HY-T02")
@pytest.mark.req("HY-T03")
@pytest.mark.req("HY-T05")
@pytest.mark.req("HY-T08")
@pytest.mark.req("HY-T09")
@pytest.mark.req("HY-T15")
@pytest.mark.req("HY-T16")
@pytest.mark.req("HY-T18")
@pytest.mark.req("HY-T19")
@pytest.mark.req("HY-T22")
@pytest.mark.req("HY-T30")
@pytest.mark.req("HY-T33")
@pytest.mark.req("HY-T37")
@pytest.mark.req("HY-T39")
@pytest.mark.req("HY-T40")
@pytest.mark.req("HY-T46")
@pytest.mark.req("HY-T49")
@pytest.mark.req("HY-T50")
@pytest.mark.req("HY-W2a")
@pytest.mark.req("HY-W2b")
@pytest.mark.req("HY-W2d")
@pytest.mark.req("HY-W4a")
@pytest.mark.req("HY-W4b")
@pytest.mark.req("HY-W4c")
@pytest.mark.req("GAP-ALL-4")
@pytest.mark.req("GAP-HY-1")
@pytest.mark.req("GAP-HY-2")
@pytest.mark.req("GAP-HY-3")
@pytest.mark.req("GAP-HY-4")
@pytest.mark.req("GAP-HY-5")
@pytest.mark.req("GAP-HY-6")
@pytest.mark.req("GAP-HY-7")
async def test_the_scenario_of_the_programme_holds_from_its_first_day_to_its_last(tmp_path: Path) -> None:
    held, said = await told("haiyuan", tmp_path)
    assert held, said
