"""A play as a file: JSON with everything in parts, or one flat CSV table."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from api.cli.simulate.difference import Difference
from api.cli.simulate.result import Result

COLUMNS = (
    "play", "table", "day", "until", "who", "what", "of", "subject", "batch", "outcome", "done_on", "rules", "wording",
    "off", "moved_from", "text",
)  # fmt: skip
SUFFIXES = (".csv", ".json")


def write(
    file: Path, plays: Mapping[str, Result], altered: list[dict[str, Any]], difference: Difference | None
) -> None:
    """`plays`: as it stands, and as it was changed if it was."""
    if file.suffix == ".json":
        said = {"plays": {name: one.as_data() for name, one in plays.items()}, "altered": altered,
                "difference": difference.as_data() if difference else None}  # fmt: skip
        file.write_text(json.dumps(said, ensure_ascii=False, indent=1, default=str) + "\n", encoding="utf-8")
        return
    with file.open("w", encoding="utf-8-sig", newline="") as out:  # a spreadsheet knows the encoding by its mark
        table = csv.DictWriter(out, COLUMNS, restval="")
        table.writeheader()
        for name, one in plays.items():
            table.writerows({"play": name, **row} for row in _rows(one))


def _rows(found: Result) -> Iterator[dict[str, Any]]:
    for line in found.assumed:
        yield {"table": "assumed", "text": line}
    for owed in found.owed:
        yield {
            "table": "due", "day": owed.day, "who": owed.who, "what": owed.what, "of": owed.about,
            "subject": owed.subject, "batch": owed.batch or "", "outcome": owed.outcome, "done_on": owed.done_on or "",
            "rules": " ".join(owed.rules), "wording": owed.wording, "off": owed.off, "moved_from": owed.moved_from or "",
        }  # fmt: skip
    for one in found.courses:
        yield {"table": "course", "day": one.first, "until": one.last or "", "what": one.name, "outcome": one.state}
    for fate in found.fates:
        yield {
            "table": "fate", "day": fate.on or "", "who": fate.applicant, "what": fate.track, "of": fate.stage,
            "subject": fate.subject, "batch": fate.batch, "outcome": fate.end, "rules": " ".join(fate.rules),
            "text": " | ".join(x for x in (fate.why, fate.share, fate.title, *fate.look_backs) if x),
        }  # fmt: skip
    for still in found.still:
        yield {"table": "still", "day": still.since, "what": still.thing, "of": still.act, "who": still.about,
               "text": still.why, "rules": " ".join(still.rules)}  # fmt: skip
