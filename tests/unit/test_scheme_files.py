"""Files that are no scheme are refused with file, line and reason."""

import re
from collections.abc import Callable

import pytest

from service.schemes import loader
from service.schemes.problem import SchemeInvalid
from tests.support.schemes import REFERENCE, edited, files, refused


def test_a_duplicate_key_is_refused_with_its_line() -> None:
    assert re.search(r"scheme.yaml:\d+: duplicate key key", refused(edited("version: 1.0.0", "key: again")))


def test_a_document_that_explodes_when_aliases_are_expanded_is_refused() -> None:
    rows = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    rows += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]
    assert "more than 50000 nodes" in refused(files(scheme="\n".join(rows)))


def test_an_alias_that_contains_itself_is_refused() -> None:
    assert "contains itself" in refused(files(scheme="a: &a [*a]"))


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("x" * (1024 * 1024 + 1), "larger than 1 MB"),
        ("- a list", "not a mapping"),
        ("", "not a mapping"),
        ("key: [", "scheme.yaml:"),
        ("a: " + "[" * 3000, "scheme.yaml"),
        ("when: 2024-02-30", "cannot be read"),
        ("? [a]\n: b", "a key must be text"),
        ("a: !!python/object/apply:os.system [ls]", "constructor"),
    ],
)
def test_what_is_not_a_plain_document_is_refused(text: str, complaint: str) -> None:
    assert complaint in refused(files(scheme=text))


def test_text_that_is_not_utf8_is_refused_and_a_byte_order_mark_is_not() -> None:
    assert "not UTF-8" in refused(files() | {"scheme.yaml": "key: 参考".encode("gb18030")})
    table = b"\xef\xbb\xbf" + files()["indicators.csv"]
    assert loader.read_files(files() | {"indicators.csv": table}) == REFERENCE


@pytest.mark.req("QH-17a")
@pytest.mark.parametrize(
    ("old", "new", "path"),
    [
        ("trial: true", "trail: true", "/trail"),
        ("presence: required", "presence: sometimes", "/tracks/0/stages/0/presence"),
        ("step: 0.1", "step: .inf", "/scoring/step"),
        ('due: "01-31"', 'due: "02-30"', "/annual_report/due"),
        ("share: 0.90", "share: 1.5", "/tracks/0/attainment_min/share"),
        ("days: 5  ", "days: 0  ", "/publicity/days"),
        ("version: 1.0.0", "version: one", "/version"),
    ],
)
def test_a_field_that_does_not_fit_the_schema_is_refused_at_its_place(old: str, new: str, path: str) -> None:
    with pytest.raises(SchemeInvalid) as caught:
        loader.read_files(edited(old, new))
    assert path in [one.path for one in caught.value.problems]


def test_a_binary_number_is_refused() -> None:
    definition = loader.dump(REFERENCE)
    definition["scoring"]["step"] = 0.1
    with pytest.raises(SchemeInvalid, match="not a binary number"):
        loader.load(definition)


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        (lambda: edited("code,kind", "kode,kind", "indicators"), "the columns must be"),
        (lambda: edited(",1,yes\n", ",1,yes,more\n", "indicators"), "10 cells, not 9"),
        (lambda: edited(",1,yes\n", ",1,perhaps\n", "indicators"), "yes or no"),
        (lambda: edited("补充项", "其他项", "indicators"), "another title"),
        (lambda: edited("ref: indicators.csv", "ref: ../indicators.csv"), "no table"),
        (lambda: {"indicators.csv": b""}, "the definition is missing"),
    ],
)
def test_a_table_that_does_not_fit_is_refused(given: Callable[[], dict[str, bytes]], complaint: str) -> None:
    assert complaint in refused(given())
