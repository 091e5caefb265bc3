"""Ledgers: one item, four views; what must be filled in; and cells that a spreadsheet must not carry out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.cases import ledgers
from service.domain.cases.ledgers import COLUMNS, FORMULA, VIEWS
from tests.support.domain import thing

PLANNED = {"source": "督察", "finding": "台账不全", "basis": "PDS-I11", "measure": "补齐", "unit": "司法局", "person": "chen",
           "due": "2024-07-31"}  # fmt: skip
CLOSED = {**PLANNED, "on": {"close_item": "2024-07-20"}, "by": {"verify_item": "qian"}}


@pytest.mark.req("YL-3g")
@pytest.mark.req("PDS-S3b")
@pytest.mark.parametrize(
    ("view", "state", "said", "empty"),
    [
        ("problem", "raised", {"source": "督察", "finding": "台账不全"}, []),
        ("problem", "raised", {"source": "督察"}, ["finding"]),
        ("responsibility", "assigned", PLANNED, []),
        ("responsibility", "raised", {}, ["unit", "person"]),
        ("task", "assigned", PLANNED, []),
        ("task", "raised", {"measure": "补齐"}, ["due"]),
        ("close_out", "closed", CLOSED, []),
        ("close_out", "closed", {**CLOSED, "by": {}}, ["verified_by"]),
    ],
)
def test_a_ledger_names_the_columns_that_are_still_empty(
    view: str, state: str, said: dict[str, str], empty: list[str]
) -> None:
    item = thing("rectification_item", state, data=said)
    assert ledgers.belongs(VIEWS[view], item)
    assert ledgers.empty(VIEWS[view], ledgers.row_of(item)) == empty


@pytest.mark.req("YL-2l")
def test_only_what_is_closed_stands_in_the_close_out_ledger_and_a_void_finding_in_none() -> None:
    opened, closed, void = (thing("rectification_item", s, data=CLOSED) for s in ("in_progress", "closed", "void"))
    assert [ledgers.belongs(VIEWS["close_out"], i) for i in (opened, closed, void)] == [False, True, False]
    assert [ledgers.belongs(VIEWS["problem"], i) for i in (opened, closed, void)] == [True, True, False]
    assert ledgers.row_of(opened)["closed_on"] is None
    assert ledgers.row_of(closed)["closed_on"] == "2024-07-20"


def test_every_column_of_a_view_has_a_title_and_a_value() -> None:
    row = ledgers.row_of(thing("rectification_item", "raised"))
    assert set(row) == set(COLUMNS)
    for view in VIEWS.values():
        assert set(view.columns) <= set(COLUMNS)
        assert set(view.group) <= set(view.columns)


@given(st.text() | st.none() | st.integers())
def test_no_cell_begins_a_formula(value: object) -> None:
    told = ledgers.cell(value)
    assert not told.startswith(FORMULA)
    assert told.removeprefix("'") == ("" if value is None else str(value)).removeprefix("'")


@pytest.mark.parametrize("text", ["=1+1", "+86", "-1", "@sum", "\tx", "\rx"])
def test_a_cell_that_would_be_carried_out_is_made_a_text(text: str) -> None:
    assert ledgers.cell(text) == f"'{text}"
