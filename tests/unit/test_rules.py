"""Every rule of the catalogue has its article."""

import pytest

from service.schemes import rules


def test_every_rule_of_the_catalogue_has_an_article() -> None:
    ids = rules.rule_ids()
    documents = {one: rules.article(one)["document"] for one in ids}
    assert len([one for one in ids if not one.startswith(("GAP-", "INV-"))]) == 394
    assert all(documents.values())
    assert all(
        rules.article(one, language)["article"]
        for one in ids
        if not one.startswith(("GAP-", "INV-"))
        for language in ("zh", "en")
    )


@pytest.mark.parametrize(
    ("rule", "zh", "en"),
    [
        ("QH-12-1", "第十二条第（一）项", "Art. 12(1)"),
        ("QH-11b", "第十一条第一款", "Art. 11 ¶1"),
        ("QH-18a", "第十八条", "Art. 18"),
        ("PDS-I05", "第5项指标", "indicator 5"),
        ("PDS-D2", "附加项指标减分项2", "deduction item 2"),
        ("HY-T30", "二、第30项任务", "part 二, task 30"),
        ("YL-2d", "三(二)2", "三(二)2"),
        ("SX-02", "第1部分", "section 1"),
        ("GAP-QH-1", "", ""),
        ("INV-09", "QH-11b", "QH-11b"),
    ],
)
def test_an_article_is_cited_in_both_languages(rule: str, zh: str, en: str) -> None:
    assert rules.article(rule)["article"] == zh
    assert rules.article(rule, "en")["article"] == en
    assert rules.article(rule)["id"] == rule


def test_an_unknown_rule_is_an_error() -> None:
    with pytest.raises(KeyError, match="no rule QH-99"):
        rules.article("QH-99")
