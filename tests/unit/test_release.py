"""What this release does not run is refused at publication instead of being ignored."""

from __future__ import annotations

from typing import Any

import pytest

from service.schemes import loader
from service.schemes.release import not_run_yet

REFERENCE = loader.shipped_scheme("reference")


def test_the_shipped_programme_asks_for_nothing_that_is_not_run() -> None:
    assert not_run_yet(REFERENCE) == []


@pytest.mark.parametrize(
    ("part", "said", "path"),
    [
        ("title", {"validity": {"length": 3}}, "/title/validity"),
        ("title", {"recheck": {"every": 3}}, "/title/recheck"),
        ("title", {"on_merger": "transfer"}, "/title/on_merger"),
        ("look_back", {"mode": "due_date"}, "/look_back/mode"),
        ("naming", {"by": "external"}, "/naming/by"),
    ],
)
def test_a_title_that_should_end_by_itself_cannot_be_published_yet(part: str, said: dict[str, Any], path: str) -> None:
    definition = loader.dump(REFERENCE)
    definition[part] = {**definition[part], **said}
    assert [p.path for p in not_run_yet(loader.load(definition))] == [path]
