"""The story of the demonstration: the acts in their order, and whether every expectation held."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping

import httpx
from rich.console import Console

from api.cli.demo import checking, ending, evaluating, keeping, naming, opening, recommending, revoking
from api.cli.demo.client import TIMEOUT
from api.cli.demo.people import People
from api.cli.demo.scene import Scene
from api.cli.demo.tell import Halted, Teller

ACTS: tuple[Callable[[Scene], None], ...] = (
    opening.publish_scheme,
    opening.open_batch,
    opening.enrol,
    opening.mobilize,
    opening.create,
    checking.self_check,
    checking.rectify,
    checking.inspect,
    recommending.apply,
    recommending.recommend,
    recommending.ask_outside,
    evaluating.evaluate,
    evaluating.announce,
    naming.name,
    naming.hand_over,
    keeping.first_reports,
    keeping.look_back,
    keeping.remind,
    revoking.investigate,
    revoking.decide,
    revoking.apply_again,
    ending.named_list,
    ending.timeline,
)


def run_demo(
    base_url: str,
    admin_token: str,
    issue_token: Callable[[str], str],
    *,
    verify: ending.Verify | None = None,
    language: str | None = None,
    console: Console | None = None,
) -> bool:
    """Tell the whole story against a served installation whose clock stands at 2024-02-22.

    `admin_token` is that of the person `admin`; `issue_token` gives that of any other person. `verify` recomputes
    every audit chain where the installation lies (entries, faults). Returns whether every expectation held.
    """
    spoken = language or language_of(os.environ)
    tell = Teller(console or Console(), spoken)
    began = time.monotonic()
    headers = {"Accept-Language": "zh-CN" if spoken == "zh" else "en"}
    with httpx.Client(base_url=base_url, headers=headers, timeout=TIMEOUT, trust_env=False) as http:
        scene = Scene(tell, People(http, admin_token, issue_token), opening.FIRST_DAY)
        try:
            for act in ACTS:
                act(scene)
            ending.chain(scene, verify)
        except Halted:
            tell.note(("后续环节依赖于此，演示到此为止", "What follows rests on this; the demonstration ends here"))
        except httpx.HTTPError as error:
            tell.holds(False, ("服务没有应答", "The service does not answer"), error)
    return tell.balance(time.monotonic() - began)


def language_of(environment: Mapping[str, str]) -> str:
    """English where LANG says so, otherwise Chinese."""
    said = environment.get("LC_ALL") or environment.get("LANG") or ""
    return "en" if said.startswith("en") else "zh"
