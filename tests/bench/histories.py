"""How many events of Temporal history an operation leaves, and of which kind."""

from __future__ import annotations

from collections import Counter

from temporalio.api.enums.v1 import EventType
from temporalio.client import Client

from tests.bench.sides import Side


async def client_of(side: Side) -> Client:
    return await Client.connect(side.server.address, namespace=side.server.namespace)


async def events(client: Client, workflow: str) -> Counter[str]:
    """The events of the latest run of a workflow, by kind."""
    history = await client.get_workflow_handle(workflow).fetch_history()
    return Counter(EventType.Name(e.event_type).removeprefix("EVENT_TYPE_").lower() for e in history.events)


async def by_machine(client: Client) -> dict[str, list[int]]:
    """The number of events of every workflow there is, by the kind of its thing."""
    found: dict[str, list[int]] = {}
    async for one in client.list_workflows():
        count = (await events(client, one.id)).total()
        found.setdefault(one.id.partition(":")[0], []).append(count)
    return found


async def longest(client: Client, sample: int = 200) -> dict[str, int]:
    """The most events of any run, by the kind of its thing. Of each kind so many runs are looked at."""
    looked: Counter[str] = Counter()
    found: dict[str, int] = {}
    async for one in client.list_workflows():
        machine = one.id.partition(":")[0]
        looked[machine] += 1
        if looked[machine] <= sample:
            history = await client.get_workflow_handle(one.id, run_id=one.run_id).fetch_history()
            found[machine] = max(found.get(machine, 0), len(history.events))
    return found


def told(counted: Counter[str]) -> str:
    """The kinds in one line: `2 timer_started, 1 marker_recorded`."""
    return ", ".join(f"{count} {kind}" for kind, count in counted.most_common())
