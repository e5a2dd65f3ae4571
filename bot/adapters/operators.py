"""Tells the operators' channel what needs a person: once each, also across restarts."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from msgspec import Struct, field

from bot.adapters.connections import Shard, is_connected
from bot.adapters.database.marks import SqlMarks
from bot.adapters.database.operating import SqlOperating
from bot.adapters.library import Library
from bot.adapters.snapshots import ContentSnapshot
from bot.delivery.alarms import alarm_due
from bot.delivery.causes import REFUSED_FOR_GOOD
from bot.delivery.ports import Clock
from bot.delivery.timetable import Timetable
from bot.errors import DeliveryError, StoreError
from bot.formatting.escaping import escape_text
from bot.formatting.messages import Button, Card, Message
from bot.formatting.operating.ids import doubt_id
from bot.i18n import Words
from bot.posts.problems import Severity

COLOUR = 0xED4245
SHARD_PATIENCE = timedelta(minutes=5)
"""How long a shard may be away: reconnecting takes seconds."""
_HOLD = timedelta(minutes=10)
"""How long the channel is left alone after it could not be written to."""
_MOST_FILES = 10
_LONGEST_CAUSE = 1000

log = logging.getLogger(__name__)


class Postbox(Protocol):
    """What counts here of ``bot.delivery.ports.Postbox``."""

    async def send(self, channel_id: int, message: Message, nonce: str) -> int:
        """Raises DeliveryError."""


class Operators(Struct, kw_only=True):
    """The people who host the bot, in the channel OPS_CHANNEL_ID.

    Without one, or while it cannot be written to, the log says what the channel would have heard, once each.
    What the log says already where it was found out is not repeated there.

    Attributes:
        alarm: when a post must have come; None means no alarm.
        doubt: how long a delivery may be in doubt.
        shards: the shards of this process by number.
    """

    channel_id: int | None
    words: Words
    operating: SqlOperating
    marks: SqlMarks
    library: Library
    clock: Clock
    shards: Callable[[], Mapping[int, Shard]]
    alarm: Timetable | None
    doubt: timedelta
    _away_since: dict[int, datetime] = field(default_factory=dict)
    _held_until: datetime | None = None
    _failure: str | None = None
    _logged: set[str] = field(default_factory=set)

    async def look(self, postbox: Postbox) -> None:
        """Say what is wrong now and was not said yet. Errors end in the log."""
        try:
            await self._missing_post(postbox)
            await self._refused_files(postbox, self.library.snapshot)
            await self._content_troubles(postbox, self.library.snapshot)
            await self._deliveries_in_doubt(postbox)
            await self._posts_left_out(postbox)
            await self._shards_away(postbox)
        except StoreError as error:
            self._not_told(error)

    async def crashed(self, postbox: Postbox, job: str, error: Exception, *, for_good: bool = False) -> None:
        """Say that a job met an error that nobody foresaw; the same kind once a day. The log has the rest.

        ``for_good``: it is not tried again before a restart.
        """
        kind = type(error).__name__
        text = self.words(
            "operators.crash.for_good" if for_good else "operators.crash.text", job=job, kind=kind
        )
        event = f"{'end' if for_good else 'crash'} {job} {kind} {self.clock().date()}"
        try:
            title = self.words("operators.crash.title")
            if await self._unsaid([event]):
                await self._say(postbox, [event], title, text, is_logged=True)
        except StoreError as failure:
            self._not_told(failure)

    async def fetched(self, postbox: Postbox, failure: str | None) -> None:
        """Say why the posts' repository was not taken in, until it is again or fails for another reason."""
        try:
            for cause in await self._untold("git", [failure] if failure else []):
                text = self.words("operators.git.text", cause=escape_text(cause)[:_LONGEST_CAUSE])
                await self._tell(postbox, "git", [cause], self.words("operators.git.title"), text)
        except StoreError as error:
            self._not_told(error)

    async def _missing_post(self, postbox: Postbox) -> None:
        if self.alarm is None or self.alarm.at is None:
            return
        library = self.library
        slot = alarm_due(self.alarm, library.archive.posts, library.first_seen, self.clock())
        if slot:
            text = self.words("operators.missing.text", time=f"{self.alarm.at:%H:%M}")
            title = self.words("operators.missing.title")
            await self._say_once(postbox, f"missing {slot.isoformat()}", title, text)

    async def _refused_files(self, postbox: Postbox, snapshot: ContentSnapshot) -> None:
        """One message for the versions of files that were refused since the last one."""
        versions = {}
        for path, file in snapshot.files.items():
            if file.refused:
                problem = next(found for found in file.problems if found.severity is Severity.ERROR)
                # Time and size rather than inode: a file that was only moved back is the same version.
                versions[f"refused {path} {file.fingerprint[0]} {file.fingerprint[2]}"] = str(problem)
        fresh = await self._unsaid(list(versions)) if versions else []
        if fresh:
            title = self.words("operators.refused.title", count=self.words.number(len(fresh)))
            text = self._list([versions[event] for event in fresh])
            await self._say(postbox, fresh, title, text, is_logged=True)

    async def _content_troubles(self, postbox: Postbox, snapshot: ContentSnapshot) -> None:
        """What keeps posts out though each file is fine: a slug taken twice, a folder that is gone."""
        troubles = [
            str(problem)
            for problem in snapshot.problems
            if problem.severity is Severity.ERROR
            and not ((file := snapshot.files.get(problem.path)) and file.refused)
        ]
        fresh = await self._untold("content", troubles)
        if fresh:
            await self._tell(
                postbox, "content", fresh, self.words("operators.content.title"), self._list(fresh)
            )

    def _list(self, problems: Sequence[str]) -> str:
        lines = [f"- {escape_text(problem)[:300]}" for problem in problems[:_MOST_FILES]]
        if (more := len(problems) - _MOST_FILES) > 0:
            lines.append(self.words("admin.reload.more", count=self.words.number(more)))
        return "\n".join(lines)

    async def _deliveries_in_doubt(self, postbox: Postbox) -> None:
        now = self.clock()
        count, oldest = await self.operating.in_doubt_since(now - self.doubt, now)
        if oldest is not None:
            minutes = self.words.number(int(self.doubt.total_seconds() / 60))
            number = self.words.number(count)
            text = self.words("operators.doubt.text", count=number, minutes=minutes)
            title, event = self.words("operators.doubt.title"), f"doubt {oldest.isoformat()}"
            show = Button(label=self.words("admin.doubt.show"), custom_id=doubt_id(), emoji="❔")
            await self._say_once(postbox, event, title, text, show)

    async def _posts_left_out(self, postbox: Postbox) -> None:
        """Posts with a message that Discord refuses everywhere it was tried; once a version of each."""
        for post in await self.operating.left_out():
            said = escape_text(post.cause.removeprefix(REFUSED_FOR_GOOD))[:_LONGEST_CAUSE]
            number = self.words.number(post.messages)
            text = self.words("operators.left_out.text", slug=post.slug, count=number, cause=said)
            title = self.words("operators.left_out.title")
            await self._say_once(postbox, f"left out {post.slug} {post.version}", title, text)

    async def _shards_away(self, postbox: Postbox) -> None:
        now = self.clock()
        away = {number for number, shard in self.shards().items() if not is_connected(shard)}
        self._away_since = {number: self._away_since.get(number, now) for number in away}
        for number, since in self._away_since.items():
            if now - since >= SHARD_PATIENCE:
                text = self.words("operators.shard.text", shard=number)
                event = f"shard {number} {since.isoformat()}"
                await self._say_once(postbox, event, self.words("operators.shard.title"), text)

    async def _say_once(self, postbox: Postbox, event: str, title: str, text: str, *buttons: Button) -> None:
        if await self._unsaid([event]):
            await self._say(postbox, [event], title, text, *buttons)

    async def _unsaid(self, events: Sequence[str]) -> list[str]:
        names = {self._marked(event): event for event in events}
        return [names[name] for name in await self.marks.unsaid(list(names))]

    async def _say(
        self,
        postbox: Postbox,
        events: Sequence[str],
        title: str,
        text: str,
        *buttons: Button,
        is_logged: bool = False,
    ) -> None:
        """Send, then record: better twice than never."""
        if await self._send(postbox, events, title, text, *buttons, is_logged=is_logged):
            for event in events:
                await self.marks.said(self._marked(event), self.clock())

    async def _untold(self, kind: str, troubles: Sequence[str]) -> list[str]:
        """Those of this process that were not told since they began."""
        return await self.marks.untold(self._own(kind), troubles)

    async def _tell(
        self, postbox: Postbox, kind: str, troubles: Sequence[str], title: str, text: str
    ) -> None:
        """As ``_say``, of what may be mended and come back; whoever found it out has logged it."""
        if await self._send(postbox, troubles, title, text, is_logged=True):
            for trouble in troubles:
                await self.marks.told(self._own(kind), trouble, self.clock())

    def _own(self, kind: str) -> str:
        """What another process finds mended need not be so here."""
        return self._marked(f"{kind} {sorted(self.shards())}")

    def _marked(self, event: str) -> str:
        """A channel that is set later hears what only the log has said."""
        return event if self.channel_id is not None else f"log {event}"

    async def _send(
        self,
        postbox: Postbox,
        events: Sequence[str],
        title: str,
        text: str,
        *buttons: Button,
        is_logged: bool,
    ) -> bool:
        """Whether it is said where it belongs. Several processes have the same nonce, so one wins."""
        if self.channel_id is not None and not self._is_held:
            nonce = hashlib.sha256("\n".join(events).encode(errors="replace")).hexdigest()[:25]
            card = Card(title=title, description=text, colour=COLOUR)
            message = Message(cards=(card,), rows=(buttons,) if buttons else ())
            try:
                await postbox.send(self.channel_id, message, nonce)
            except DeliveryError as error:
                self._hold(error)
            else:
                self._failure = None
                return True
        if not is_logged:
            self._log(events, f"{title}: {text}")
        return self.channel_id is None

    def _log(self, events: Sequence[str], said: str) -> None:
        """One line; while the channel cannot be written to it is asked for again and again."""
        if not self._logged.issuperset(events):
            self._logged.update(events)
            log.error("%s", " ".join(said.split()))

    def _hold(self, error: DeliveryError) -> None:
        """Leave the channel alone for a while."""
        self._held_until = self.clock() + _HOLD
        hint = "see OPS_CHANNEL_ID and what the bot may do there; until then its news stand here"
        self._fails(
            logging.ERROR, f"the operators' channel {self.channel_id} could not be told ({hint}): {error}"
        )

    def _not_told(self, error: StoreError) -> None:
        """What was told already is not known: the next look finds the same again."""
        self._fails(logging.WARNING, f"what the operators were told is not known: {error}")

    def _fails(self, level: int, line: str) -> None:
        """The log says the same once, until the channel was told of something."""
        if self._failure != line:
            self._failure = line
            log.log(level, "%s", line)

    @property
    def _is_held(self) -> bool:
        return self._held_until is not None and self.clock() < self._held_until
