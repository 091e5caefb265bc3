"""What section 4 asks for besides: news, reports in journal and on site, good practice (SX-40, SX-41, SX-43, SX-44)."""

from __future__ import annotations

from api.cli.demo.scene import CREATED
from api.cli.demo.shanxi.line import Line

KINDS = ("publicity_news", "journal", "website", "good_practice")


def publicise(at: Line) -> None:
    """Each has its readers; one person writes it and another one approves it."""
    asked = {one["key"]: one for one in at.definition["bulletins"]}
    for kind in KINDS:
        facts = [{"text": "示范创建进展顺利", "en": "The creation goes well"}]
        draft = at.tell.step(at.office.create("bulletins", at.batch, kind=kind, facts=facts), status=CREATED)
        at.tell.step(at.second.act("bulletins", draft.id, "approve_bulletin"))
        at.tell.step(at.office.act("bulletins", draft.id, "issue_bulletin"), "issued")
        readers = at.office.get(f"/bulletins/{draft.id}").body["data"]["audience"]
        title = asked[kind]["title"]
        at.tell.holds(
            readers == asked[kind]["audience"], (f"{title['zh']}：{readers}", f"{title['en']}: {readers}"), readers
        )
