"""Posts and files for tests."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

from bot.posts.models import FrontMatter, Importance, Post, Tag
from bot.replacing import replace


def post(
    slug: str, day: str = "2024-05-04", body: str = "본문이에요.", published_at: datetime | None = None
) -> Post:
    """A small post."""
    meta = FrontMatter(
        title=f"제목 {slug}", date=date.fromisoformat(day), slug=slug, published_at=published_at
    )
    return Post(meta=meta, body=body, path=f"{slug}.md", content_hash=f"{slug}:{hash(body)}")


def tagged(slug: str, *tags: str) -> Post:
    """A small post under some tags."""
    plain = post(slug)
    return replace(plain, meta=replace(plain.meta, tags=tuple(Tag(name=tag) for tag in tags)))


def important(slug: str, importance: Importance) -> Post:
    """A small post that is to arrive in this manner."""
    plain = post(slug)
    return replace(plain, meta=replace(plain.meta, importance=importance))


def write_post(
    folder: Path, name: str, title: str = "오늘의 소식", body: str = "본문이에요.", **keys: str
) -> Path:
    """A post's file; further keys go into its front matter as they are."""
    lines = [f'title: "{title}"', *(f"{key}: {value}" for key, value in keys.items())]
    path = folder / name
    path.write_text("---\n" + "\n".join(lines) + "\n---\n\n" + body + "\n", encoding="utf-8")
    return path
