"""`--set`: what of a scheme is played otherwise, and the advice for whoever names what is not there.

`threshold`, `quota` and `calendar` are short for the places that say so; any other value is named by its pointer,
with members of lists by their own names or by their places: `/tracks/area/quota/target` or `/tracks/0/quota/target`.
"""

from __future__ import annotations

import copy
import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from pathlib import Path
from typing import Any

import yaml

from service.schemes.loader import dump, load
from service.schemes.model import Scheme
from service.schemes.problem import SchemeInvalid, pointer
from service.schemes.reading.pointers import find, names, parents, steps_of
from service.schemes.validation.validator import problems

NAMES = ("threshold", "quota", "calendar")
WHOLE = 1
COLUMNS = ("date", "kind", "name")
LISTED = 12


class Unusable(Exception):
    """A `--set` that cannot be played. Says what to do instead, in Chinese and English."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh, self.en = zh, en


@dataclass(frozen=True)
class Changed:
    """A scheme played otherwise: the scheme, what was altered (pointer, old, new), and years of a calendar."""

    scheme: Scheme
    places: tuple[tuple[str, Any, Any], ...] = ()
    calendar: Mapping[int, str] = field(default_factory=dict)
    """Year to its table `date,kind,name`."""


def changed(scheme: Scheme, said: Iterable[str]) -> Changed:
    """The scheme with every `--set`. Raises Unusable, and SchemeInvalid where the changed scheme is not sound."""
    definition = copy.deepcopy(dump(scheme))
    places: list[tuple[str, Any, Any]] = []
    calendar: dict[int, str] = {}
    for one in said:
        name, sign, value = one.partition("=")
        if not sign or not name:
            zh, en = f"“{one}”写法有误，应为 名称=值", f"{one!r} is no NAME=VALUE, such as threshold=95"
            raise Unusable(zh, en)
        if name == "calendar":
            calendar |= _years(Path(value))
        else:
            for path, new in _meant(definition, scheme, name, value):
                places.append((path, _put(definition, path, new), new))
    altered = load(_with_basis(definition, scheme)) if places else scheme
    if wrong := problems(altered):
        raise SchemeInvalid(*wrong)
    return Changed(altered, tuple(places), calendar)


def _meant(definition: Any, scheme: Scheme, name: str, value: str) -> list[tuple[str, Any]]:
    """The places of the definition that are meant, each with its new value."""
    if name == "threshold":
        return _thresholds(scheme, _number(value))
    if name == "quota":
        return _quotas(scheme, value)
    if name.startswith("/"):
        return [(name, _plain(definition, name, value))]
    listed = ", ".join(NAMES)
    zh = f"没有“{name}”，可用 {listed}，或以指针指明，如 /look_back/every=2"
    raise Unusable(zh, f"there is no {name}: use {listed}, or a pointer such as /look_back/every=2")


def _number(value: str) -> Decimal:
    try:
        found = Decimal(value.removesuffix("%"))
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite() or found <= 0:
        raise Unusable(f"“{value}”不是分数", f"{value} is no number of points or percent, such as threshold=95")
    return found


def _share(number: Decimal) -> Decimal:
    """Percent as a share: 95 and 0.95 are the same threshold."""
    return number / 100 if number > WHOLE else number


def threshold_of(scheme: Scheme) -> Fraction | None:
    """The share of the whole from which a result passes: of the bands, else of the tracks; None where there is none."""
    edges = [b.at_least for b in scheme.scoring.pass_ if b.outcome == "pass"]
    if edges:
        return Fraction(edges[0]) / (Fraction(_whole(scheme)))
    shares = [t.attainment_min.share for t in scheme.tracks if t.attainment_min]
    return Fraction(shares[0]) if shares else None


def _whole(scheme: Scheme) -> Decimal:
    """What a full result is in the unit of the bands: points, or 1 where they are shares."""
    points = scheme.scoring.mode == "points" and scheme.scoring.max is not None
    return scheme.scoring.max if points and scheme.scoring.max is not None else Decimal(WHOLE)


def _thresholds(scheme: Scheme, number: Decimal) -> list[tuple[str, Any]]:
    """Every place that says the present threshold: the bands of results and look-backs, and the shares of tracks."""
    now = threshold_of(scheme)
    if now is None:
        zh = "该方案没有达标线，请以指针指明要改的值，如 /tracks/area/attainment_min/share=0.95"
        raise Unusable(zh, "this scheme has no threshold: name the value by its pointer, such as /look_back/every=2")
    whole = _whole(scheme)
    points = number if whole > WHOLE else _share(number)
    share = points / whole
    if share > WHOLE:
        raise Unusable(f"不能高于满分 {whole}", f"nobody can reach more than {whole}")
    found: list[tuple[str, Any]] = []
    for where, bands in (("scoring/pass", scheme.scoring.pass_), ("look_back/bands", scheme.look_back.bands)):
        alike = (n for n, band in enumerate(bands) if Fraction(band.at_least) == now * Fraction(whole))
        found += [(f"/{where}/{n}/at_least", format(points, "f")) for n in alike]
    for n, track in enumerate(scheme.tracks):
        if track.attainment_min and Fraction(track.attainment_min.share) == now:
            found.append((f"/tracks/{n}/attainment_min/share", format(share, "f")))
    return found


def _quotas(scheme: Scheme, value: str) -> list[tuple[str, Any]]:
    if not value.isdecimal() or not int(value):
        raise Unusable(f"“{value}”不是名额", f"{value} is no number of places, such as quota=5")
    found = [(f"/tracks/{n}/quota/target", int(value)) for n, track in enumerate(scheme.tracks) if track.quota]
    if not found:
        first = scheme.tracks[0].id
        said = f"/tracks/{first}/quota={{target: {value}, mode: max}}"
        raise Unusable(f"该方案没有名额，可写 {said}", f"this scheme has no quota: write --set '{said}'")
    return found


def _plain(definition: Any, path: str, value: str) -> Any:
    """The value as YAML, for a place that is there."""
    if find(definition, path) is None:
        above = next((at for at in parents(path) if find(definition, at)), "")
        found = find(definition, above)
        holder = found[1] if found else None
        known = list(holder) if isinstance(holder, Mapping) else names(holder) if isinstance(holder, list) else []
        listed, where = ", ".join(map(str, known[:LISTED])) or "-", above or "/"
        zh, en = f"方案中没有 {path}，{where} 下有：{listed}", f"the scheme has no {path}: {where} has: {listed}"
        raise Unusable(zh, en)
    try:
        return yaml.safe_load(value)
    except yaml.YAMLError:
        raise Unusable(f"“{value}”不是 YAML 值", f"{value} is no YAML value") from None


def _with_basis(definition: dict[str, Any], scheme: Scheme) -> dict[str, Any]:
    """The definition with its marks where they belong now: a band goes by its edge, which may just have been moved."""
    before = dump(scheme)
    moved = {path: find(definition, _by_place(before, path)) for path in definition["basis"]}
    marks = {found[0]: definition["basis"][path] for path, found in moved.items() if found}
    return {**definition, "basis": marks}


def _by_place(definition: Any, path: str) -> str:
    """The pointer that leads to the same value by places of lists."""
    here, walked = definition, ""
    for step in steps_of(path):
        at = _index(here, step)
        here, walked = here[at], walked + pointer(at)
    return walked


def _put(definition: Any, path: str, new: Any) -> Any:
    """Write the value at a pointer that is there; what stood there before."""
    *way, last = steps_of(path)
    here = definition
    for step in way:
        here = here[_index(here, step)]
    at = _index(here, last)
    before = here[at]
    here[at] = new
    return before


def _index(here: Any, step: str) -> Any:
    if not isinstance(here, list):
        return step
    return int(step) if step.isdigit() and int(step) < len(here) else names(here).index(step)


def _years(file: Path) -> dict[int, str]:
    """The table of days off and make-up days, year by year."""
    try:
        rows = list(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8-sig"))))
        years = sorted({int(row["date"][:4]) for row in rows})
    except (OSError, ValueError, KeyError, TypeError, csv.Error) as error:
        zh = f"无法读取 {file}（{error}），应为含 {'、'.join(COLUMNS)} 三列的 CSV"
        raise Unusable(zh, f"{file} cannot be read ({error}): a CSV with {', '.join(COLUMNS)} is asked for") from None
    if not years:
        raise Unusable(f"{file} 没有日期", f"{file} names no day")
    found = {}
    for year in years:
        out = io.StringIO()
        table = csv.DictWriter(out, COLUMNS, extrasaction="ignore", lineterminator="\n")
        table.writeheader()
        table.writerows(row for row in rows if row["date"].startswith(f"{year}-"))
        found[year] = out.getvalue()
    return found
