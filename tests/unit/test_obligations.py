"""What a document asks of people is recorded with its rule and whoever owes it; nothing pretends to test it."""

from service.schemes.loader import files_in, read_files, shipped_folder
from service.schemes.validation.validator import problems
from tests.support.domain import reference

TABLE = """rule,by,title_zh,title_en,mark
QH-05d,authority,督察与创建两手抓,Inspect and create at once,D
"""


def with_table(text: str) -> dict[str, bytes]:
    return {**files_in(shipped_folder("reference")), "obligations.csv": text.encode()}


def test_an_obligation_has_its_rule_its_slot_and_its_mark() -> None:
    scheme = read_files(with_table(TABLE))
    (one,) = scheme.obligations
    assert (one.code, one.by, one.rules, one.title.zh) == ("QH-05d", "authority", ("QH-05d",), "督察与创建两手抓")
    assert scheme.basis["/obligations/QH-05d"].mark == "D"
    assert problems(scheme) == []


def test_an_obligation_of_nobody_or_of_an_unknown_rule_is_refused() -> None:
    nobody = read_files(with_table(TABLE.replace("authority", "everybody")))
    assert [p.path for p in problems(nobody)] == ["/obligations/0/by"]
    invented = read_files(with_table(TABLE.replace("QH-05d", "QH-99z")))
    assert any("QH-99z" in p.en for p in problems(invented))
    twice = read_files(with_table(TABLE + TABLE.splitlines()[1] + "\n"))
    assert [p.path for p in problems(twice)] == ["/obligations"]


def test_a_scheme_without_such_a_table_owes_nothing_of_the_kind() -> None:
    assert reference().obligations == ()
