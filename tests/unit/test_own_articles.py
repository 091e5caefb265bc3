"""A refusal cites the document of the scheme for the value on which it rests, beside the rule why there is a condition."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from api.problems import refused
from service.domain.facts import Ask, Facts, Unmet, unmet
from service.domain.forms import grounds
from service.domain.machine import Refused, guard, scheme_sets
from service.domain.machines import PLAIN, template
from service.records.answers import as_data, as_travels
from service.schemes.loader import dump, read_folder, shipped, shipped_scheme
from service.schemes.model import Scheme
from service.schemes.reading.pointers import find
from service.schemes.rules import article, rule_ids
from tests.support import domain
from tests.support.programme import PROGRAMMES

OWN = read_folder(PROGRAMMES / "three_year_title")
DOCUMENT = "示司发〔2024〕3号"
DOMAIN = Path(__file__).parents[2] / "service" / "domain"
READS = re.compile(r"facts\.(scheme|track|stage)\b")
"""How a guard looks at a value of the scheme."""
NOT_A_VALUE = {  # what these look up in the scheme is not what their refusal is about
    "transferee_fits": "whoever holds a role, by the slots of the event",
    "stands_submitted": "where the case stands",
    "successor_fits": "the class of the case itself",
}


def seen(scheme: Scheme, track: str = "county") -> Facts:
    return domain.facts(domain.thing("case", track=track), scheme=scheme)


# ------------------------------------------------------------------------------------------------- what is cited


@pytest.mark.parametrize(
    ("rests", "articles"),
    [
        ("/publicity/days", ["第七条"]),
        ("/naming/inputs", ["第八条"]),
        ("/title/strikes", ["第十二条"]),
        ("/title/bars", ["第十三条"]),
        ("/tracks/{track}/criteria", ["第五条"]),
        ("/tracks/{track}/applicant_levels", ["第二条"]),
        ("/look_back/bands", ["第十一条", "第十二条"]),
        ("/publicity/days /naming/inputs", ["第七条", "第八条"]),
        ("/role_titles", []),
        ("/tracks/{track}/stages/{stage}/due", []),
        ("", []),
    ],
)
def test_a_value_rests_on_what_the_scheme_has_marked_for_it(rests: str, articles: list[str]) -> None:
    assert seen(OWN).own_articles(rests) == tuple((article, DOCUMENT) for article in articles)


@pytest.mark.parametrize("key", sorted(set(shipped()) - {"reference"}))
def test_the_five_programmes_rest_on_rules_that_the_service_cites_anyway(key: str) -> None:
    scheme = shipped_scheme(key)
    assert {article for one in scheme.basis.values() for article in one.articles} <= rule_ids()
    assert all(scheme.own_articles(path) == () for path in scheme.basis)


# ------------------------------------------------------------------------------------------------- how it is told


@guard("QH-11c", rests="/publicity/days")
def too_short(facts: Facts, ask: Ask) -> Unmet | None:
    """The notice lasts as long as the scheme says."""
    return unmet("太短", "too short")


def told(found: Unmet | None, *, travels: bool = False) -> dict[str, Any]:
    assert found is not None
    verdict = Refused("guard", (found,))
    return refused(as_travels(verdict) if travels else as_data(verdict)).body("en")


@pytest.mark.parametrize("travels", [False, True])
def test_a_refusal_tells_the_article_of_the_scheme_first_and_the_rule_of_the_service_after_it(travels: bool) -> None:
    said = told(too_short(seen(OWN), Ask("open_notice")), travels=travels)
    assert said["rules"] == [{"id": "第七条", "document": DOCUMENT, "article": "第七条"}, dict(article("QH-11c", "en"))]
    assert said["errors"][0]["rules"] == ["第七条", "QH-11c"]


def test_a_refusal_of_a_programme_whose_rules_the_service_knows_is_as_it_was() -> None:
    said = told(too_short(seen(shipped_scheme("qinghai"), "area"), Ask("open_notice")))
    assert said["rules"] == [dict(article("QH-11c", "en"))]
    assert said["errors"][0]["rules"] == ["QH-11c"]


def test_what_was_stored_before_refusals_cited_the_scheme_is_told_as_it_was() -> None:
    stored = as_data(Refused("guard", (Unmet("old", "旧", "old", ("QH-11c",)),)))
    del stored["unmet"][0]["own"]
    assert [one["id"] for one in refused(stored).body("zh")["rules"]] == ["QH-11c"]


def test_a_field_that_the_scheme_does_not_set_rests_on_the_part_it_would_stand_in() -> None:
    found = scheme_sets("title.suspension")(seen(OWN), Ask("suspend"))
    assert found is not None
    assert found.own == (("第一条", DOCUMENT),)


def test_whoever_has_not_the_role_is_told_which_article_gives_it() -> None:
    found = domain.verdict(seen(OWN), "open_case", domain.person("nobody", "member_of_public"), jurisdiction="jiaxian")
    assert (found.kind, found.unmet[0].own) == ("role", (("第三条", DOCUMENT),))


def test_a_ground_that_is_none_of_the_scheme_rests_on_the_list_of_its_grounds() -> None:
    form = grounds("title.bars")
    assert [part.rests for part in form.parts] == ["/title/bars"]
    (found,) = form.check(domain.facts(domain.thing("case"), scheme=OWN), Ask("x", {"grounds": {"": ""}}))
    assert found.own == (("第十三条", DOCUMENT),)


# ------------------------------------------------------------------------------------------------- who says it


def guards_written() -> Iterator[tuple[str, str]]:
    """Every guard of the domain with its source."""
    for path in sorted(DOMAIN.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        for node in ast.parse(text).body:
            made = isinstance(node, ast.FunctionDef) and [ast.unparse(one) for one in node.decorator_list]
            if isinstance(node, ast.FunctionDef) and made and made[0].startswith("guard("):
                yield node.name, f"{made[0]}\n{ast.get_source_segment(text, node)}"


def test_every_guard_that_looks_at_the_scheme_says_on_which_value_it_rests() -> None:
    assert len(list(guards_written())) > 150
    silent = {name for name, text in guards_written() if READS.search(text) and "rests=" not in text}
    assert silent == set(NOT_A_VALUE)


def resting() -> set[str]:
    """Every pointer that some row of some machine names."""
    rows = [row for name in (*PLAIN, "case") for row in template(name)]
    said = [one.rests for row in rows for one in row.guards] + [one.rests for row in rows for one in row.form.parts]
    return {path for one in said for path in one.split()}


def ways(path: str, scheme: Scheme) -> Iterator[str]:
    for track in scheme.tracks:
        for stage in track.stages:
            yield path.format(track=track.id, stage=stage.key)


def test_every_value_that_a_refusal_rests_on_is_one_of_a_scheme() -> None:
    schemes = [*(shipped_scheme(key) for key in shipped()), *(read_folder(one) for one in sorted(PROGRAMMES.iterdir()))]
    definitions = [(scheme, dump(scheme)) for scheme in schemes]
    named = resting()
    assert {"/publicity/days", "/tracks/{track}/title_needed", "/cadence"} <= named

    def known(path: str) -> bool:
        return any(find(whole, one) for scheme, whole in definitions for one in ways(path, scheme))

    # No programme at hand suspends titles: what that part would hold is not in any of them.
    assert {path for path in named if not known(path)} == {"/title/suspension/grounds"}
