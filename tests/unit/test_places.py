"""A complaint about a scheme leads to the line where the words stand."""

import pytest

from service.schemes import loader
from service.schemes.places import place_of

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
FILES = {"scheme.yaml": YAML, "table.csv": b""}


@pytest.mark.parametrize(
    ("pointer", "place"),
    [
        ("/key", "scheme.yaml:1"),
        ("/tracks/0/stages/1/kind", "scheme.yaml:7"),
        ("/tracks/0/stages/0/kind", "scheme.yaml:5"),
        ("/a~1b", "scheme.yaml:8"),
        ("/indicator_system/indicators/3/code", "table.csv:5"),
        ("", "scheme.yaml:1"),
    ],
)
def test_a_pointer_leads_to_its_line(pointer: str, place: str) -> None:
    assert place_of(pointer, FILES) == place


@pytest.mark.parametrize(
    "pointer", ["/tracks/0/stages/1/due/date", "/tracks/0/stages/1/x", "/tracks/0/stages/1/kind/0"]
)
def test_what_is_not_written_leads_to_the_nearest_part_that_is(pointer: str) -> None:
    assert place_of(pointer, FILES) in {"scheme.yaml:6", "scheme.yaml:7"}


def test_a_place_in_a_table_stays_as_it_is() -> None:
    assert place_of("indicators.csv:12", FILES) == "indicators.csv:12"


def test_every_shipped_scheme_has_its_lines() -> None:
    for key in loader.shipped():
        files = loader.files_in(loader.shipped_folder(key))
        number = int(place_of("/tracks/0/stages/2/key", files).partition(":")[2])
        said = files["scheme.yaml"].decode().splitlines()[number - 1]
        assert loader.shipped_scheme(key).tracks[0].stages[2].key in said
