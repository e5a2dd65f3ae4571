"""The posts and channels that the operator's options offer, and which one is meant by what was typed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from msgspec import Struct

from bot.formatting.cards import shortened
from bot.formatting.offers import MOST_OFFERS, Offer
from bot.formatting.plain import title_of
from bot.i18n import Words
from bot.patterns import regex
from bot.posts.archive import Archive
from bot.posts.models import Post

_NAME: Final = 100
"""Characters of a choice's name (https://discord.com/developers/docs/interactions/application-commands)."""
_CHANNEL: Final = regex(r"(?:<#)?(\d{1,20})>?")
LARGEST_ID: Final = 2**63 - 1
"""What a database holds; a forged id may be larger."""


class ChannelName(Struct, frozen=True, kw_only=True):
    """A subscribed channel as an operator knows it; the names are None where the client has none."""

    channel_id: int
    name: str | None = None
    server: str | None = None

    def __str__(self) -> str:
        """``#name · server``, or what is known of it; plain text."""
        own = f"#{self.name}" if self.name else str(self.channel_id)
        return f"{own} · {self.server}" if self.server else own


def post_offers(archive: Archive, typed: str, words: Words) -> list[Offer]:
    """Posts whose slug, title or date holds what is typed, the newest first."""
    wanted = " ".join(typed.casefold().split())
    found: list[Post] = []
    for post in reversed(archive.posts):
        if wanted in post.date.isoformat() or wanted in post.slug.casefold() or wanted in _title(post):
            found.append(post)
            if len(found) == MOST_OFFERS:
                break
    return [
        Offer(name=shortened(f"{words.date(post.date)} · {title_of(post)}", _NAME), value=post.key)
        for post in found
    ]


def find_post(archive: Archive, typed: str) -> Post | None:
    """The post whose key, slug, path, date or title was typed; of several, and of all, the newest."""
    wanted = typed.strip()
    if not wanted:
        return archive.posts[-1] if archive.posts else None
    exact = archive.by_key(wanted) or archive.by_slug(wanted)
    if exact is not None:
        return exact
    folded = " ".join(wanted.casefold().split())
    newest = reversed(archive.posts)
    return next(
        (post for post in newest if folded in {post.date.isoformat(), post.path.casefold(), _title(post)}),
        None,
    )


def channel_offers(channels: Iterable[ChannelName], typed: str) -> list[Offer]:
    """Channels whose name, server or id holds what is typed."""
    wanted = typed.strip().casefold()
    fitting = (channel for channel in channels if wanted in f"{channel} {channel.channel_id}".casefold())
    names = sorted(fitting, key=lambda channel: (channel.name is None, str(channel), channel.channel_id))
    return [
        Offer(name=shortened(str(channel), _NAME), value=str(channel.channel_id))
        for channel in names[:MOST_OFFERS]
    ]


def find_channel(channels: Sequence[ChannelName], typed: str) -> int | None:
    """The id of the channel that was chosen or typed: an id, a mention, or a name that only one has."""
    if match := _CHANNEL.fullmatch(typed.strip()):
        number = int(match[1])
        return number if number <= LARGEST_ID else None
    wanted = typed.strip().casefold().removeprefix("#")
    named = [channel for channel in channels if wanted in {(channel.name or "").casefold(), _full(channel)}]
    return named[0].channel_id if len(named) == 1 else None


def _full(channel: ChannelName) -> str:
    return str(channel).casefold().removeprefix("#")


def _title(post: Post) -> str:
    return " ".join(post.title.casefold().split())
