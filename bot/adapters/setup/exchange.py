"""Export and import of a server's subscriptions as a file in Discord."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any, Final

import discord
from msgspec import Struct

from bot.adapters.channel_kinds import kind_of
from bot.adapters.database.decisions import Decision, Refusal
from bot.adapters.setup.asking import Asking
from bot.adapters.setup.desk import Desk
from bot.adapters.setup.drafting import expired
from bot.delivery.choices import Values, changes, chosen, fitting, values_of
from bot.delivery.exchange import LONGEST_FILE, TOO_LARGE, Fault, exported, imported
from bot.delivery.models import ChannelKind, Subscription
from bot.delivery.tag_filters import in_both
from bot.formatting.messages import Message
from bot.formatting.operating.choosing import LARGEST_ID
from bot.formatting.setup.pages import LeftOut, Planned, faults_page, import_page, imported_page

FILE: Final = "ainews-setup.json"


class Exchange(Struct, frozen=True):
    """Files of subscriptions, over the desk."""

    desk: Desk

    async def export(self, asking: Asking) -> discord.File:
        """All of the server's subscriptions."""
        text = exported(await self.desk.of_server(asking))
        return discord.File(io.BytesIO(text.encode()), filename=FILE)

    async def read(self, file: discord.Attachment, asking: Asking) -> Message:
        """What a file would change, to be confirmed; or everything that is wrong in it."""
        if file.size > LONGEST_FILE:
            return faults_page((TOO_LARGE,), asking.words)
        found = imported(await file.read())
        if found.faults:
            return faults_page(found.faults, asking.words)
        gone = await self._gone(found.entries, asking)
        here = {number: entry for number, entry in enumerate(found.entries, 1) if _channel(entry) not in gone}
        if faults := self._impossible(here, asking):
            return faults_page(faults, asking.words)
        entries, left_out = list(here.values()), LeftOut(channels=gone, keys=found.ignored)
        decisions = await self._decisions(entries, asking)
        now = self.desk.clock()
        token = await self.desk.drafts.keep(asking.owner, _shown(entries, decisions, left_out), now)
        return import_page(token, _planned(decisions), now, asking.words, left_out=left_out)

    async def take(self, token: str, asking: Asking) -> Message:
        """Save all that was shown, or nothing; where a channel has changed since, show it anew."""
        now = self.desk.clock()
        values = await self.desk.drafts.get(token, asking.owner, now)
        if values is None or "import" not in values:
            return expired(asking.words)
        entries: Sequence[Values] = values["import"]
        if faults := self._impossible(dict(enumerate(entries, 1)), asking):
            return faults_page(faults, asking.words)
        decisions = await self._decisions(entries, asking)
        left_out = _left_out(values)
        planned, shown = _planned(decisions), _shown(entries, decisions, left_out)
        again = import_page(
            token, planned, now, asking.words, left_out=left_out, notice=asking.words("import.outdated")
        )
        if shown != values:
            await self.desk.drafts.change(token, shown, now)
            return again
        needed = [each for each, plan in zip(decisions, planned, strict=True) if plan.changes]
        refusal = await self.desk.decisions.take(needed, asking.by(now))
        if refusal is Refusal.FULL:
            return faults_page((Fault(entry=0, key="", fix="full"),), asking.words)
        if refusal is not None:  # a channel changed this very moment
            return again
        await self.desk.drafts.drop(token)
        await self.desk.follow()
        channels = {each.new.channel_id for each in needed if each.new is not None}
        saved = [each for each in await self.desk.of_server(asking) if each.channel_id in channels]
        return await self.desk.examine(imported_page(planned, asking.words), saved, asking.words)

    async def _gone(self, entries: Sequence[Values], asking: Asking) -> tuple[int, ...]:
        """Channels of the server's own, now or once set up, that are no more: an export may hold them."""
        if asking.guild.unavailable:
            return ()
        known = {each.channel_id for each in await self.desk.of_server(asking)}
        missing = [
            each for each in map(_channel, entries) if asking.guild.get_channel_or_thread(each) is None
        ]
        return tuple([each for each in missing if each in known or await self._was_set_up(each, asking)])

    async def _was_set_up(self, channel_id: int, asking: Asking) -> bool:
        if channel_id > LARGEST_ID:
            return False
        return bool(await self.desk.decisions.history(asking.guild.id, channel_id, 1))

    def _impossible(self, entries: Mapping[int, Values], asking: Asking) -> tuple[Fault, ...]:
        """What this server cannot do: channels and roles of others, tags that gainsay each other.

        ``entries`` are by their numbers in the file.
        """
        aliases = self.desk.lookups.archive.aliases
        gainsaid = [
            Fault(entry=number, key="exclude", fix="both", found=", ".join(both))
            for number, entry in entries.items()
            if (both := in_both(entry["include"], entry["exclude"], aliases))
        ]
        return (*_strangers(entries, asking), *gainsaid)

    async def _decisions(self, entries: Sequence[Values], asking: Asking) -> list[Decision]:
        known = {each.channel_id: each for each in await self.desk.of_server(asking)}
        return [Decision(old=known.get(_channel(entry)), new=self._new(entry, asking)) for entry in entries]

    def _new(self, entry: Values, asking: Asking) -> Subscription:
        kind = kind_of(asking.guild.get_channel_or_thread(_channel(entry))) or ChannelKind.TEXT
        now = self.desk.clock()
        return fitting(chosen(entry, kind=kind, guild_id=asking.guild.id, created_at=now))


def _channel(entry: Values) -> int:
    return int(entry["channel"])


def _shown(entries: Sequence[Values], decisions: Sequence[Decision], left_out: LeftOut) -> dict[str, Any]:
    """What an admin is shown before they confirm, as a draft keeps it."""
    old = [values_of(each.old) if each.old else None for each in decisions]
    gone = list(map(str, left_out.channels))
    return {"import": list(entries), "old": old, "gone": gone, "ignored": list(left_out.keys)}


def _left_out(shown: Values) -> LeftOut:
    """What ``_shown`` keeps of it."""
    return LeftOut(channels=tuple(map(int, shown.get("gone", ()))), keys=tuple(shown.get("ignored", ())))


def _planned(decisions: Sequence[Decision]) -> list[Planned]:
    return [
        Planned(
            channel_id=each.new.channel_id,
            is_new=each.old is None,
            changes=changes(values_of(each.old) if each.old else None, values_of(each.new)),
        )
        for each in decisions
        if each.new is not None
    ]


def _strangers(entries: Mapping[int, Values], asking: Asking) -> tuple[Fault, ...]:
    """Channels and roles that are not this server's, or take no posts, or would be everybody."""
    faults = []
    for number, entry in entries.items():
        if kind_of(asking.guild.get_channel_or_thread(_channel(entry))) is None:
            faults.append(_fault(number, "channel", "stranger", entry))
        role = entry["role"]
        if role is not None and not is_role(asking.guild, int(role)):
            faults.append(_fault(number, "role", "stranger_role", entry))
    return tuple(faults)


def is_role(guild: discord.Guild, role_id: int) -> bool:
    """Whether it is a role of this server that may be mentioned: not everybody's."""
    return role_id != guild.id and guild.get_role(role_id) is not None


def _fault(number: int, key: str, fix: str, entry: dict[str, Any]) -> Fault:
    return Fault(entry=number, key=key, fix=fix, found=str(entry[key]))
