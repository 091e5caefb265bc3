"""Whoever reads `actions` learns of each part of a form what to give, in both languages."""

import re

import pytest

from service.domain import machines, words
from service.domain.choices import listed
from service.domain.facts import Ask, Facts
from service.domain.forms import Part
from service.schemes.loader import shipped, shipped_scheme
from service.schemes.model import Scheme
from tests.support import domain

PARTS = {
    f"{name}.{row.event}.{part.name}": part
    for name in machines.NAMES
    for row in machines.template(name)
    for part in row.form.parts
}


@pytest.mark.parametrize("part", PARTS.values(), ids=PARTS)
def test_every_part_of_every_form_says_what_to_give(part: Part) -> None:
    zh, en = part.hint
    assert zh.startswith(("应为", "须"))
    assert en.startswith("must ")


CLOSED = re.compile(r"应为 .+ 之一")
NOWHERE = {"code"}
"""Why a case returns: the list is that of the stage to which the form itself sends it."""


def seen(scheme: Scheme) -> Facts:
    track = next((one for one in scheme.tracks if one.criteria), scheme.tracks[0])
    return domain.facts(domain.thing("case", "draft", track=track.id), scheme=scheme)


@pytest.mark.parametrize("key", shipped())
def test_a_part_that_is_one_of_a_list_says_which(key: str) -> None:
    facts, told = seen(shipped_scheme(key)), set()
    for name, part in PARTS.items():
        fault = part.check("~", facts, Ask("x", {})) if part.check and part.shape("~") is None else None
        if fault and CLOSED.fullmatch(fault[0]) and part.name not in NOWHERE:
            codes = [one["code"] for one in part.described(facts)["choices"]]
            assert all(code in fault[0] for code in codes), name
            told.add(part.name)
    assert {"track", "tier", "kind", "misuse", "finding"} <= told


def test_a_choice_has_its_words_in_both_languages() -> None:
    facts = seen(shipped_scheme("qinghai"))
    (track,) = [part for name, part in PARTS.items() if name == "case.open_case.track"]
    listed = track.described(facts)["choices"]
    assert [one["code"] for one in listed] == [one.id for one in facts.scheme.tracks]
    assert all(one["zh"] and one["en"] and one["zh"] != one["code"] for one in listed)


def test_a_list_that_is_open_has_no_choices() -> None:
    assert listed("evaluation.methods")(seen(shipped_scheme("qinghai"))) == []
    assert (
        not shipped_scheme("qinghai").evaluation.methods.required or shipped_scheme("qinghai").evaluation.methods.open
    )


# ------------------------------------------------------------------------------------------------- states in words


def test_every_state_of_every_machine_has_words() -> None:
    for machine in machines.NAMES:
        states = {state for row in machines.template(machine) for state in (*row.source, row.to)}
        own = {state for state in states if not state.startswith("@")}
        known = (
            {**words.STATES["case"], **words.STATES["stage"]} if machine == "case" else words.STATES.get(machine, {})
        )
        assert own <= set(known), machine
        assert machine in words.MACHINES
    assert set(words.STATES) == set(words.MACHINES)


def test_a_refusal_says_where_a_thing_stands_in_words() -> None:
    batch = domain.thing("batch", "closed", track=None)
    found = domain.verdict(domain.facts(batch), "open_batch", domain.person("p", "provincial_lbg_office"))
    (why,) = found.unmet
    assert why.zh == "现处于“已办结”，不能“开放申报”"
    assert "closed" not in why.zh


def test_a_stage_is_named_by_its_title() -> None:
    case = domain.thing("case", "mobilization")
    assert words.stands_in_words(domain.facts(case), case) == ("动员部署", "Mobilization")
    run = domain.thing("stage", "held", key="mobilization")
    assert words.stands_in_words(domain.facts(run), run) == ("动员部署（有问题待整改）", "Mobilization (held)")
