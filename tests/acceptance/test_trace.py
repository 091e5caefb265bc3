"""The trace is complete: every rule of the five documents is placed, and what can be proved is proved."""

from tests.support import trace


def test_no_test_and_no_programme_names_a_rule_that_does_not_exist() -> None:
    assert trace.unknown() == []


def test_every_rule_of_the_five_documents_stands_in_its_programme() -> None:
    every = trace.rules()
    assert len(every) == 394
    elsewhere = [r.id for r in every if not any(p.startswith(f"{r.document}/") for p in r.places)]
    assert elsewhere == []


def test_every_guard_prohibition_time_quantity_and_list_is_proved_by_a_test() -> None:
    assert [r.id for r in trace.rules() if r.wants_proof and not r.tests] == []


def test_the_kept_list_is_that_of_the_programmes_and_the_tests() -> None:
    same = trace.TRACE.read_text(encoding="utf-8") == trace.page()
    assert same, "rules, programmes or tests have changed: look at the difference after `make trace`, and commit it"
