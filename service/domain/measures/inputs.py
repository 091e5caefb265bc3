"""What a list is ordered by and a naming rests on: the results on file for each case, by name (SX-25, SX-26, SX-28).

`facts.more["files"]` is case ID -> {"case": the case, "things": the things of its file, "ratings": thing -> ratings}.
An input is asked of a case only where its track has a stage that brings it and that stage was not passed over.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING, Any

from service.domain.facts import Facts, Thing
from service.domain.measures import scores
from service.domain.measures.thresholds import exact

if TYPE_CHECKING:
    from service.schemes.model import Scheme
    from service.schemes.track import Stage

File = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Input:
    """One kind of result: by which kinds of stage it comes, when it is final, and its exact value if it has one."""

    stages: tuple[str, ...]
    final: Callable[[Scheme, File], bool]
    value: Callable[[Scheme, File], Fraction | None] | None = None
    guard: str = ""  # a stage of any kind that asks for it by this guard brings it too


def _of(file: File, machine: str) -> list[Thing]:
    case = file["case"].id
    found = [t for t in file["things"] if t.machine == machine and t.parent in (case, *_evaluations(file))]
    return sorted(found, key=lambda t: t.number)


def _evaluations(file: File) -> list[str]:
    return [t.id for t in file["things"] if t.machine == "evaluation"]


def _newest_evaluation(measure: str, file: File) -> Thing | None:
    begun = [e for e in _of(file, "evaluation") if e.state != "terminated" and e.data.get("measure") == measure]
    return begun[-1] if begun else None


def _evaluated(measure: str, _: Scheme, file: File) -> bool:
    found = _newest_evaluation(measure, file)
    return found is not None and found.state == "final"


def _total(measure: str, _: Scheme, file: File) -> Fraction | None:
    found = _newest_evaluation(measure, file)
    total = found.data.get("total") if found and found.state == "final" else None
    return scores.value(total) if total else None


def _all_evaluated(scheme: Scheme, file: File) -> bool:
    return all(_evaluated(measure, scheme, file) for measure in scheme.evaluation.measures)


def _satisfaction(_: Scheme, file: File) -> Fraction | None:
    """The share of the newest survey that is final under the satisfaction evaluation."""
    evaluation = _newest_evaluation("satisfaction", file)
    final = [s for s in _of(file, "survey") if s.state == "final" and evaluation and s.parent == evaluation.id]
    found = final[-1].data.get("satisfaction") if final else None
    return scores.value(found) if found else None


def _runs(file: File, *kinds: str) -> list[Thing]:
    past = ("superseded", "cancelled")
    return [r for r in _of(file, "stage") if r.data.get("kind") in kinds and r.state not in past]


def _stage_done(kind: str, _: Scheme, file: File) -> bool:
    return any(r.state == "completed" for r in _runs(file, kind))


def _self_check(scheme: Scheme, file: File) -> Fraction | None:
    done = [r for r in _runs(file, "self_check") if r.state == "completed"]
    mine = scheme.of_track(file["case"].track)
    return scores.total(mine, file["ratings"].get(done[-1].id, {})) if done else None


def _accepted(file: File) -> Thing | None:
    found = [r for r in _of(file, "recommendation") if r.state == "accepted"]
    return found[-1] if found else None


def _recommended(_: Scheme, file: File) -> bool:
    return _accepted(file) is not None


def _attainment(_: Scheme, file: File) -> Fraction | None:
    accepted = _accepted(file)
    return exact(accepted.data.get("attainment")) if accepted else None


def _notice_clear(_: Scheme, file: File) -> bool:
    opened = [n for n in _of(file, "public_notice") if n.state not in ("draft", "cancelled")]
    return bool(opened) and opened[-1].state == "closed_clear"


def open_findings(file: File) -> list[Thing]:
    """The findings in the file that are neither closed out nor withdrawn."""
    return [t for t in file["things"] if t.machine == "rectification_item" and t.state not in ("closed", "void")]


def _inspected(scheme: Scheme, file: File) -> bool:
    return _stage_done("inspection", scheme, file) or _evaluated("inspection", scheme, file)


INPUTS: dict[str, Input] = {
    "self_check": Input(("self_check",), partial(_stage_done, "self_check"), _self_check),
    "inspection": Input(("inspection", "evaluation"), _inspected, partial(_total, "inspection")),
    "recommendation": Input(("preliminary_review",), _recommended, guard="recommendation_accepted"),
    "attainment": Input(("preliminary_review",), _recommended, _attainment, guard="recommendation_accepted"),
    "evaluations": Input(("evaluation",), _all_evaluated),
    "third_party": Input(("evaluation",), partial(_evaluated, "third_party"), partial(_total, "third_party")),
    "satisfaction": Input(("evaluation",), partial(_evaluated, "satisfaction"), _satisfaction),
    "onsite": Input(("evaluation",), partial(_evaluated, "onsite"), partial(_total, "onsite")),
    "notice": Input(("publicity",), _notice_clear),
    "external": Input(("external",), partial(_stage_done, "external")),
}
MEASURES = ("third_party", "satisfaction", "onsite")
"""The inputs that come by an evaluation which the scheme commissions."""
NUMBERS = tuple(name for name, one in INPUTS.items() if one.value)
"""What a list can be ordered by."""
LISTS = {
    "recommendation_list": "recommendation",
    "candidate_list": "candidates",
    "ranking_list": "ranking",
}
"""What a naming may rest on besides: that the case stands on the approved list of that purpose."""


def brings(name: str, stage: Stage) -> bool:
    """Whether a stage brings the input of that name."""
    one = INPUTS[name]
    return stage.kind in one.stages or (one.guard != "" and one.guard in stage.guards)


def lacking(names: Sequence[str], facts: Facts, case: str) -> list[str]:
    """The inputs that are asked of a case and are not final."""
    file: File = facts.more["files"][case]
    asked = [n for n in names if n in INPUTS and _asked_of(file, n, facts.scheme)]
    return [n for n in asked if not INPUTS[n].final(facts.scheme, file)]


def values(names: Sequence[str], facts: Facts, case: str) -> dict[str, Fraction | None]:
    """The exact value of each input that has one; None where it is not there."""
    file: File = facts.more["files"][case]
    return {n: valued(facts.scheme, file) for n in names if n in INPUTS and (valued := INPUTS[n].value)}


def _asked_of(file: File, name: str, scheme: Scheme) -> bool:
    """Some stage of the track brings it that was neither waived nor passed over."""
    track = scheme.track(file["case"].track or "")
    passed = {r.data.get("key") for r in _of(file, "stage") if r.state == "skipped"}
    return any(brings(name, stage) and stage.key not in passed for stage in track.stages)
