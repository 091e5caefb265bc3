"""On the real clock workflows sleep by their own timers; here the server skips the time between."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from temporalio.api.enums.v1 import EventType

from tests.support.double import Record, records

DAY = timedelta(days=1)
MOMENT = timedelta(minutes=5)


async def _events(record: Record) -> Counter[str]:
    return Counter(EventType.Name(e.event_type) for e in (await record.history()).events)


async def test_a_workflow_sleeps_until_its_next_due_and_rings() -> None:
    async with records() as record:
        await record.first_due(30 * DAY, 90 * DAY)
        first, second = sorted(record.dues)
        await record.env.sleep(29 * DAY)
        assert record.rung == []
        await record.env.sleep(2 * DAY)
        await record.quiet()
        assert len(record.rung) == 1
        assert first <= record.rung[0] < first + MOMENT
        await record.env.sleep(90 * DAY)
        await record.quiet()
        assert len(record.rung) == 2
        assert second <= record.rung[1] < second + MOMENT


async def test_a_date_that_moved_to_an_earlier_day_is_rung_on_that_day() -> None:
    async with records() as record:
        await record.first_due(300 * DAY)
        earlier = await record.now() + 10 * DAY
        await record.act(dues=[earlier.isoformat()])
        await record.env.sleep(11 * DAY)
        await record.quiet()
        assert len(record.rung) == 1
        assert earlier <= record.rung[0] < earlier + MOMENT


async def test_a_date_that_moved_to_a_later_day_is_not_rung_before_it() -> None:
    async with records() as record:
        await record.first_due(10 * DAY)
        later = await record.now() + 100 * DAY
        await record.act(dues=[later.isoformat()])
        await record.env.sleep(50 * DAY)
        await record.quiet()
        assert record.rung == []
        await record.env.sleep(60 * DAY)
        await record.quiet()
        assert len(record.rung) == 1
        assert later <= record.rung[0] < later + MOMENT


async def test_a_first_date_is_armed_for_what_had_none() -> None:
    async with records() as record:
        await record.act()
        assert "EVENT_TYPE_TIMER_STARTED" not in await _events(record)
        due = await record.now() + 5 * DAY
        await record.act(dues=[due.isoformat()])
        await record.env.sleep(6 * DAY)
        await record.quiet()
        assert len(record.rung) == 1


async def test_commands_that_move_no_date_start_no_timer_and_cost_six_events_each() -> None:
    async with records() as record:
        await record.first_due(300 * DAY)
        await record.quiet()
        before = await _events(record)
        for _ in range(10):
            await record.act()
        added = await _events(record) - before
        assert sum(added.values()) == 60, added
        assert "EVENT_TYPE_TIMER_STARTED" not in added
        assert "EVENT_TYPE_TIMER_CANCELED" not in added


async def test_thousands_of_dates_cost_one_timer() -> None:
    async with records() as record:
        await record.first_due(*(n * DAY for n in range(20, 2_020)))
        await record.quiet()
        assert (await _events(record))["EVENT_TYPE_TIMER_STARTED"] == 1


async def test_a_follow_up_is_carried_out_at_once_while_the_alarm_sleeps() -> None:
    async with records() as record:
        await record.first_due(300 * DAY)
        await record.act(follow_ups=True)
        await record.courier.wake(record.owner)
        assert record.delivered == 1
        assert not record.follow_ups
        await record.env.sleep(301 * DAY)
        await record.quiet()
        assert len(record.rung) == 1


async def test_a_life_that_is_over_ends_its_workflow_and_answers_whoever_ended_it() -> None:
    async with records() as record:
        await record.first_due(300 * DAY)
        result = await record.act(over=True)
        assert result.status == "done"
        assert await record.handle.result() == "planned"
        assert record.rung == []
