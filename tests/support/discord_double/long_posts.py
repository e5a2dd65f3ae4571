"""Posts of three messages that tell which part of which post they are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

from tests.support.posts import write_post

PARTS = 3
FAULTS = ("lost", "doubled", "out of order")
_SENTENCE = "모델이 문서를 읽고 답을 찾는 방법을 다룬 소식이에요. "
_CHARACTERS = 3900
"""Of each section: two do not fit into one message's 6,000."""
_HEADING = re.compile(r"(?P<slug>\S+) part (?P<part>\d+)")


def write_long_post(folder: Path, slug: str, day: str | None = None) -> Path:
    """A post of ``PARTS`` messages, of today: what is dated long before it comes is archive."""
    day = day or datetime.now(UTC).date().isoformat()
    sections = (
        f"## {slug} part {part}\n\n{(_SENTENCE * 200)[:_CHARACTERS].rstrip()}" for part in range(PARTS)
    )
    return write_post(
        folder, f"{day}-{slug}.md", title=f"소식 {slug}", body="\n\n".join(sections), date=day, slug=slug
    )


def parts_of(messages: Iterable[Mapping[str, Any]]) -> list[tuple[str, int]]:
    """Slug and number of each message, in order; of messages that are no part of a long post, nothing."""
    titles = (embed.get("title") or "" for message in messages for embed in message["embeds"])
    found = (_HEADING.fullmatch(title) for title in titles)
    return [(match["slug"], int(match["part"])) for match in found if match]


def whole(*slugs: str) -> list[tuple[str, int]]:
    """What ``parts_of`` finds where every part of each post is there once and in order."""
    return [(slug, part) for slug in slugs for part in range(PARTS)]


def faults_in(parts: Sequence[tuple[str, int]], slugs: Sequence[str]) -> dict[str, int]:
    """How many parts are lost, doubled or out of order in one channel that was owed the posts, in order."""
    place = {part: number for number, part in enumerate(whole(*slugs))}
    once = list(dict.fromkeys(parts))
    lost = len(place.keys() - set(parts))
    out_of_order = sum(place[later] < place[earlier] for earlier, later in pairwise(once))
    return dict(zip(FAULTS, (lost, len(parts) - len(once), out_of_order), strict=True))
