"""A scheme over HTTP: drafted, edited, discarded, published by another person, compared, retired by two."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from service.records import audit
from service.records.rows import AUDIT
from service.schemes import loader
from service.schemes.rules import article
from tests.support.cast import Cast
from tests.support.house import Caller
from tests.support.problems import clear, problem
from tests.support.schemes import REFERENCE, edited, files

NUMBERS = itertools.count(100)
REASON = {"reason": "written by mistake"}


@dataclass
class Office:
    """The people who keep schemes in a test, and a key of its own."""

    cast: Cast
    key: str
    editor: Caller
    approver: Caller
    second: Caller

    def definition(self, **changed: Any) -> dict[str, Any]:
        return {**loader.dump(REFERENCE), "key": self.key, "version": "1.0.0", **changed}

    async def draft(self, **changed: Any) -> tuple[str, str]:
        """A draft with its ETag."""
        body = {"region": "cn/sn", "definition": self.definition(**changed)}
        drafted = await self.editor.post("/schemes", body)
        assert drafted.status_code == 201, drafted.text
        return drafted.json()["id"], drafted.headers["ETag"]

    async def published(self, **changed: Any) -> str:
        scheme, _ = await self.draft(**changed)
        done = await self.approver.post(f"/schemes/{scheme}/publish")
        assert done.status_code == 200, done.text
        return scheme


@pytest.fixture
async def office(cast: Cast) -> Office:
    number = next(NUMBERS)
    both = ("scheme_editor", "region:cn"), ("scheme_approver", "region:cn")
    editor = await cast.place.person(f"editor{number}", *both)
    office = ("scheme_approver", "region:cn"), ("provincial_lbg_office", "region:cn")
    approver = await cast.place.person(f"approver{number}", *office)
    second = await cast.place.person(f"second{number}", *office)
    return Office(cast, f"scheme{number}", editor, approver, second)


async def send(who: Caller, method: str, path: str, given: dict[str, bytes], **more: Any) -> httpx.Response:
    """Files as the parts of a form."""
    headers = who.headers(**more.pop("headers", {}))
    parts = [("files", (name, content)) for name, content in given.items()]
    return await who.http.request(method, f"/api/v1{path}", files=parts, headers=headers, **more)


def own(office: Office, given: dict[str, bytes]) -> dict[str, bytes]:
    """The same files with the key of the test."""
    return given | {"scheme.yaml": given["scheme.yaml"].replace(b"key: reference", f"key: {office.key}".encode(), 1)}


# ------------------------------------------------------------------------------------------------- drafting


@pytest.mark.req("QH-17a")
async def test_a_draft_is_edited_by_whoever_has_seen_it_as_it_is(office: Office) -> None:
    scheme, seen = await office.draft()
    changed = {"definition": office.definition(trial=False)}
    problem(await office.editor.put(f"/schemes/{scheme}", changed), "precondition", 428)
    problem(await office.editor.put(f"/schemes/{scheme}", changed, **{"If-Match": '"other"'}), "stale", 412)
    done = await office.editor.put(f"/schemes/{scheme}", changed, **{"If-Match": seen})
    assert done.status_code == 200, done.text
    assert done.headers["ETag"] != seen
    assert (await office.editor.get(f"/schemes/{scheme}")).json()["definition"]["trial"] is False
    problem(await office.editor.put(f"/schemes/{scheme}", changed, **{"If-Match": seen}), "stale", 412)


async def test_a_draft_keeps_its_key_and_takes_no_number_that_is_taken(office: Office) -> None:
    await office.published()
    scheme, seen = await office.draft(version="1.1.0")
    for changed in ({"key": "another"}, {"version": "1.0.0"}):
        body = {"definition": office.definition(**{"version": "1.1.0", **changed})}
        problem(await office.editor.put(f"/schemes/{scheme}", body, **{"If-Match": seen}), "conflict", 409)


@pytest.mark.req("INV-16")
async def test_a_draft_is_discarded_with_a_reason_and_its_number_is_free_again(office: Office) -> None:
    scheme, seen = await office.draft()
    problem(await office.editor.post(f"/schemes/{scheme}/discard", {"reason": ""}), "invalid", 422)
    assert (await office.editor.post(f"/schemes/{scheme}/discard", REASON)).json()["status"] == "discarded"
    problem(await office.editor.post(f"/schemes/{scheme}/discard", REASON), "illegal", 409)
    problem(await office.approver.post(f"/schemes/{scheme}/publish"), "illegal", 409)
    again = {"definition": office.definition()}
    problem(await office.editor.put(f"/schemes/{scheme}", again, **{"If-Match": seen}), "illegal", 409)
    other, _ = await office.draft(trial=False)
    assert other != scheme


@pytest.mark.req("INV-30")
async def test_a_published_version_never_changes(office: Office) -> None:
    scheme = await office.published()
    seen = (await office.editor.get(f"/schemes/{scheme}")).headers["ETag"]
    body = {"definition": office.definition(trial=False)}
    problem(await office.editor.put(f"/schemes/{scheme}", body, **{"If-Match": seen}), "illegal", 409)
    problem(await office.editor.post(f"/schemes/{scheme}/discard", REASON), "illegal", 409)
    assert (await office.editor.get(f"/schemes/{scheme}")).headers["ETag"] == seen


async def test_a_key_belongs_to_the_region_that_used_it_first(office: Office) -> None:
    scheme, _ = await office.draft()
    elsewhere = {"region": "cn/gd", "definition": office.definition(version="2.0.0")}
    problem(await office.editor.post("/schemes", elsewhere), "conflict", 409)
    await office.editor.post(f"/schemes/{scheme}/discard", REASON)
    assert (await office.editor.post("/schemes", elsewhere)).status_code == 201


@pytest.mark.req("INV-20")
async def test_whoever_has_edited_a_draft_cannot_publish_it(office: Office) -> None:
    scheme, seen = await office.draft()
    both = ("scheme_editor", "region:cn"), ("scheme_approver", "region:cn")
    other = await office.cast.place.person(f"other.{office.key}", *both)
    body = {"definition": office.definition(trial=False)}
    assert (await other.put(f"/schemes/{scheme}", body, **{"If-Match": seen})).status_code == 200
    for who in (office.editor, other):
        said = problem(await who.post(f"/schemes/{scheme}/publish"), "person", 409)
        assert said["errors"][0]["code"] == "two_persons"
    assert (await office.approver.post(f"/schemes/{scheme}/publish")).status_code == 200


@pytest.mark.req("INV-16")
async def test_everything_done_and_refused_to_a_version_stands_in_its_chain(office: Office) -> None:
    scheme, seen = await office.draft(effective_from=None)
    problem(await office.approver.post(f"/schemes/{scheme}/publish"), "invalid", 422)
    body = {"definition": office.definition()}
    await office.editor.put(f"/schemes/{scheme}", body, **{"If-Match": seen})
    await office.editor.post(f"/schemes/{scheme}/publish")
    await office.approver.post(f"/schemes/{scheme}/publish")
    database = office.cast.place.database
    async with database.read.connect() as db:
        query = select(AUDIT).where(AUDIT.c.chain == scheme).order_by(AUDIT.c.seq)
        rows = [(row.event, row.result) for row in await db.execute(query)]
        broken = [fault async for _, _, fault in audit.verify(db, scheme) if fault]
    assert rows == [
        ("draft_version", "applied"),
        ("publish_version", "refused"),
        ("edit_version", "applied"),
        ("publish_version", "refused"),
        ("publish_version", "applied"),
    ]
    assert broken == []


@pytest.mark.parametrize("path", ["", "/files"])
async def test_only_an_editor_of_the_region_edits(office: Office, path: str) -> None:
    scheme, seen = await office.draft()
    county = await office.cast.place.person(f"county.{office.key}", ("scheme_editor", "region:cn/sn/yulin"))
    if path:
        given = await send(county, "PUT", f"/schemes/{scheme}{path}", own(office, files()), headers={"If-Match": seen})
    else:
        given = await county.put(f"/schemes/{scheme}", {"definition": office.definition()}, **{"If-Match": seen})
    problem(given, "forbidden", 403)
    problem(await county.post(f"/schemes/{scheme}/discard", REASON), "forbidden", 403)


# ------------------------------------------------------------------------------------------------- files


async def test_a_scheme_comes_as_its_files_and_its_marks_come_along(office: Office) -> None:
    drafted = await send(office.editor, "POST", "/schemes/files", own(office, files()), data={"region": "cn/sn"})
    assert drafted.status_code == 201, drafted.text
    assert drafted.json()["warnings"] == []
    scheme = drafted.json()["id"]
    told = (await office.editor.get(f"/schemes/{scheme}")).json()["definition"]
    assert told["basis"]["/publicity/days"]["articles"] == ["QH-11c"]
    changed = own(office, edited("days: 5                                          # [D] QH-11c", "days: 6"))
    headers = {"If-Match": drafted.headers["ETag"]}
    answer = await send(office.editor, "PUT", f"/schemes/{scheme}/files", changed, headers=headers)
    assert answer.status_code == 200, answer.text
    warned = answer.json()["warnings"]
    assert [(one["pointer"], one["file"]) for one in warned] == [("/publicity/days", "scheme.yaml")]
    assert changed["scheme.yaml"].decode().splitlines()[warned[0]["line"] - 1].strip() == "days: 6"


@pytest.mark.parametrize(
    ("given", "file", "line", "column"),
    [
        (lambda: edited("trial: true", "trail: true"), "scheme.yaml", "trail: true", 1),
        (lambda: edited("Approval-item list online", "=1+1", "indicators"), "indicators.csv", "PDS-I01", 4),
        (lambda: edited("version: 1.0.0", "key: again"), "scheme.yaml", "key: again", 1),
    ],
    ids=["unknown field", "formula", "duplicate"],
)
async def test_what_is_wrong_with_files_is_told_with_file_line_and_column(
    office: Office, given: Any, file: str, line: str, column: int
) -> None:
    sent = given()
    said = problem(await send(office.editor, "POST", "/schemes/files", sent, data={"region": "cn/sn"}), "invalid", 422)
    (error,) = said["errors"]
    assert (error["file"], error["column"]) == (file, column)
    assert sent[file].decode().splitlines()[error["line"] - 1].startswith(line)
    assert error["advice"]["zh"] != error["advice"]["en"]


async def test_too_much_is_refused_before_it_is_read(office: Office) -> None:
    large = {"scheme.yaml": b"x" * (10 * 1024 * 1024 + 1)}
    problem(await send(office.editor, "POST", "/schemes/files", large, data={"region": "cn/sn"}), "too_large", 413)
    twice = [("files", ("scheme.yaml", b"x")), ("files", ("scheme.yaml", b"y"))]
    answer = await office.editor.http.post(
        "/api/v1/schemes/files", files=twice, data={"region": "cn/sn"}, headers=office.editor.headers()
    )
    problem(answer, "invalid", 422)
    problem(await office.editor.post("/schemes/files", {"region": "cn/sn"}), "media_type", 415)


# ------------------------------------------------------------------------------------------------- reading


async def test_a_version_is_validated_without_being_published(office: Office) -> None:
    definition = office.definition(effective_from=None)
    del definition["basis"]["/look_back/mode"]
    drafted = await office.editor.post("/schemes", {"region": "cn/sn", "definition": definition})
    said = (await office.editor.post(f"/schemes/{drafted.json()['id']}/validate")).json()
    assert said["publishable"] is False
    assert [(one["pointer"], one["rules"]) for one in said["problems"]] == [("/effective_from", ["GAP-QH-17"])]
    assert [one["pointer"] for one in said["warnings"]] == ["/look_back/mode"]
    sound = (await office.editor.post(f"/schemes/{office.cast.scheme}/validate")).json()
    assert (sound["publishable"], sound["problems"], sound["warnings"]) == (True, [], [])


async def test_a_value_tells_on_what_it_rests(office: Office) -> None:
    path = f"/schemes/{office.cast.scheme}/basis"
    said = (await office.editor.get(path, at="/tracks/0/attainment_min/share")).json()
    assert (said["pointer"], said["mark"]) == ("/tracks/area/attainment_min", "D")
    assert said["articles"] == [dict(article("QH-08a", "en"))]
    assert len((await office.editor.get(path)).json()["items"]) == len(REFERENCE.basis)
    problem(await office.editor.get(path, at="/nowhere"), "not_found", 404)


async def test_two_versions_are_compared_and_what_goes_on_under_the_old_one_is_counted(office: Office) -> None:
    await office.cast.draft()
    new, _ = await office.draft(publicity={**office.definition()["publicity"], "days": 7})
    said = (await office.editor.get(f"/schemes/{office.cast.scheme}/diff/{new}")).json()
    assert [(one["pointer"], one["old"], one["new"]) for one in said["changes"]] == [
        ("/key", "reference", office.key),
        ("/publicity/days", 5, 7),
    ]
    assert (said["appear"], said["disappear"]) == ([], [])
    assert said["running"]["case"] > 0
    problem(await office.editor.get(f"/schemes/{office.cast.scheme}/diff/none"), "not_found", 404)


# ------------------------------------------------------------------------------------------------- retiring


@pytest.mark.req("INV-20")
@pytest.mark.req("GAP-SX-10")
async def test_a_version_is_retired_by_two_when_nothing_runs_under_it(office: Office) -> None:
    scheme, _ = await office.draft()
    problem(await office.approver.post(f"/schemes/{scheme}/retire"), "illegal", 409)
    await office.approver.post(f"/schemes/{scheme}/publish")
    window: dict[str, Any] = {"number": 1, "naming_year": 2024, "opens": "2024-02-22", "closes": "2024-12-31"}
    batch = await office.approver.made("batches", scheme=scheme, **window)
    said = problem(await office.approver.post(f"/schemes/{scheme}/retire"), "guard", 409)
    assert said["errors"][0]["missing"] == [batch]
    for who in (office.approver, office.second):
        await who.must("batches", batch, "cancel_batch", text="never opened at all")
    asked = await office.approver.post(f"/schemes/{scheme}/retire")
    assert asked.status_code == 202
    proposal = asked.json()["proposal"]
    assert (await office.second.get(f"/proposals/{proposal}")).json()["status"] == "open"
    problem(await office.approver.post(f"/schemes/{scheme}/retire"), "person", 409)
    assert (await office.second.post(f"/schemes/{scheme}/retire")).json()["status"] == "retired"
    assert (await office.second.get(f"/proposals/{proposal}")).json()["status"] == "confirmed"
    again = await office.approver.post(f"/schemes/{scheme}/retire")
    assert (again.status_code, again.json()["status"]) == (200, "retired")
    refused = await office.approver.create("batches", scheme=scheme, **window | {"number": 2})
    assert problem(refused, "guard", 409)["errors"][0]["code"] == "scheme_published"


async def test_a_proposal_to_retire_can_be_taken_back(office: Office) -> None:
    scheme = await office.published()
    proposal = (await office.approver.post(f"/schemes/{scheme}/retire")).json()["proposal"]
    assert (await office.approver.post(f"/proposals/{proposal}/withdraw")).json()["status"] == "withdrawn"
    assert (await office.second.post(f"/schemes/{scheme}/retire")).status_code == 202


@pytest.mark.parametrize(
    "given",
    [
        {"scheme.yaml": b""},
        {"scheme.yaml": b"a: &a [*a]"},
        {"scheme.yaml": b"\x00\x01"},
        {"scheme.yaml": b"key: \xff\xfe"},
        {"": b"x"},
        {"../scheme.yaml": b"key: [", "scheme.yaml.csv": b"="},
        {"scheme.yaml": b"basis: {x: y}\nindicator_system: {ref: scheme.yaml}"},
        {"scheme.yaml": b"scoring: 1\nindicator_system: {ref: a.csv}", "a.csv": b"code,kind\n"},
        {"scheme.yaml": ("a: " + "[" * 900 + "]" * 900).encode()},
    ],
)
async def test_no_file_breaks_the_import(office: Office, given: dict[str, bytes]) -> None:
    clear(await send(office.editor, "POST", "/schemes/files", given, data={"region": "cn/sn"}))
