"""The project's own copy of the tables (`tests/tables`), as the oracle of what every machine must do.

It is read here without any help from the code under test: tokens of the case table are filled in a second
time, from the list of stages alone. Where a row departs from the specification its column `changed` says why.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from service.schemes.model import Scheme, Track
from tests.support.domain import reference

FOLDER = Path(__file__).parents[1] / "tables"
NEW, SAME = "@new", "@same"


@cache
def table(name: str) -> tuple[dict[str, str], ...]:
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


def words(cell: str) -> tuple[str, ...]:
    return tuple(cell.split("|")) if cell else ()


@dataclass(frozen=True)
class Row:
    """What one row says about one state. `form` may name several forms that the event asks for together."""

    event: str
    source: str
    to: str
    form: str
    guards: tuple[str, ...]
    who: tuple[str, ...]
    persons: int
    kind: str
    artefacts: tuple[str, ...]
    rules: tuple[str, ...]
    mark: str
    zh: str
    en: str


def _row(cells: dict[str, str], source: str, to: str) -> Row:
    return Row(
        event=cells.get("event") or cells["act"],
        source=source,
        to=to,
        form=cells["form"],
        guards=words(cells["guards"]),
        who=words(cells["actor_roles"]),
        persons=int(cells["persons"]),
        kind=cells.get("kind", "command"),
        artefacts=words(cells["artefacts"]),
        rules=words(cells["rule_ids"]),
        mark=cells["mark"],
        zh=cells["title_zh"],
        en=cells["title_en"],
    )


def finals(machine: str) -> tuple[str, ...]:
    return next(words(r["final"]) for r in table("machines") if r["machine"] == machine)


def kinds() -> list[str]:
    return [r["kind"] for r in table("stage_kinds")]


def names() -> list[str]:
    return [r["machine"] for r in table("machines")]


# ---------------------------------------------------------------------------------------------- tracks


def tracks() -> dict[str, Track]:
    """The track of the reference scheme, and two that end otherwise: named by others, and without naming."""
    area = reference().track("area")
    external = [s.key for s in area.stages].index("central_opinion") + 1
    closing = [s.key for s in area.stages].index("inspection") + 1
    return {
        "area": area,
        "external": area.model_copy(update={"stages": area.stages[:external]}),
        "closed": area.model_copy(update={"stages": area.stages[:closing], "outcome": "closed"}),
    }


def scheme_of(track: Track) -> Scheme:
    return reference().model_copy(update={"tracks": (track,)})


def _sources(token: str, track: Track) -> list[str]:
    keys = [s.key for s in track.stages]
    last = track.stages[-1]
    named_outside = track.outcome == "named" and last.kind == "external"
    stand_for = {
        "@stage": keys,
        "@not_last": keys[:-1],
        "@not_first": keys[1:],
        "@returns": [s.key for s in track.stages if s.returns],
        "@has_origin": sorted({r.to for s in track.stages for r in s.returns if r.resume}),
        "@last_external": [last.key] if named_outside else [],
        "@last_closing": [last.key] if track.outcome == "closed" else [],
        **{f"@kind:{kind}": [s.key for s in track.stages if s.kind == kind] for kind in kinds()},
    }
    return stand_for.get(token, [token])


def _targets(token: str, source: str, track: Track) -> list[str]:
    keys = [s.key for s in track.stages]
    at = keys.index(source) if source in keys else 0
    stand_for = {
        "@first": keys[:1],
        "@next": keys[at + 1 : at + 2],
        "@previous": keys[at - 1 : at],
        "@earlier": [r.to for r in track.stages[at].returns],
        "@origin": [s.key for s in track.stages for r in s.returns if r.resume and r.to == source],
        "@paused_in": keys,
    }
    return stand_for.get(token, [token])


def _case_rows(track: Track) -> Iterator[Row]:
    for cells in table("transitions"):
        if cells["machine"] != "case":
            continue
        computed = ("target",) if cells["to"] in ("@earlier", "@origin", "@paused_in") else ()
        for source in (s for token in words(cells["from"]) for s in _sources(token, track)):
            for to in _targets(cells["to"], source, track):
                row = _row(cells, source, to)
                yield replace(row, guards=(*computed, *row.guards))


# ---------------------------------------------------------------------------------------- the oracle


def _of_kind(row: Row, kind: str) -> Row:
    """`complete_stage` with what the kind adds: common guards first, then of the kind, then of the track."""
    if row.event != "complete_stage":
        return row
    adds = next(r for r in table("stage_kinds") if r["kind"] == kind)
    *common, of_track = (g for g in row.guards if g != "@kind")
    return replace(
        row,
        form=adds["form"],
        guards=(*common, *words(adds["guards"]), of_track),
        who=tuple(dict.fromkeys((*words(adds["actor_roles"]), "stage_office"))),
        artefacts=words(adds["artefacts"]),
        rules=tuple(dict.fromkeys((*words(adds["rule_ids"]), *row.rules))),
        zh=adds["title_zh"],
        en=adds["title_en"],
    )


def _own_rows(machine: str, kind: str, track: Track) -> Iterator[Row]:
    if machine == "case":
        yield from _case_rows(track)
        return
    for cells in table("transitions"):
        if cells["machine"] == machine:
            for source in words(cells["from"]):
                row = _row(cells, source, cells["to"])
                yield _of_kind(row, kind) if machine == "stage" else row


def oracle(machine: str, kind: str = "creation", track: Track | None = None) -> tuple[Row, ...]:
    """Every row of a machine, one for each state it starts from, with the acts on what has not ended."""
    own = tuple(_own_rows(machine, kind, track or tracks()["area"]))
    live = [s for s in states_of(own) if s not in (NEW, *finals(machine))]
    acts = (
        _row(cells, state, SAME)
        for cells in table("acts")
        if cells["machines"] == "*" or machine in words(cells["machines"])
        for state in live
    )
    return (*own, *acts)


def states_of(rows: tuple[Row, ...]) -> list[str]:
    return list(dict.fromkeys(s for r in rows for s in (r.source, r.to) if s != SAME))


def rules_of(rows: tuple[Row, ...], event: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(rule for r in rows if r.event == event for rule in r.rules))
