"""Every value of a scheme says on what it rests: the document, a reading of it, or our choice."""

from __future__ import annotations

from typing import Any

import pytest

from service.schemes import loader
from service.schemes.basis import Basis, basis_of, basis_problems, is_article, of_cell, of_comment, unmarked
from service.schemes.reading.comments import marks_in
from service.schemes.reading.pointers import find, names
from tests.support.schemes import FOLDER, REFERENCE, edited, files

TEXT = """
key: one  # [C]
# [D] QH-01a: a line of its own marks nothing
title: {zh: 一, en: "One # [D] no comment"}  # [D] 第五条
tracks:          # [R] 第三条, Art. 4
  - id: area     # [D] QH-02a; the rest: [C] ours
    note: |      # [C] said in a block
      # [D] QH-01a is text here
    min: {share: 0.9, how: verified}  # [D] QH-08a; verified: [C] GAP-QH-6
    bands:
      - {at_least: 90, outcome: pass}  # [D] QH-11b
      - {at_least: 0, outcome: fail}   # see below
  - id: other
"""


def test_marks_are_read_from_the_comments_behind_the_values() -> None:
    found = {path: (one.mark, *one.articles) for path, one in marks_in(TEXT).items()}
    assert found == {
        "/key": ("C",),
        "/title": ("D", "第五条"),
        "/tracks": ("R", "第三条", "Art. 4"),
        "/tracks/area": ("D", "QH-02a"),
        "/tracks/area/note": ("C",),
        "/tracks/area/min": ("D", "QH-08a"),
        "/tracks/area/min/how": ("C", "GAP-QH-6"),
        "/tracks/area/bands/at_least_90": ("D", "QH-11b"),
    }
    assert marks_in(TEXT)["/tracks/area"].note == "QH-02a; the rest: [C] ours"


@pytest.mark.parametrize("ends", ["\r\n", "\r"])
def test_lines_may_end_as_on_other_systems(ends: str) -> None:
    assert marks_in(TEXT.replace("\n", ends)) == marks_in(TEXT)


@pytest.mark.parametrize(
    ("comment", "mark", "articles"),
    [
        ("[D] QH-12-1..3", "D", ("QH-12-1", "QH-12-2", "QH-12-3")),
        ("[D] PDS-I08..PDS-I10", "D", ("PDS-I08", "PDS-I09", "PDS-I10")),
        ("[C] GAP-QH-11, for QH-14b", "C", ("GAP-QH-11", "QH-14b")),
        ("[R] 二（三）; 附件2", "R", ("二（三）", "附件2")),
        ("[D] 附件", "D", ("附件",)),
        ("[D] 第十二条第（一）项", "D", ("第十二条第（一）项",)),
        ("[C] in UTF-8, as ISO-9001 says", "C", ()),
        ("[D] XY-99", "D", ("XY-99",)),
        ("[D] 三年一评", "D", ()),
        ("[X] QH-01a", "X", ("QH-01a",)),
        ("[D] QH-1..99999", "D", ("QH-1",)),
    ],
)
def test_a_mark_cites_rules_ranges_and_articles_of_the_own_document(
    comment: str, mark: str, articles: tuple[str, ...]
) -> None:
    [(name, basis)] = of_comment(comment)
    assert (name, basis.mark, basis.articles) == ("", mark, articles)


def test_a_comment_without_a_mark_says_nothing() -> None:
    assert of_comment("see QH-01a") == []
    assert of_comment("an [example] in brackets") == []


@pytest.mark.parametrize(
    ("cell", "code", "basis"),
    [
        ("", "X-1", None),
        ("D", "PDS-I01", Basis(mark="D", articles=("PDS-I01",))),
        ("[R] QH-11a", "X-1", Basis(mark="R", articles=("QH-11a",), note="QH-11a")),
        ("C", "X-1", Basis(mark="C")),
        ("document", "X-1", Basis(mark="document")),
    ],
)
def test_a_table_has_its_marks_in_a_column(cell: str, code: str, basis: Basis | None) -> None:
    assert of_cell(cell, code) == basis


def test_members_of_a_list_go_by_their_names_whatever_their_order() -> None:
    assert names([{"key": "a"}, {"at_least": 90}, {"at_least": "90.0"}, {"x": 1}, "word", 3, {"key": "a"}]) == [
        "a", "at_least_90", "at_least_90#2", "item_4", "word", "item_6", "a#2",
    ]  # fmt: skip
    assert names([{"on": "designation.revoked", "effect": "bonus"}]) == ["designation.revoked_bonus"]
    definition = {"a": [{"key": "x", "b": 1}]}
    assert find(definition, "/a/0/b") == find(definition, "/a/x/b") == ("/a/x/b", 1)
    assert find(definition, "/a/y") is find(definition, "/a/x/b/c") is None


def test_the_basis_of_a_value_is_the_nearest_mark() -> None:
    for path in ("/tracks/0/stages/2/due/date", "/tracks/area/stages/self_check/due/date"):
        found = basis_of(REFERENCE, path)
        assert found is not None
        assert found[0] == "/tracks/area/stages/self_check/due"
        assert (found[1].mark, found[1].articles) == ("R", ("YL-2c", "GAP-YL-1"))
    assert basis_of(REFERENCE, "/nowhere") is None


def test_marks_are_part_of_what_is_published() -> None:
    changed = loader.read_files(edited("# [D] QH-11c", "# [C]"))
    assert changed.basis["/publicity/days"].mark == "C"
    assert loader.content_hash(changed) != loader.content_hash(REFERENCE)
    assert loader.load(loader.dump(changed)) == changed


def test_every_value_of_the_shipped_programme_is_marked_and_every_article_exists() -> None:
    definition = loader.definition_of(files())
    assert len(REFERENCE.basis) > 150
    assert list(basis_problems(REFERENCE, loader.dump(REFERENCE))) == []
    assert unmarked(definition, REFERENCE.basis) == []
    assert (FOLDER / "scheme.yaml").is_file()


def test_a_value_without_a_mark_is_warned_about_at_its_place() -> None:
    given = edited("days: 5                                          # [D] QH-11c", "days: 5")
    definition = loader.definition_of(given)
    found = unmarked(definition, loader.load(definition).basis)
    assert [(one.path, one.blocks) for one in found] == [("/publicity/days", False)]


def test_a_part_without_any_mark_is_warned_about_once() -> None:
    bare: dict[str, Any] = {"title": {"zh": "一", "en": "One"}, "key": "one", "roles": {"a": ["b"], "c": ["d"]}}
    assert [one.path for one in unmarked(bare, {"/roles/a": Basis(mark="C")})] == ["/title", "/key", "/roles/c"]


@pytest.mark.parametrize(
    ("path", "said", "at", "complaint"),
    [
        ("/nowhere", {"mark": "C"}, "/basis/~1nowhere", "not there"),
        ("/tracks/0", {"mark": "C"}, "/basis/~1tracks~10", "/tracks/area"),
        ("/key", {"mark": "Z"}, "/key", "none of D, R, C"),
        ("/key", {"mark": "D"}, "/key", "without an article"),
        ("/key", {"mark": "R"}, "/key", "without an article"),
        ("/key", {"mark": "D", "articles": ["QH-99z"]}, "/key", "no rule QH-99z"),
    ],
)
def test_a_basis_that_says_nothing_is_a_problem(path: str, said: dict[str, Any], at: str, complaint: str) -> None:
    definition = loader.dump(REFERENCE)
    definition["basis"] |= {path: said}
    scheme = loader.load(definition)
    assert [(one.path, complaint in one.en) for one in basis_problems(scheme, definition)] == [(at, True)]


def test_the_document_itself_needs_no_article() -> None:
    definition = loader.dump(REFERENCE)
    definition["basis"]["/source"] = {"mark": "D"}
    assert list(basis_problems(loader.load(definition), definition)) == []


@pytest.mark.parametrize("text", ["第五条", "Art. 12(1)", "§ 3", "附件1", "（二）", "QH-11b"])
def test_an_office_cites_its_own_document_in_words(text: str) -> None:
    assert is_article(text)
    assert not is_article(f"{text} and more")


def test_a_part_rests_on_its_own_articles_else_on_those_of_what_it_lies_in() -> None:
    yulin = loader.shipped_scheme("yulin")
    stages = ("tracks", "provincial_area", "stages")
    assert yulin.rules_of(*stages, "mobilization", "artefacts", "meeting_minutes") == ("YL-1f",)
    assert yulin.rules_of(*stages, "city_evaluation", "artefacts", "rectification_report") == ("YL-2m",), "an anchor"
    assert yulin.rules_of(*stages, "creation", "artefacts", "creation_record") == (), "ours, and no rule asks for it"
    assert yulin.rules_of(*stages, "self_check", "artefacts", "score_table", "required") == ("YL-2d", "GAP-YL-3")
    assert yulin.rules_of("nowhere") == ()
