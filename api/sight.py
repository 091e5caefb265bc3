"""Who sees what: the one rule behind every read, and what is open to all."""

from __future__ import annotations

from service.domain.facts import NEW, THE_PUBLIC, Thing, Who


def sees(who: Who, thing: Thing) -> bool:
    """Whether somebody may read a thing: a role held for where it lies; the public what is published.

    A batch is announced to all whom it may concern: everybody with an account sees it.
    """
    if thing.machine == "batch" and who is not THE_PUBLIC:
        return True
    if any(held.role != "member_of_public" and held.covers(thing) for held in who.roles):
        return True
    return is_public(thing)


def is_public(thing: Thing) -> bool:
    """Notices that were opened, and titles: anybody may read these."""
    return (thing.machine == "public_notice" and thing.state not in (NEW, "draft")) or thing.machine == "designation"
