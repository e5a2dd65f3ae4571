"""The status card: how the bot is doing, at a glance."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final

from msgspec import Struct, field

from bot.delivery.causes import is_failure
from bot.delivery.models import DeliveryState
from bot.formatting.escaping import code_span, escape_text
from bot.formatting.messages import Button, ButtonStyle, Card, Field, Message
from bot.formatting.operating import ids
from bot.formatting.operating.texts import BAD, GOOD, WARNING, cause_of_pause, moment, relative
from bot.i18n import Words

_VALUE: Final = 1000
"""A little under Discord's 1,024 characters of a field's value."""
_MOST_SHARDS: Final = 8
_MOST_CAUSES: Final = 5
_SLOW: Final = 0.5
"""Seconds of the gateway's latency."""
_MEGA: Final = 1024 * 1024


class Shard(Struct, frozen=True, kw_only=True):
    """A connection of this process; ``latency`` in seconds, None while there is none."""

    number: int
    latency: float | None


class Slot(Struct, frozen=True, kw_only=True):
    """A moment at which channels get posts."""

    at: datetime
    channels: int


class Status(Struct, frozen=True, kw_only=True):
    """Everything on the card. What is marked so is this process's alone.

    Attributes:
        started_at: aware; of this process.
        shards: this process's.
        guilds: servers of this process's shards.
        active: subscriptions that are served.
        paused: subscriptions that are not, by their cause.
        refused_files: files among the posts that cannot be used.
        newest: the newest post's title and day, in words.
        slots: the next ones, the earliest first.
        at_once: channels that get a post as soon as it is out.
        sent_today: messages since midnight, in the time zone of the settings.
        errors: the last lines of this process's log that tell of errors.
        errors_today: how many there were within a day.
        channels_waiting: channels that the present pass of this process has yet to serve.
        requests_waiting: this process's requests to Discord that wait for their turn.
        memory: bytes of this process; None where the system does not tell.
        content: where the posts come from, in a few words.
        content_failure: why they could not be fetched from there the last time.
        paused_since: since when all deliveries are paused.
        several: there may be other processes with the same database.
    """

    version: str
    started_at: datetime
    now: datetime
    shards: Sequence[Shard]
    shard_count: int
    guilds: int
    active: int
    paused: Mapping[str, int] = field(default_factory=dict)
    posts: int
    refused_files: int
    newest: str | None
    slots: Sequence[Slot] = ()
    at_once: int = 0
    ledger: Mapping[DeliveryState, int] = field(default_factory=dict)
    in_doubt: int = 0
    sent_today: int = 0
    errors: Sequence[str] = ()
    errors_today: int = 0
    channels_waiting: int = 0
    requests_waiting: int = 0
    memory: int | None = None
    database: str = ""
    content: str = ""
    content_failure: str | None = None
    paused_since: datetime | None = None
    several: bool = False


def status_message(status: Status, words: Words) -> Message:
    """The card, with a button that draws it anew."""
    colour, headline = _worst(status, words)
    fields = tuple(
        Field(name=name, value=value[:_VALUE], inline=inline)
        for name, value, inline in _fields(status, words)
        if value
    )
    card = Card(
        title=words("admin.status.title"),
        description=headline,
        colour=colour,
        fields=fields,
        footer=words("admin.status.process") if status.several else None,
        timestamp=status.now,
    )
    buttons = [Button(label=words("admin.status.refresh"), custom_id=ids.status_id(), emoji="🔄")]
    if status.in_doubt:
        label = words("admin.doubt.button", count=words.number(status.in_doubt))
        style = ButtonStyle.PRIMARY
        buttons.append(Button(label=label, custom_id=ids.doubt_id(), emoji="❔", style=style))
    return Message(cards=(card,), rows=(tuple(buttons),))


def _worst(status: Status, words: Words) -> tuple[int, str]:
    """The colour and the sentence of the worst that the card shows."""
    stopped = sum(count for cause, count in status.paused.items() if is_failure(cause))
    resting = sum(status.paused.values()) - stopped
    since = moment(status.paused_since) if status.paused_since else ""
    is_away = any(shard.latency is None for shard in status.shards)
    # The worst first; of each how many there are, none being none.
    ranked = (
        (BAD, "away", is_away),
        (BAD, "all_stopped", 0 if status.active else stopped),
        (WARNING, "paused", bool(since)),
        (WARNING, "nobody", not status.active),
        (WARNING, "doubt", status.in_doubt),
        (WARNING, "stopped", stopped),
        (WARNING, "not_fetched", bool(status.content_failure)),
        (WARNING, "unread", status.refused_files),
        (WARNING, "with_errors", status.errors_today),
        (GOOD, "resting", resting),
        (GOOD, "fine", True),
    )
    colour, name, count = next(row for row in ranked if row[2])
    return colour, words(f"admin.status.{name}", count=words.number(int(count)), since=since)


def _fields(status: Status, words: Words) -> Iterator[tuple[str, str, bool]]:
    number = words.number
    yield words("admin.status.running"), "\n".join(_running(status, words)), True
    yield words("admin.status.shards"), "\n".join(_shards(status, words)), True
    yield words("admin.status.channels"), "\n".join(_channels(status, words)), True
    yield words("admin.status.slots"), "\n".join(_slots(status, words)), True
    ledger = [words("admin.status.today", count=number(status.sent_today))]
    ledger += [
        words(f"admin.status.state.{state}", count=number(count))
        for state in DeliveryState
        if (count := status.ledger.get(state, 0))
    ]
    yield words("admin.status.ledger"), "\n".join(ledger), True
    queue = words(
        "admin.status.waiting",
        channels=number(status.channels_waiting),
        requests=number(status.requests_waiting),
    )
    yield words("admin.status.queue"), queue, True
    yield words("admin.status.posts"), "\n".join(_posts(status, words)), False  # titles are long
    if status.errors:
        lines = [f"- {escape_text(line)[:300]}" for line in status.errors]
        yield words("admin.status.errors"), "\n".join(lines), False


def _running(status: Status, words: Words) -> Iterator[str]:
    yield code_span(status.version)
    yield words("admin.status.since", since=relative(status.started_at))
    if status.memory is not None:
        yield words("admin.status.memory", megabytes=words.number(round(status.memory / _MEGA)))
    yield words("admin.status.database", kind=status.database)


def _shards(status: Status, words: Words) -> Iterator[str]:
    yield words("admin.status.guilds", count=words.number(status.guilds))
    for shard in status.shards[:_MOST_SHARDS]:
        which = f"{shard.number + 1}/{status.shard_count}"
        if shard.latency is None:
            yield f"🔴 {which} {words('admin.status.no_connection')}"
        else:
            yield f"{'🟡' if shard.latency > _SLOW else '🟢'} {which} {shard.latency * 1000:.0f} ms"
    if (more := len(status.shards) - _MOST_SHARDS) > 0:
        yield words("admin.reload.more", count=words.number(more))


def _channels(status: Status, words: Words) -> Iterator[str]:
    yield words("admin.status.active", count=words.number(status.active))
    causes = sorted(status.paused.items(), key=lambda item: (-item[1], item[0]))
    for cause, count in causes[:_MOST_CAUSES]:
        said = escape_text(cause_of_pause(cause, words))[:150]
        yield f"⏸️ {words.number(count)} · {said}"
    if rest := sum(count for _, count in causes[_MOST_CAUSES:]):
        yield words("admin.reload.more", count=words.number(rest))


def _posts(status: Status, words: Words) -> Iterator[str]:
    yield words("admin.status.archive", count=words.number(status.posts))
    if status.newest:
        yield escape_text(status.newest)[:200]
    if status.refused_files:
        yield f"⚠️ {words('admin.status.refused', count=words.number(status.refused_files))}"
    if status.content:
        yield escape_text(status.content)[:200]
    if status.content_failure:
        yield f"⚠️ {escape_text(status.content_failure)[:300]}"


def _slots(status: Status, words: Words) -> Iterator[str]:
    for slot in status.slots:
        count = words("admin.status.slot", count=words.number(slot.channels))
        yield f"{moment(slot.at)} ({relative(slot.at)}) · {count}"
    if status.at_once:
        yield words("admin.status.at_once", count=words.number(status.at_once))
    if not status.slots and not status.at_once:
        yield words("admin.status.no_slot")
