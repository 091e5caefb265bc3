"""Every story there is, by the programme that it plays."""

from __future__ import annotations

from typing import Any

import api.cli.demo.haiyuan.story as haiyuan
import api.cli.demo.pingdingshan.story as pingdingshan
import api.cli.demo.qinghai.story as qinghai
import api.cli.demo.reference.story as reference
import api.cli.demo.shanxi.story as shanxi
import api.cli.demo.yulin.story as yulin
from api.cli.demo.story import Story

STORIES: dict[str, Story[Any]] = {
    story.programme: story
    for story in (
        reference.STORY,
        qinghai.STORY,
        shanxi.STORY,
        pingdingshan.STORY,
        haiyuan.STORY,
        yulin.STORY,
    )
}
