"""`shifan scheme new` writes a scheme that can be published as it is."""

from __future__ import annotations

import datetime as dt

import pytest

from service.schemes import loader
from service.schemes.basis import unmarked
from service.schemes.starting import Start, starter
from service.schemes.validation.validator import problems, warnings

START = Start("civic_title", "依法治理示范", "Civic title", "某县司法局", "county", "某县", dt.date(2025, 1, 2))


def test_a_new_scheme_has_neither_a_problem_nor_a_warning() -> None:
    definition = loader.definition_of(starter(START))
    scheme = loader.load(definition)
    assert problems(scheme) == []
    assert [*warnings(scheme), *unmarked(definition, scheme.basis)] == []
    assert (scheme.key, scheme.title.zh, scheme.title.en) == ("civic_title", "依法治理示范", "Civic title")
    assert (scheme.source.issuer, scheme.jurisdiction.name) == ("某县司法局", "某县")
    assert scheme.effective_from == dt.date(2025, 1, 2)


@pytest.mark.parametrize("title", ['with "quotes"', "a: b # c", "- x", "{y}", "line\nbreak", "back\\slash"])
def test_any_title_can_be_written(title: str) -> None:
    start = Start("k", title, title, title, "province", title, dt.date(2025, 1, 2))
    assert loader.read_files(starter(start)).title.zh == title


def test_every_part_is_explained_in_both_languages() -> None:
    text = starter(START)["scheme.yaml"].decode()
    comments = [line.partition("#")[2] for line in text.splitlines() if "#" in line]
    assert sum(any("\u4e00" <= sign <= "\u9fff" for sign in one) for one in comments) > 15
    assert "@" not in text
