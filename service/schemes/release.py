"""What a scheme may say by its schema and this release does not run yet. It is refused at publication, not ignored.

A title that should end after three years and never does would be worse than a scheme that cannot be published.
"""

from __future__ import annotations

from collections.abc import Callable

from service.schemes.model import Scheme
from service.schemes.problem import Problem

NOT_YET: tuple[tuple[str, Callable[[Scheme], bool], str], ...] = (
    ("/title/validity", lambda s: s.title.validity.length is not None, "INV-23"),
    ("/title/recheck", lambda s: s.title.recheck.every is not None, "INV-23"),
    ("/title/strikes", lambda s: s.title.strikes is not None, "INV-24"),
    ("/title/on_merger", lambda s: s.title.on_merger != "cancel", "INV-26"),
    ("/tiers", lambda s: len(s.tiers) > 1, "HY-T01"),
    ("/look_back/ranking", lambda s: s.look_back.ranking is not None, "INV-28"),
    ("/look_back/mode", lambda s: s.look_back.mode == "due_date", "INV-23"),
    ("/lists", lambda s: bool(s.lists), "SX-26"),
    ("/naming/by", lambda s: s.naming.by == "external", "YL-2o"),
)


def not_run_yet(scheme: Scheme) -> list[Problem]:
    """The places of a scheme that no machine of this release serves."""
    zh, en = "本版本尚不能执行该规定，暂不能发布", "this release does not run this yet, so it cannot be published"
    return [Problem(path, zh, en, rule) for path, says, rule in NOT_YET if says(scheme)]
