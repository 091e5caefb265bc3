from dataclasses import replace
from datetime import date

import pytest

from service.domain.facts import THE_SYSTEM, Duty, Facts, Thing
from service.schemes.model import Scheme
from tests.support.domain import done, facts, person, reference, refused, thing, verdict

OFFICE = person("li", "provincial_lbg_office")
SECOND = person("wang", "provincial_lbg_office")
HOLDER = person("zhao", "designee")

DECISION = thing("naming_decision", "effective", id="decision", parent="batch")
BATCH = thing("batch", "named", id="batch", owner="batch", number=3)
FACT = {"source": "市司法局", "number": "1号", "date": "2024-05-10", "file": "ev-1"}
BARS = [{"on": "revoked", "who": "subject"}]


def title(state: str = "active", **data: object) -> Thing:
    return thing("designation", state, id="title", parent="case", decision="decision", **data)


def piece(state: str, id: str = "plaque", **data: object) -> Thing:
    return thing("insignia", state, id=id, parent="title", owner="title", **{"kind": "plaque", **data})


def with_insignia(value: object) -> Scheme:
    scheme = reference()
    return scheme.model_copy(update={"naming": scheme.naming.model_copy(update={"insignia": value})})


def returning(day: str) -> Duty:
    return Duty("d", "title", "plaque", "insignia_return_due", date.fromisoformat(day))


def new(*company: Thing, scheme: Scheme | None = None) -> Facts:
    return facts(piece("@new", kind=None), *(company or (title(), DECISION)), scheme=scheme)


@pytest.mark.req("QH-06a")
@pytest.mark.req("INV-05")
def test_a_piece_is_ordered_on_an_effective_decision_only() -> None:
    assert done(new(), "order_insignia", OFFICE, kind="certificate").thing.data["kind"] == "certificate"
    early = new(title(), replace(DECISION, state="approved"))
    assert refused(early, "order_insignia", OFFICE, kind="plaque") == ["naming_decision=effective"]
    assert refused(new(), "order_insignia", OFFICE, kind="medal") == ["insignia_order.kind"]


@pytest.mark.req("QH-06b")
@pytest.mark.req("INV-05")
def test_only_the_issuer_of_the_scheme_orders_a_piece() -> None:
    insignia = reference().naming.insignia
    assert insignia is not None
    other = with_insignia(insignia.model_copy(update={"issuer": "prefecture_lbg_office"}))
    assert refused(new(scheme=other), "order_insignia", OFFICE, kind="plaque") == ["issuer_authorized"]
    none = with_insignia(None)
    assert refused(new(scheme=none), "order_insignia", OFFICE, kind="plaque") == [
        "insignia_order.kind",
        "issuer_authorized",
    ]


@pytest.mark.req("QH-06b")
def test_the_serial_number_follows_the_pattern_and_is_never_given_twice() -> None:
    batch = BATCH.with_data(number=3)
    given = facts(piece("ordered"), title(), batch, serials={"plaque-3-1"})
    assert done(given, "produce_insignia", OFFICE, number=2).thing.data["serial"] == "plaque-3-2"
    assert refused(given, "produce_insignia", OFFICE, number=1) == ["serial_unique"]
    assert refused(given, "produce_insignia", OFFICE, number="1") == ["serial.number"]
    assert verdict(given, "produce_insignia", OFFICE, number=2).move.needs == {"serials"}


@pytest.mark.req("QH-06a")
def test_a_piece_is_issued_while_the_title_is_active() -> None:
    assert done(facts(piece("produced"), title(), DECISION), "issue_insignia", OFFICE).thing.state == "issued"
    suspended = facts(piece("produced"), title("suspended"), DECISION)
    assert refused(suspended, "issue_insignia", OFFICE) == ["designation=active"]


@pytest.mark.req("QH-06c")
def test_the_designee_keeps_loses_and_finds_its_piece() -> None:
    at = piece("issued")
    for event, state in (("confirm_receipt", "held"), ("report_loss", "lost"), ("report_found", "held")):
        at = done(facts(at, title()), event, HOLDER).thing
        assert at.state == state


@pytest.mark.req("QH-06f")
@pytest.mark.req("INV-06")
@pytest.mark.parametrize(
    ("use", "rule"),
    [("lending", "QH-06e"), ("copying", "QH-06d"), ("shop_opening", "QH-06f"), ("", "QH-06f")],
)
def test_lending_copying_and_unrelated_use_are_refused_by_their_own_rule(use: str, rule: str) -> None:
    found = verdict(facts(piece("held"), title()), "request_use", HOLDER, use=use or "x", purpose="开业典礼")
    assert found.unmet[0].code == "use_permitted"
    assert found.unmet[0].rules == (rule, "INV-06")


@pytest.mark.req("QH-06f")
def test_a_use_for_the_rule_of_law_is_permitted_and_noted() -> None:
    asked = {"use": "advancing_rule_of_law", "purpose": "法治宣传周"}
    outcome = done(facts(piece("held"), title()), "request_use", HOLDER, **asked)
    assert outcome.thing.state == "held"
    assert outcome.thing.data["uses"] == [{**asked, "on": "2024-05-20", "by": "zhao"}]


@pytest.mark.req("INV-06")
def test_an_incident_is_on_file_and_blocks_nothing() -> None:
    first = done(facts(piece("held"), title()), "record_incident", OFFICE, **FACT, misuse="lending").thing
    second = done(facts(first, title()), "record_incident", OFFICE, **FACT).thing
    assert [i.get("misuse") for i in second.data["incidents"]] == ["lending", None]
    assert second.state == "held"
    assert refused(facts(first, title()), "record_incident", OFFICE, **FACT, misuse="theft") == ["external_fact.misuse"]


@pytest.mark.req("GAP-ALL-3")
def test_a_piece_from_outside_is_recorded_with_its_document() -> None:
    given = new(title(), scheme=with_insignia(None))
    assert done(given, "record_external_insignia", HOLDER, **FACT, kind="plaque").thing.state == "held"
    assert refused(given, "record_external_insignia", HOLDER, kind="plaque", **{**FACT, "number": ""}) == [
        "external_fact.number"
    ]


@pytest.mark.req("INV-20")
def test_a_lost_piece_is_replaced_by_two_persons() -> None:
    given = facts(piece("lost"), title())
    assert done(given, "replace_insignia", OFFICE).proposes
    assert done(given, "replace_insignia", SECOND, second="li").thing.state == "replaced"


@pytest.mark.req("QH-14b")
@pytest.mark.parametrize(
    ("event", "state", "to"),
    [
        ("order_recall", "held", "recall_ordered"),
        ("write_off", "lost", "cancelled"),
        ("cancel_insignia", "recovered", "cancelled"),
    ],
)
def test_a_piece_is_taken_back_or_cancelled_only_when_the_title_has_ended(event: str, state: str, to: str) -> None:
    assert refused(facts(piece(state), title()), event, OFFICE) == ["title_has_ended"]
    for ended in ("revoked", "exited", "cancelled"):
        assert done(facts(piece(state), title(ended)), event, THE_SYSTEM).thing.state == to


@pytest.mark.req("GAP-QH-11")
def test_a_piece_is_handed_back_within_fifteen_working_days_and_declared_invalid_after() -> None:
    recalled = done(facts(piece("held"), title("revoked")), "order_recall", THE_SYSTEM)
    assert {d.key: str(d.due_on) for d in recalled.desk.duties.values()} == {"insignia_return_due": "2024-06-11"}
    on_the_day = facts(recalled.thing, title("revoked"), duties=recalled.desk.duties.values(), now="2024-06-11T23:59")
    assert refused(on_the_day, "declare_invalid", OFFICE) == ["recall_due_passed"]
    after = facts(recalled.thing, title("revoked"), duties=recalled.desk.duties.values(), now="2024-06-12T00:00")
    assert done(after, "declare_invalid", OFFICE).thing.state == "cancelled"


@pytest.mark.req("GAP-QH-11")
def test_a_second_recall_has_a_day_of_its_own() -> None:
    before = replace(returning("2023-03-01"), done_at=facts(title()).now)
    given = facts(piece("held"), title("revoked"), duties=[before])
    outcome = done(given, "order_recall", THE_SYSTEM)
    assert {d.key: str(d.due_on) for d in outcome.desk.duties.values()} == {"insignia_return_due:2": "2024-06-11"}
    recalled = replace(outcome.desk.facts, thing=outcome.thing)
    assert refused(recalled, "declare_invalid", OFFICE) == ["recall_due_passed"]
    returned = done(recalled, "confirm_return", OFFICE)
    assert all(d.done_at for d in returned.desk.duties.values())


@pytest.mark.req("GAP-QH-14")
def test_a_piece_goes_back_to_the_designee_only_with_an_active_title() -> None:
    for event, state in (("cancel_recall", "recall_ordered"), ("return_to_designee", "recovered")):
        assert done(facts(piece(state), title()), event, OFFICE).thing.state == "held"
        assert refused(facts(piece(state), title("revoked")), event, OFFICE) == ["designation=active"]


@pytest.mark.req("QH-14b")
def test_a_piece_handed_in_before_the_end_of_the_review_period_is_kept() -> None:
    notified = thing("revocation_case", "notified", parent="title", owner="title")
    given = facts(piece("recall_ordered"), title("revoked"), notified)
    assert done(given, "confirm_return", OFFICE).thing.state == "recovered"


@pytest.mark.req("QH-14b")
def test_with_the_last_piece_the_final_case_settles_itself() -> None:
    final = thing("revocation_case", "final", parent="title", owner="title", bars=BARS)
    given = facts(piece("recall_ordered"), title("revoked"), final)
    desk = done(given, "confirm_return", OFFICE).desk
    assert [desk.facts.things[i].state for i in ("plaque", "revocation_case")] == ["cancelled", "settled"]
    two = facts(piece("recall_ordered"), piece("lost", id="certificate"), title("revoked"), final)
    first = done(two, "confirm_return", OFFICE).desk.facts
    assert [first.things[i].state for i in ("plaque", "revocation_case")] == ["cancelled", "final"]
    last = done(replace(first, thing=first.things["certificate"]), "write_off", OFFICE).desk.facts
    assert last.things["revocation_case"].state == "settled"


@pytest.mark.req("INV-16")
def test_an_order_is_abandoned_with_a_reason() -> None:
    for state in ("ordered", "produced"):
        assert done(facts(piece(state), title()), "abandon_order", OFFICE, text="订制有误").thing.ended
        assert refused(facts(piece(state), title()), "abandon_order", OFFICE) == ["reason.text"]
