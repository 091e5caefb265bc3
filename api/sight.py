"""Who sees what: the one rule behind every read, and what is open to all."""

from __future__ import annotations

from service.domain.facts import THE_PUBLIC, Thing, Who


def sees(who: Who, thing: Thing) -> bool:
    """Whether somebody may read a thing: a role held for where it lies; the public what is published.

    A batch is announced to all whom it may concern: everybody with an account sees it.
    """
    if thing.machine == "batch" and who is not THE_PUBLIC:
        return True
    return sees_file(who, thing) or is_public(thing)


def sees_file(who: Who, thing: Thing) -> bool:
    """Whether somebody may read all of a thing and the file in which it stands: a role held for where it lies.

    What is open to all opens only itself: a notice shows nothing of the case that it announces.
    """
    return any(held.role != "member_of_public" and held.covers(thing) for held in who.roles)


def is_public(thing: Thing) -> bool:
    """Notices that were opened, and titles: anybody may read these."""
    return (thing.machine == "public_notice" and "open_notice" in thing.by) or thing.machine == "designation"
