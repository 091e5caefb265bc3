"""Shanxi: the scenario of the programme as one story, from the first batch of 2020 to a title revoked in 2022."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.stories import told


@pytest.mark.req("SX-03", "SX-04", "SX-05", "SX-06", "SX-07", "SX-10", "SX-11", "SX-12", "SX-13", "SX-14", "SX-15")
@pytest.mark.req("SX-16", "SX-16-1", "SX-16-2", "SX-16-3", "SX-16-4", "SX-16-5", "SX-16-6", "SX-16-7", "SX-16-8")
@pytest.mark.req("SX-20", "SX-21", "SX-22", "SX-23", "SX-24", "SX-25", "SX-26", "SX-27", "SX-28")
@pytest.mark.req("SX-31", "SX-32", "SX-33", "SX-35", "SX-36", "SX-37", "SX-37-1", "SX-37-2", "SX-37-3", "SX-37-4")
@pytest.mark.req("SX-41", "SX-43", "SX-44", "INV-09", "INV-10", "INV-11", "INV-12", "INV-13", "INV-16", "INV-20")
@pytest.mark.req("GAP-SX-1", "GAP-SX-2", "GAP-SX-3", "GAP-SX-4", "GAP-SX-5", "GAP-SX-6", "GAP-SX-7", "GAP-SX-8")
@pytest.mark.req("GAP-SX-9", "GAP-QH-10")
async def test_the_scenario_of_the_programme_holds_from_its_first_day_to_its_last(tmp_path: Path) -> None:
    held, said = await told("shanxi", tmp_path)
    assert held, said
