"""Time-outs and retry policies, each with its reason. Everything a workflow asks for is safe to repeat."""

from __future__ import annotations

from datetime import timedelta

from temporalio.common import RetryPolicy

FOR_EVER = RetryPolicy(initial_interval=timedelta(milliseconds=100), maximum_interval=timedelta(seconds=10))
"""A commit that gave up would leave its workflow behind the record; the database comes back, so it waits."""

COMMIT_WITHIN = timedelta(seconds=30)
"""One transaction. SQLite waits up to 15 s for its turn."""

DELIVER_WITHIN = timedelta(hours=1)
DELIVER_HEARTBEAT = timedelta(seconds=10)
"""A naming decision may tell thousands of cases. The worker that does beats all the while; another takes over soon."""
