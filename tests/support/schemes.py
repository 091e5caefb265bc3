"""The shipped programme, edited in one place, for tests of what is refused."""

from pathlib import Path

import pytest

from service.schemes import loader
from service.schemes.problem import SchemeInvalid

REFERENCE = loader.shipped_scheme("reference")
FOLDER = Path(loader.__file__).parent / "reference"
AREA = REFERENCE.track("area")


def files(**changed: str) -> dict[str, bytes]:
    """The files of `reference`, some replaced: `files(scheme="...")`."""
    given = {path.name: path.read_bytes() for path in FOLDER.iterdir()}
    names = {"scheme": "scheme.yaml", "indicators": "indicators.csv"}
    return given | {names[key]: text.encode() for key, text in changed.items()}


def edited(old: str, new: str, name: str = "scheme") -> dict[str, bytes]:
    text = files()[{"scheme": "scheme.yaml", "indicators": "indicators.csv"}[name]].decode()
    assert old in text
    return files(**{name: text.replace(old, new, 1)})


def refused(given: dict[str, bytes]) -> str:
    with pytest.raises(SchemeInvalid) as caught:
        loader.read_files(given)
    return str(caught.value)
