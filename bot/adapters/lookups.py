"""What the look-up commands, buttons and selects share: from a post, a day or a tag to a page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.adapters.composer import CachedComposer
from bot.adapters.library import Library
from bot.formatting.compose import Layout
from bot.formatting.messages import Message
from bot.formatting.pages import day_turner, list_page, reading_page, tag_turner
from bot.i18n import Words
from bot.posts.models import Post
from bot.posts.sections import sections_of
from bot.posts.tags import tag_key


@dataclass(frozen=True, slots=True)
class Lookups:
    """Pages for readers, made from the posts in service."""

    library: Library
    composer: CachedComposer

    async def page(self, post: Post, words: Words, *, index: int = 0, section: int | None = None) -> Message:
        """A page of the post; a section that is gone since falls back to the whole post."""
        sections = sections_of(post)
        if section is not None and section >= len(sections):
            section = None
        if section is None:
            messages = await self.composer.messages(post, Layout.FULL, words.locale)
        else:
            messages = await self.composer.section(post, section, words.locale)
        return reading_page(post, messages, sections, index=index, section=section, words=words)

    async def page_by_key(
        self, key: str, words: Words, *, index: int = 0, section: int | None = None
    ) -> Message:
        """A page of the post with this key, or the sentence that it is gone."""
        post = self.library.archive.by_key(key)
        if post is None:
            return Message(content=words("news.gone"))
        return await self.page(post, words, index=index, section=section)

    async def on_day(self, day: date, words: Words, *, index: int = 0) -> Message | None:
        """The post of a day, or a list where there are several; None where there is none."""
        posts = self.library.archive.on(day)[::-1]
        heading = words("list.day", day=words.date(day))
        return await self._one_or_list(posts, heading, words, index, day=day)

    async def with_tag(self, name: str, words: Words, *, index: int = 0) -> Message | None:
        """The posts under a tag, newest first; None where there is none."""
        posts = self.library.archive.tagged(name)
        return await self._one_or_list(posts, words("list.tag", tag=name), words, index, tag=name)

    async def _one_or_list(
        self,
        posts: Sequence[Post],
        heading: str,
        words: Words,
        index: int,
        *,
        day: date | None = None,
        tag: str = "",
    ) -> Message | None:
        if not posts:
            return None
        if len(posts) == 1:
            return await self.page(posts[0], words)
        turn_id = day_turner(day) if day else tag_turner(tag_key(tag))
        return list_page(posts, heading, turn_id, index=index, words=words)
