"""A complaint about a scheme leads to the line where the words stand."""

import pytest
import yaml

from api.scheme_views import faults
from service.schemes import loader
from service.schemes.problem import Problem
from service.schemes.reading import places
from service.schemes.reading.places import Place, place_of
from service.schemes.reading.reader import compose

YAML = b"""key: one
tracks:
  - id: area
    stages:
      - {key: a, kind: creation}
      - key: b
        kind: naming
a/b: 1
indicator_system:
  ref: table.csv
"""
TABLE = b'code,title\nX-1,"two\nlines"\nX-2,b\nX-3,c\n'
FILES = {"scheme.yaml": YAML, "table.csv": TABLE}


@pytest.mark.parametrize(
    ("pointer", "place"),
    [
        ("/key", "scheme.yaml:1:1"),
        ("/tracks/0/stages/1/kind", "scheme.yaml:7:9"),
        ("/tracks/area/stages/b/kind", "scheme.yaml:7:9"),
        ("/tracks/0/stages/0/kind", "scheme.yaml:5:18"),
        ("/a~1b", "scheme.yaml:8:1"),
        ("/basis/~1tracks~1area", "scheme.yaml:3:5"),
        ("/indicator_system/indicators/0/code", "table.csv:2:1"),
        ("/indicator_system/indicators/1/title", "table.csv:4:2"),
        ("/indicator_system/indicators/X-3", "table.csv:5"),
        ("/indicator_system/indicators/7", "table.csv:1"),
        ("", "scheme.yaml:1:1"),
    ],
)
def test_a_pointer_leads_to_its_line_and_column(pointer: str, place: str) -> None:
    assert str(place_of(pointer, FILES)) == place


@pytest.mark.parametrize(
    "pointer", ["/tracks/0/stages/1/due/date", "/tracks/0/stages/1/x", "/tracks/0/stages/1/kind/0"]
)
def test_what_is_not_written_leads_to_the_nearest_part_that_is(pointer: str) -> None:
    assert place_of(pointer, FILES).line in {6, 7}


def test_a_place_in_a_table_stays_as_it_is() -> None:
    assert place_of("indicators.csv:12:3", FILES) == Place("indicators.csv", 12, 3)
    assert str(place_of("a+b", FILES)) == "a+b"


def test_what_is_merged_is_found_where_it_is_written() -> None:
    merged = b"base: &base\n  due: pending\nother:\n  <<: *base\n  key: a\n"
    assert place_of("/other/due", {"scheme.yaml": merged}).line == 2
    assert place_of("/other/key", {"scheme.yaml": merged}).line == 5


def test_every_shipped_scheme_has_its_lines() -> None:
    for key in loader.shipped():
        files = loader.files_in(loader.shipped_folder(key))
        number = place_of("/tracks/0/stages/2/key", files).line
        said = files["scheme.yaml"].decode().splitlines()[number - 1]
        assert loader.shipped_scheme(key).tracks[0].stages[2].key in said


def test_an_upload_with_thousands_of_faults_is_read_once_and_the_first_two_hundred_are_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    read: list[str] = []

    def composed(text: str) -> yaml.MappingNode:
        read.append(text)
        return compose(text)

    monkeypatch.setattr(places, "compose", composed)
    given = FILES | {"scheme.yaml": YAML + b"".join(b"k%d: 1\n" % n for n in range(300))}
    told = faults([Problem(f"/k{n}", "不识", "unknown", "QH-17a") for n in range(300)], given)
    assert [one["line"] for one in told[:200]] == list(range(11, 211))
    assert (len(told), told[-1]["en"]) == (201, "100 more: solve these first")
    assert len(read) == 1
