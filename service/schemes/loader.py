"""From files to a scheme, from a scheme to JSON and back, and the hash over its content.

A programme is `scheme.yaml` and the CSV table that `indicator_system.ref` names. What is published, stored
and hashed is the expanded definition: every default and every indicator written out.
"""

import csv
import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal, cast

from pydantic import ValidationError

from service.domain.calendar import Calendar, SpecialDay
from service.schemes.model import Scheme
from service.schemes.problem import FORM, Problem, SchemeInvalid, form_problems
from service.schemes.reader import read_csv, read_yaml

DEFINITION = "scheme.yaml"
COLUMNS = (
    "code",
    "kind",
    "title_zh",
    "title_en",
    "group",
    "group_zh",
    "methods",
    "max_points",
    "provisional",
)
_HERE = Path(__file__).parent
_YES_NO = {"yes": True, "no": False, "": False}


def read_folder(folder: Path) -> Scheme:
    """The scheme in a folder. Raises SchemeInvalid."""
    return read_files(files_in(folder))


def files_in(folder: Path) -> dict[str, bytes]:
    """The files of a folder that may belong to a scheme, file name to content."""
    return {
        path.name: path.read_bytes()
        for path in sorted(folder.iterdir())
        if path.name == DEFINITION or path.suffix == ".csv"
    }


def shipped_folder(key: str) -> Path:
    """Where a programme that comes with the service lies."""
    return _HERE / key


def read_files(files: Mapping[str, bytes]) -> Scheme:
    """The scheme in an upload, file name to content. Raises SchemeInvalid."""
    if DEFINITION not in files:
        raise SchemeInvalid(Problem(DEFINITION, "缺少方案文件", "the definition is missing", FORM))
    definition = dict(read_yaml(DEFINITION, files[DEFINITION]))
    system = definition.get("indicator_system")
    if isinstance(system, Mapping) and isinstance(system.get("ref"), str):
        definition["indicator_system"] = _with_indicators(system, files, definition.get("scoring"))
    return load(definition)


def load(definition: Mapping[str, Any]) -> Scheme:
    """The scheme a definition describes: one read from YAML, or what `dump` gave. Raises SchemeInvalid."""
    try:
        return Scheme.model_validate(definition)
    except ValidationError as error:
        raise SchemeInvalid(*form_problems(error)) from None


def dump(scheme: Scheme) -> dict[str, Any]:
    """The expanded definition as JSON values; decimals and dates are text. `load(dump(s)) == s`."""
    return scheme.model_dump(mode="json", by_alias=True)


def content_hash(scheme: Scheme) -> str:
    """SHA-256, in hex, over the canonical JSON of the expanded definition, indicator rows included."""
    canonical = json.dumps(dump(scheme), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def shipped() -> tuple[str, ...]:
    """The keys of the programmes that come with the service."""
    return tuple(sorted(path.parent.name for path in _HERE.glob(f"*/{DEFINITION}")))


@cache
def shipped_scheme(key: str) -> Scheme:
    """A programme that comes with the service. Raises KeyError for a key that `shipped` does not list."""
    if key not in shipped():
        raise KeyError(f"no shipped programme {key}")
    return read_folder(_HERE / key)


@cache
def official_calendar(calendar_id: str = "cn") -> Calendar:
    """The working days as the State Council announced them, from the table shipped for the calendar.

    Raises KeyError for a calendar that is not shipped.
    """
    files = {path.stem: path for path in (_HERE / "calendars").glob("*.csv")}
    table = files[calendar_id].read_bytes()
    return Calendar(
        (
            SpecialDay(
                date=dt.date.fromisoformat(row["date"]),
                kind=cast(Literal["holiday", "workday"], row["kind"]),
                name=row["name"],
            )
            for row in csv.DictReader(table.decode().splitlines())
        ),
        version=f"{calendar_id}-{hashlib.sha256(table).hexdigest()[:12]}",
    )


def _with_indicators(system: Mapping[str, Any], files: Mapping[str, bytes], scoring: object) -> dict[str, Any]:
    ref = cast(str, system["ref"])
    if "indicators" in system:
        raise SchemeInvalid(
            Problem(
                "/indicator_system/indicators",
                "指标由表格给出，不应写在方案文件中",
                "the indicators come from the table and are not written here",
                FORM,
            )
        )
    # Looked up among the files given, never opened as a path.
    if ref not in files:
        raise SchemeInvalid(Problem("/indicator_system/ref", f"缺少表格 {ref}", f"no table {ref}", FORM))
    rows = read_csv(ref, files[ref], COLUMNS)
    groups = system.get("groups")
    listed = groups if isinstance(groups, list) else []
    titles = {str(one.get("id")): one for one in listed if isinstance(one, Mapping)}
    per_item = scoring.get("per_item", 1) if isinstance(scoring, Mapping) else None
    points = isinstance(scoring, Mapping) and scoring.get("mode") == "points" and per_item != "max_points"
    indicators = []
    for number, row in enumerate(rows, 2):
        _check_row(ref, number, row, titles)
        indicators.append(
            {
                "code": row["code"],
                "kind": row["kind"],
                "title": {"zh": row["title_zh"], "en": row["title_en"]},
                "group": row["group"],
                "methods": [one for one in row["methods"].split("|") if one],
                # An empty cell means what the scheme says for every item.
                "max_points": row["max_points"] or (per_item if points and row["kind"] == "indicator" else None),
                "provisional": _YES_NO[row["provisional"]],
            }
        )
    return {**system, "indicators": indicators}


def _check_row(ref: str, number: int, row: Mapping[str, str], groups: Mapping[str, Mapping[str, Any]]) -> None:
    where = f"{ref}:{number}"
    if row["provisional"] not in _YES_NO:
        raise SchemeInvalid(Problem(where, "provisional 应为 yes 或 no", "provisional is yes or no", FORM))
    title = groups.get(row["group"], {}).get("title")
    if isinstance(title, Mapping) and title.get("zh") != row["group_zh"]:
        raise SchemeInvalid(
            Problem(
                where,
                f"一级指标 {row['group']} 的名称与方案不一致",
                f"group {row['group']} has another title in the scheme",
                "GAP-ALL-1",
            )
        )
