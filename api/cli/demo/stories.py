"""Every story there is, by the programme that it plays."""

from __future__ import annotations

from typing import Any

import api.cli.demo.reference.story as reference
from api.cli.demo.story import Story

STORIES: dict[str, Story[Any]] = {story.programme: story for story in (reference.STORY,)}
