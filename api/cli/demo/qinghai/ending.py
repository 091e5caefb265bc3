"""The end: every refusal of the story stands in the audit chain with its rule (INV-16)."""

from __future__ import annotations

from api.cli.demo.qinghai.cast import HOLDERS
from api.cli.demo.qinghai.register import Register

REFUSED = {
    "cases": {"QH-08f", "QH-15a"},
    "batches": {"QH-03a"},
    "designations": {
        "QH-06d", "QH-06e", "QH-06f", "QH-07d", "QH-08a", "QH-08b", "QH-08c", "QH-08d", "QH-08f", "QH-09c", "QH-09d",
        "QH-10a", "QH-10b", "QH-10c", "QH-10d", "QH-10e", "QH-10f", "QH-10g", "QH-10h", "QH-11a", "QH-11b",
        "QH-12-6", "QH-13-5", "QH-14a",
    },
}  # fmt: skip
"""The rules for which something was refused, by the kind of file in which that is noted."""


def check_the_chain(at: Register) -> None:
    """Read back from the files themselves, not from the answers of the day."""
    at.tell.chapter(at.today, ("审计链", "The audit chain"))
    files = {
        "cases": (at.cases["d"], *at.returning),
        "batches": tuple(at.batches.values()),
        "designations": tuple(at.titles[holder] for holder in HOLDERS),
    }
    for kind, rules in REFUSED.items():
        entries = [e for file in files[kind] for e in at.wang.timeline(kind, file) if e["result"] == "refused"]
        lacking = rules - {rule for e in entries for rule in e["rules"]}
        said = (
            f"{kind}：{len(entries)} 次拒绝均留痕，含条款",
            f"{kind}: {len(entries)} refusals on record, each with its rules",
        )
        at.tell.holds(not lacking, said, sorted(lacking))
