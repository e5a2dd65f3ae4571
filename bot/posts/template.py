"""The text of a new post: front matter and the headings readers know, for an editor to fill."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from msgspec import Struct


class _Hints(Struct, frozen=True, kw_only=True):
    """What stands in for the text that is to be written, in one language."""

    description: str
    intro: str
    link: str
    topic: str
    point: str
    viewpoint: str
    overview: str
    group: str
    item: str


_HINTS: Mapping[str, _Hints] = MappingProxyType(
    {
        "ko": _Hints(
            description="이 글을 한두 문장으로 소개해 주세요.",
            intro="오늘의 소식을 두세 문장으로 소개해 주세요.",
            link="자세히 보기",
            topic="첫 번째 주제",
            point="무슨 일이 있었는지 한 문장으로 적어 주세요.",
            viewpoint="이 소식이 왜 중요한지, 앞으로 무엇을 지켜봐야 하는지 적어 주세요.",
            overview="오늘의 동향 요약",
            group="첫 번째 묶음",
            item="**굵은 제목**: 자세한 내용을 적어 주세요.",
        ),
        "en": _Hints(
            description="One or two sentences about this post.",
            intro="Two or three sentences about today's news.",
            link="Read more",
            topic="First topic",
            point="What happened, in one sentence.",
            viewpoint="Why this matters, and what to watch next.",
            overview="Today in short",
            group="First group",
            item="**A bold lead**: the details.",
        ),
    }
)

_TEMPLATE = """\
---
title: {title}
description: {description}
date: {day}
update: {day}
lang: {lang}
{draft}tags:{tags}
---

{hints.intro} [{hints.link}](https://example.com/)

## Today's Preview
* **{hints.topic}**
    - {hints.point} [{hints.link}](https://example.com/)

### AI Viewpoint 🤖
{hints.viewpoint}

## Today's Overview
### {hints.overview}

#### **{hints.group}**
- {hints.item}
"""


def new_post(title: str, day: dt.date, lang: str, tags: Sequence[str], *, draft: bool = True) -> str:
    """A post with this title, by default a draft; hints are Korean for ``ko`` and English otherwise."""
    hints = _HINTS.get(lang, _HINTS["en"])
    items = "".join(f"\n  - {_quoted(tag)}" for tag in tags)
    return _TEMPLATE.format(
        title=_quoted(title),
        description=_quoted(hints.description),
        day=day.isoformat(),
        lang=lang,
        draft="draft: true\n" if draft else "",
        tags=items or " []",
        hints=hints,
    )


def _quoted(text: str) -> str:
    """One line in double quotation marks; what JSON escapes, YAML reads alike (YAML 1.2, chapter 1.3)."""
    return json.dumps(" ".join(text.split()), ensure_ascii=False)
