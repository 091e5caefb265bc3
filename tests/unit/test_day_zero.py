"""The day from which a period counts: of the publication, or of the receipt where the scheme says so."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from service.domain.facts import Facts
from service.domain.perform import Outcome
from service.schemes.model import Scheme
from tests.support.domain import done, facts, person, reference, refused, thing

OFFICE = person("li", "provincial_lbg_office")
PAPER = {"issuer": "省依法治省办", "number": "1", "date": "2024-09-20"}


def counting_from(day_zero: str) -> Scheme:
    return reference().model_copy(update={"calendar": reference().calendar.model_copy(update={"day_zero": day_zero})})


def a_case(state: str, day_zero: str, **data: Any) -> Facts:
    about = thing("revocation_case", state, id="revocation", parent="title", owner="title", **data)
    title = thing("designation", "revocation_review", id="title", parent="case", owner="title")
    return facts(about, title, thing("case", "named"), scheme=counting_from(day_zero), now="2024-09-25T09:00")


def due(outcome: Outcome, key: str) -> date | None:
    return next(d.due_on for d in outcome.desk.duties.values() if d.key == key)


@pytest.mark.req("QH-11c")
def test_a_period_counts_from_the_day_on_which_it_is_told() -> None:
    told = done(a_case("reported", "publication"), "open_statement_period", OFFICE)
    days = reference().revocation.statement_days
    assert due(told, "statement_end") == told.desk.facts.calendar.add_working_days(date(2024, 9, 25), days)


@pytest.mark.req("QH-11c")
@pytest.mark.parametrize("received", ["2024-09-25", "2024-09-22", "2024-09-14"])
def test_a_period_counts_from_the_receipt_where_the_scheme_says_so(received: str) -> None:
    """Also when it was received on a day off, or on a weekend that was worked."""
    told = done(a_case("reported", "receipt"), "open_statement_period", OFFICE, received=received)
    zero, days = date.fromisoformat(received), reference().revocation.statement_days
    assert due(told, "statement_end") == told.desk.facts.calendar.add_working_days(zero, days)


@pytest.mark.req("QH-11c")
def test_where_the_receipt_counts_its_day_must_be_said_and_lies_behind() -> None:
    about = a_case("reported", "receipt")
    assert refused(about, "open_statement_period", OFFICE) == ["served.received"]
    assert refused(about, "open_statement_period", OFFICE, received="2024-09-26") == ["served.received"]


@pytest.mark.req("QH-11c")
def test_each_document_has_a_receipt_of_its_own() -> None:
    about = a_case("decided", "receipt", received="2024-01-02", grounds={"fake_material": "forged"}, decided=True)
    assert "document.received" in refused(about, "notify_decision", OFFICE, **PAPER)


@pytest.mark.req("QH-11c")
def test_a_supplement_is_counted_from_the_receipt_of_the_request() -> None:
    objection = thing("objection", "filed", id="objection", parent="notice", owner="notice")
    notice = thing("public_notice", "open", id="notice", parent="case", owner="notice")
    about = facts(objection, notice, thing("case", "publicity"), now="2024-09-25T09:00")
    about = replace(about, scheme=counting_from("receipt"))
    asked = done(about, "request_supplement", OFFICE, text="name the document", received="2024-09-24")
    days = reference().publicity.objection.supplement_days
    assert due(asked, "objection_supplement_due") == about.calendar.add_working_days(date(2024, 9, 24), days)
