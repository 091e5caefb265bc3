"""A story: what stands before it, its acts in their order; telling it, and whether every expectation held."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import httpx
from rich.console import Console

from api.cli.demo import chain
from api.cli.demo.client import TIMEOUT
from api.cli.demo.people import Cast, People
from api.cli.demo.scene import Scene
from api.cli.demo.tell import Halted, Teller

S = TypeVar("S", bound=Scene)


@dataclass(frozen=True)
class Story(Generic[S]):
    """One programme played over HTTP from its first day to its last."""

    programme: str
    """The shipped scheme that it plays."""
    first_day: str
    """A local day, at whose 09:00 the clock stands when it begins."""
    cast: Cast
    scene: type[S]
    acts: tuple[Callable[[S], None], ...]

    @property
    def begins(self) -> str:
        """The instant at which it begins."""
        return f"{self.first_day}T09:00+08:00"


def run_demo(
    story: Story[Any],
    base_url: str,
    admin_token: str,
    issue_token: Callable[[str], str],
    *,
    verify: chain.Verify | None = None,
    language: str | None = None,
    console: Console | None = None,
) -> bool:
    """Tell a whole story against a served installation whose clock stands at its first day.

    `admin_token` is that of the person `admin`; `issue_token` gives that of any other person. `verify` recomputes
    every audit chain where the installation lies (entries, faults). Returns whether every expectation held.
    """
    spoken = language or language_of(os.environ)
    tell = Teller(console or Console(), spoken)
    began = time.monotonic()
    headers = {"Accept-Language": "zh-CN" if spoken == "zh" else "en"}
    with httpx.Client(base_url=base_url, headers=headers, timeout=TIMEOUT, trust_env=False) as http:
        scene = story.scene(tell, People(story.cast, http, admin_token, issue_token), story.first_day)
        try:
            for act in story.acts:
                act(scene)
            chain.verified(tell, verify)
        except Halted:
            tell.note(("后续环节依赖于此，演示到此为止", "What follows rests on this; the demonstration ends here"))
        except httpx.HTTPError as error:
            tell.holds(False, ("服务没有应答", "The service does not answer"), error)
    return tell.balance(time.monotonic() - began)


def language_of(environment: Mapping[str, str]) -> str:
    """English where LANG says so, otherwise Chinese."""
    said = environment.get("LC_ALL") or environment.get("LANG") or ""
    return "en" if said.startswith("en") else "zh"
