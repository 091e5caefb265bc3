"""The same key asked again within one run of a workflow: the engine repeats no answer that was not for good."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from api.cli.processes import EmbeddedTemporal
from service.contracts import Command
from service.records import inbox
from tests.support.house import Installation, installation
from tests.support.temporal import connect


@pytest.fixture
async def place(temporal_server: EmbeddedTemporal, tmp_path: Path) -> AsyncIterator[Installation]:
    client = await connect(temporal_server)
    async with installation(client, f"sqlite+aiosqlite:///{tmp_path}/s.db", tmp_path) as place:
        yield place


async def enrolment(place: Installation) -> Command:
    """The enrolment of a county's draft, as it travels."""
    editor = await place.person("editor", ("scheme_editor", "region:cn"))
    chief = await place.person("chief", ("scheme_approver", "region:cn"), ("provincial_lbg_office", "region:cn"))
    county = await place.person("county", ("county_government", "region:cn/sn/yulin/jiaxian"))
    scheme = (await editor.post("/schemes", {"region": "cn/sn", "shipped": "reference"})).json()["id"]
    await chief.post(f"/schemes/{scheme}/publish")
    window = {"opens": "2024-02-22", "closes": "2024-12-31"}
    batch = (await chief.create("batches", scheme=scheme, number=1, naming_year=2024, **window)).json()["id"]
    await chief.act("batches", batch, "open_batch")
    case = (await county.create("cases", parent=batch, track="area", jurisdiction="jiaxian")).json()["id"]
    roles = [["county_government", "region:cn/sn/yulin/jiaxian"]]
    return Command("again", "county", "case", case, "enroll", f"case:{case}", form={}, revision=1, roles=roles)


async def test_a_stale_command_is_carried_out_under_its_key_once_it_names_the_right_revision(
    place: Installation,
) -> None:
    send, command = place.house.gateway.courier.send, await enrolment(place)
    assert (await send(replace(command, revision=7))).status == "stale"
    assert (await send(command)).status == "done"


async def test_a_command_that_was_told_503_is_carried_out_when_it_is_asked_again(place: Installation) -> None:
    send, command = place.house.gateway.courier.send, await enrolment(place)
    await inbox.void(place.database, command)
    assert (await send(command)).status == "void"
    await inbox.unvoid(place.database, command.principal, command.key)
    assert (await send(command)).status == "done"


async def test_a_command_that_was_done_is_answered_as_the_first_time(place: Installation) -> None:
    send, command = place.house.gateway.courier.send, await enrolment(place)
    first = await send(command)
    again = await send(command)
    assert (first.status, first.state) == ("done", "mobilization")
    assert (again.status, again.revision, again.allowed) == ("done", first.revision, first.allowed)


async def test_a_command_that_was_kept_for_its_length_is_forgotten_when_it_is_refused_and_never_when_it_was_done(
    place: Installation,
) -> None:
    send, command = place.house.gateway.courier.send, await enrolment(place)
    stale = replace(command, revision=7)
    assert await inbox.receive(place.database, stale) is None
    assert (await send(inbox.by_key(stale))).status == "stale"
    await inbox.forget(place.database, stale)
    assert await inbox.receive(place.database, command) is None
    assert (await send(inbox.by_key(command))).status == "done"
    await inbox.forget(place.database, command)
    first = await inbox.receive(place.database, command)
    assert first is not None
    assert (first.status, first.state) == ("done", "mobilization")
