"""Two who act at once on one revision: exactly one wins, the other is told that it saw an old one."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import func, select

from service.contracts import Command, Result
from service.records import audit, inbox
from service.records.commit import Commit
from service.records.database import Database
from service.records.rows import AUDIT, PROPOSAL, THING
from tests.support.cast import FULL, INDICATORS, Cast, County, bring, paper
from tests.support.problems import problem


async def _whole(cast: Cast, case: str) -> None:
    """The chain of the case verifies, and its revisions were counted one by one."""
    async with cast.place.database.read.connect() as db:
        assert [broken async for _, _, broken in audit.verify(db, case)] == [None]
        rows = (await db.execute(select(AUDIT).where(AUDIT.c.chain == case).order_by(AUDIT.c.seq))).all()
    assert [r.seq for r in rows] == list(range(1, len(rows) + 1))


@pytest.mark.parametrize("turn", range(12))
async def test_of_two_clerks_on_one_revision_one_wins_and_the_other_gets_412(cast: Cast, turn: int) -> None:
    at = await cast.enrolled()
    colleague = await cast.place.person(f"colleague.{at.code}", ("county_government", f"region:cn/sn/yulin/{at.code}"))
    seen = await at.clerk.etag("cases", at.case)
    form = paper("work_plan", at, author="one")
    one, other = await asyncio.gather(
        at.clerk.post(f"/cases/{at.case}/actions/submit_artefact", {"form": form}, **{"If-Match": seen}),
        colleague.post(
            f"/cases/{at.case}/actions/submit_artefact", {"form": {**form, "author": "other"}}, **{"If-Match": seen}
        ),
    )
    won, lost = sorted((one, other), key=lambda a: a.status_code)
    assert won.status_code == 200, (one.text, other.text)
    said = problem(lost, "stale", 412)
    now = await at.clerk.etag("cases", at.case)
    assert now == won.headers["ETag"] == f'"{said["revision"]}"'
    filed = (await at.clerk.get(f"/cases/{at.case}")).json()["stage"]["artefacts"]["work_plan"]["author"]
    assert filed == ("one" if won is one else "other")
    await _whole(cast, at.case)


async def test_of_many_on_one_revision_one_wins(cast: Cast) -> None:
    at = await cast.enrolled()
    for _ in range(5):
        seen = await at.clerk.etag("cases", at.case)
        answers = await asyncio.gather(*(
            at.clerk.post(
                f"/cases/{at.case}/actions/submit_artefact", {"form": paper("work_plan", at, author=f"a{n}")}, **{"If-Match": seen}
            )
            for n in range(8)
        ))  # fmt: skip
        assert Counter(a.status_code for a in answers) == {200: 1, 412: 7}
    await _whole(cast, at.case)


async def _one(at: County, key: str) -> int:
    """Try until it is taken, reading again after each 412, as a program would."""
    for _ in range(50):
        seen = await at.clerk.etag("cases", at.case)
        form = paper("work_plan", at, author=key)
        answer = await at.clerk.post(f"/cases/{at.case}/actions/submit_artefact", {"form": form}, **{"If-Match": seen})
        if answer.status_code != 412:
            return answer.status_code
    raise AssertionError("never taken")


async def test_whoever_reads_again_after_a_412_is_taken_in_the_end(cast: Cast) -> None:
    at = await cast.enrolled()
    before = int((await at.clerk.etag("cases", at.case)).strip('"'))
    assert set(await asyncio.gather(*(_one(at, f"a{n}") for n in range(6)))) == {200}
    assert int((await at.clerk.etag("cases", at.case)).strip('"')) == before + 6
    await _whole(cast, at.case)


async def test_edits_of_scores_never_collide_with_decisions_or_each_other(cast: Cast) -> None:
    at = await cast.enrolled()
    await bring(cast, at, "self_check")
    offices = [
        await cast.place.person(f"office{n}.{at.code}", ("responsible_department", f"region:cn/sn/yulin/{at.code}"))
        for n in range(3)
    ]
    revision = await at.clerk.etag("cases", at.case)
    share = dict.fromkeys(INDICATORS[:30], "1")
    answers = await asyncio.gather(*(o.put(f"/cases/{at.case}/scores", {"scores": share}) for o in offices))
    assert {a.status_code for a in answers} == {200}, [a.text for a in answers]
    assert await at.clerk.etag("cases", at.case) == revision
    rated = (await at.clerk.get(f"/cases/{at.case}/scores")).json()["items"]
    assert len(rated) == 30
    assert all(len(i["ratings"]) == 3 for i in rated)
    assert (await at.clerk.put(f"/cases/{at.case}/scores", {"scores": FULL})).status_code == 200
    await _whole(cast, at.case)


async def test_cases_of_one_batch_do_not_stand_in_each_others_way(cast: Cast) -> None:
    counties = [await cast.draft() for _ in range(8)]
    answers = await asyncio.gather(*(at.clerk.act("cases", at.case, "enroll") for at in counties))
    assert {a.status_code for a in answers} == {200}, [a.text for a in answers]
    assert {await at.state() for at in counties} == {"mobilization"}


async def _kept(database: Database, command: Command) -> Result | None:
    async with database.read.connect() as db:
        return await inbox.seen_before(db, command)


@pytest.mark.parametrize("word", ["receive", "void"])
async def test_a_command_answered_while_it_is_given_up_keeps_its_answer(cast: Cast, word: str) -> None:
    """The key is being written by the commit at the very moment when the caller's time is over."""
    at = await cast.enrolled()
    command = Command("k", at.clerk.name, "case", at.case, "withdraw", f"case:{at.case}")
    answer = Result("done", at.case, "case", "withdrawn", 3)
    place = cast.place
    async with place.database.write.connect() as db:
        commit = await db.begin()
        await inbox.remember(db, command, answer, exists=False)
        given_up = asyncio.create_task(getattr(inbox, word)(place.database, command))
        await asyncio.sleep(0.2)
        assert not given_up.done()
        await commit.commit()
    assert await given_up == (answer if word == "receive" else False)
    assert await _kept(place.database, command) == answer


@contextlib.asynccontextmanager
async def _held(cast: Cast, at: County) -> AsyncIterator[None]:
    """Whoever wants to commit on this case has to wait until this is over."""
    async with cast.place.database.write.begin() as db:
        await db.execute(select(THING.c.id).where(THING.c.id == at.case).with_for_update())
        yield
        await asyncio.sleep(0.3)


def _filing(at: County, key: str) -> Command:
    roles = [["county_government", f"region:cn/sn/yulin/{at.code}"]]
    return Command(key, at.clerk.name, "case", at.case, "submit_artefact", f"case:{at.case}", paper("work_plan", at),
                   roles=roles)  # fmt: skip


async def _filed(cast: Cast, at: County) -> int:
    query = select(func.count()).where(
        AUDIT.c.chain == at.case, AUDIT.c.event == "submit_artefact", AUDIT.c.result == "applied"
    )
    async with cast.place.database.read.connect() as db:
        return int((await db.execute(query)).scalar_one())


async def test_a_kept_command_that_two_workers_try_at_once_is_done_once(cast: Cast) -> None:
    at, place = await cast.enrolled(), cast.place
    command, commit = _filing(at, "kept"), Commit(place.database, place.clock)
    assert await inbox.receive(place.database, command) is None
    async with _held(cast, at):
        tries = [asyncio.create_task(commit(command)) for _ in range(2)]
    answers = await asyncio.gather(*tries)
    assert [a.status for a in answers] == ["done", "done"]
    assert answers[0].revision == answers[1].revision
    assert await _filed(cast, at) == 1


async def test_a_command_that_is_kept_while_its_commit_waits_is_done_once(cast: Cast) -> None:
    """Its caller was told 202 just before the commit got its turn."""
    at, place = await cast.enrolled(), cast.place
    command = _filing(at, "late")
    async with _held(cast, at):
        trying = asyncio.create_task(Commit(place.database, place.clock)(command))
        await asyncio.sleep(0.2)
        keeping = asyncio.create_task(inbox.receive(place.database, command))
    assert (await trying).status == "done"
    await keeping
    assert (await inbox.status_of(place.database, command.principal, command.key)).status == "done"
    assert await _filed(cast, at) == 1


async def test_a_command_that_is_kept_again_stays_the_row_that_its_commit_found(cast: Cast) -> None:
    at, place = await cast.enrolled(), cast.place
    command = _filing(at, "again")
    await inbox.receive(place.database, command)
    first = await inbox.status_of(place.database, command.principal, command.key)
    await inbox.receive(place.database, command)
    assert (await inbox.status_of(place.database, command.principal, command.key)).at == first.at


async def test_scores_sent_twice_at_once_under_one_key_are_one_request(cast: Cast) -> None:
    at = await cast.enrolled()
    await bring(cast, at, "self_check")
    body = {"scores": dict.fromkeys(INDICATORS[:3], "1")}
    async with _held(cast, at):
        sent = [asyncio.create_task(at.clerk.put(f"/cases/{at.case}/scores", body, key="s")) for _ in range(2)]
    answers = await asyncio.gather(*sent)
    assert [a.status_code for a in answers] == [200, 200], [a.text for a in answers]
    assert answers[0].json() == answers[1].json()
    assert answers[0].json()["self"] == f"/api/v1/cases/{at.case}"
    await _whole(cast, at.case)


async def test_a_proposal_taken_back_at_the_last_moment_is_not_confirmed(cast: Cast) -> None:
    at, place = await cast.enrolled(), cast.place
    await cast.chief.must("cases", at.case, "open_fact_finding", text="a hint came in")
    await cast.chief.must("cases", at.case, "close_fact_finding", report="it is forged", confirmed=True)
    proposal = (await cast.chief.act("cases", at.case, "disqualify")).json()["proposal"]
    seen = await cast.deputy.etag("cases", at.case)
    async with place.database.write.begin() as db:
        mine = PROPOSAL.c.id == proposal
        await db.execute(select(PROPOSAL.c.id).where(mine).with_for_update())
        path = f"/cases/{at.case}/actions/disqualify"
        confirming = asyncio.create_task(cast.deputy.post(path, **{"If-Match": seen}))
        await asyncio.sleep(0.3)
        await db.execute(PROPOSAL.update().where(mine).values(status="withdrawn"))
    assert (await confirming).status_code == 202
    assert await at.state() == "mobilization"
