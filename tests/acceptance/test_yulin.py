"""Yulin from the day of its plan to the naming by the centre, as the demonstration tells it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.stories import told


@pytest.mark.req("YL-B1", "YL-B2", "YL-B3", "YL-B4", "YL-B6")
@pytest.mark.req("YL-1a", "YL-1b", "YL-1c", "YL-1d", "YL-1e", "YL-1f", "YL-1g")
@pytest.mark.req("YL-2a", "YL-2b", "YL-2b-1", "YL-2b-2", "YL-2b-3", "YL-2b-4", "YL-2b-5", "YL-2b-6", "YL-2b-7")
@pytest.mark.req("YL-2c", "YL-2d", "YL-2e", "YL-2f", "YL-2g", "YL-2h", "YL-2i", "YL-2j", "YL-2k", "YL-2l", "YL-2m")
@pytest.mark.req("YL-2n", "YL-2o", "YL-2p", "YL-2q", "YL-3a", "YL-3b", "YL-3c", "YL-3d", "YL-3e", "YL-3f", "YL-3g")
@pytest.mark.req("YL-3h", "YL-3i", "YL-3j", "YL-3k", "YL-3l", "YL-3m", "YL-3n", "YL-3o", "YL-3p", "YL-3q", "YL-3r")
@pytest.mark.req("YL-W2a", "YL-W3a", "YL-W3b", "YL-W3c", "YL-W3d", "YL-W3e")
@pytest.mark.req("GAP-YL-1", "GAP-YL-2", "GAP-YL-3", "GAP-YL-4", "GAP-YL-5", "GAP-YL-6", "GAP-YL-7", "GAP-YL-8")
@pytest.mark.req("GAP-ALL-4", "INV-01", "INV-02", "INV-03", "INV-11", "INV-15", "INV-16", "INV-18", "INV-20", "INV-21")
async def test_the_scenario_of_the_programme_holds_from_its_first_day_to_its_last(tmp_path: Path) -> None:
    held, said = await told("yulin", tmp_path)
    assert held, said
