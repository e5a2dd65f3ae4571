"""Deliveries in any order of crashes, outages, corrections, clocks and rivals: nothing doubled or lost."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from contextlib import suppress
from datetime import timedelta
from itertools import groupby

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from bot.delivery.models import Delivery, DeliveryKey, DeliveryState
from bot.delivery.taking_back import BEGUN, is_withdrawn
from bot.errors import SendRefused, SendUncertain
from bot.formatting.compose import Layout
from bot.formatting.messages import Message
from bot.posts.models import Post
from bot.replacing import replace
from tests.support.delivering import CrashError
from tests.support.discord_fake import Sent
from tests.support.machine import CHANNELS, Hazard, LineComposer, Universe, token
from tests.support.posts import post

MOST_POSTS = 10
SECONDS = st.sampled_from([1, 16, 60, 130, 700, 4000, 30_000])
DAYS = st.sampled_from([1, 2, 7, 14, 33])
LISTABLE = 7
"""Posts that come at once: more than go out in full."""
BAD = "bad"
"""Begins the words that AutoMod refuses."""
PARTS = st.integers(min_value=1, max_value=4)
SEEDS = st.integers(min_value=0, max_value=2**16)


class Deliveries(RuleBasedStateMachine):
    """Each rule is something that happens to the bot; each invariant holds after every one of them."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.universe = Universe()
        self.versions = self.published = 0
        self.universe.postbox.refuse_words = self.refuse_words
        self.was_clock_set = self.was_blind = False
        self.changed: set[str] = set()
        self.taken_back: dict[tuple[str, int], int] = {}
        """Posts that an operator withdrew, by slug and channel, and how many messages had been sent then."""

    def teardown(self) -> None:
        """Once all is well again and time passes, every channel has everything as it is now."""
        try:
            self.settle()
            self.everything_is_there()
            self.nothing_is_left_of_what_is_taken_back()
        finally:
            self.runner.close()

    # What happens -------------------------------------------------------------

    @initialize(parts=PARTS)
    def begin(self, parts: int) -> None:
        self.publish(parts)

    @precondition(lambda self: self.published < MOST_POSTS)
    @rule(parts=PARTS)
    def publish(self, parts: int, words: str = "") -> None:
        """A new post comes out."""
        self.versions += 1
        self.published += 1
        self.universe.add(self.version(f"p{self.published:02}", parts, words))

    @precondition(lambda self: self.universe.archive.posts)
    @rule(pick=SEEDS, parts=PARTS)
    def correct(self, pick: int, parts: int) -> None:
        """A post changes: it says something else, grows, shrinks."""
        posts = self.universe.archive.posts
        self.versions += 1
        self.changed.add(posts[pick % len(posts)].slug)
        self.universe.add(self.version(posts[pick % len(posts)].slug, parts))

    @precondition(lambda self: self.universe.archive.posts)
    @rule(pick=SEEDS)
    def withdraw(self, pick: int) -> None:
        """A post goes."""
        posts = self.universe.archive.posts
        self.changed.add(posts[pick % len(posts)].slug)
        self.universe.drop(posts[pick % len(posts)].slug)

    @precondition(lambda self: self.universe.archive.posts)
    @rule(pick=SEEDS, seed=SEEDS, steps=st.integers(0, 20), dies_after=st.booleans(), keeps=st.booleans())
    def take_back(self, pick: int, seed: int, steps: int, *, dies_after: bool, keeps: bool) -> None:
        """An operator withdraws a post while another process makes a pass, and again where his own dies."""
        posts = self.universe.archive.posts
        slug = posts[pick % len(posts)].slug
        self.changed.add(slug)
        if not keeps:
            self.universe.drop(slug)
        begun = {key.channel_id for key, row in self.rows_of(slug) if row.state in BEGUN}
        chance = random.Random(seed)  # noqa: S311 - the same turns each time
        self.play([Hazard(chance)], slug, Hazard(chance, steps or None, dies_after))
        self.play([], slug)
        begun |= {key.channel_id for key, row in self.rows_of(slug) if is_withdrawn(row)}
        for channel in begun:
            self.taken_back.setdefault((slug, channel), self.count_sent(slug, channel))

    @rule(seconds=SECONDS)
    def wait(self, seconds: int) -> None:
        """Time passes."""
        self.universe.time += timedelta(seconds=seconds)

    @rule(days=DAYS, seed=SEEDS)
    def wait_for_days(self, days: int, seed: int) -> None:
        """Days pass, in which the bot works or does not, and a post comes after them."""
        self.universe.time += timedelta(days=days)
        if seed % 2:
            self.run(seed)
        if self.published < MOST_POSTS:
            self.publish(1)

    @precondition(lambda self: self.published + LISTABLE <= MOST_POSTS)
    @rule()
    def publish_many(self) -> None:
        """More posts come out at once than go out in full."""
        for _ in range(LISTABLE):
            self.publish(1)

    @precondition(lambda self: self.published < MOST_POSTS)
    @rule()
    def publish_what_is_unwanted(self) -> None:
        """A post comes out that AutoMod does not let through, until it is corrected."""
        self.publish(1, BAD)

    @rule(count=st.integers(1, 12))
    def fill_up(self, count: int) -> None:
        """Somebody puts files of long ago into the folder."""
        for number in range(count):
            self.universe.add(post(f"old{number:02}", day="2021-01-01", body="old"))

    @precondition(lambda self: self.universe.archive.posts)
    @rule(channel=st.sampled_from(sorted(CHANNELS)), pick=SEEDS)
    def switch(self, channel: int, pick: int) -> None:
        """A server chooses another layout, and a post that was begun in the former one grows."""
        self.run(pick)
        self.universe.switch(channel)
        self.correct(pick, parts=4)

    @rule(hours=st.sampled_from([-30, -3, 3, 30]))
    def set_clock_wrong(self, hours: int) -> None:
        """The clock is set back or ahead, far."""
        self.universe.skew = timedelta(hours=hours)
        self.was_clock_set = True

    @rule(minutes=st.integers(min_value=-5, max_value=5))
    def set_clock(self, minutes: int) -> None:
        """The bot's clock jumps."""
        self.universe.skew = timedelta(minutes=minutes)
        self.was_clock_set = True

    @rule(kind=st.sampled_from(["refused", "lost on the way", "answer lost"]), after=st.integers(0, 4))
    def fail(self, kind: str, after: int) -> None:
        """Discord or the network fails once, soon."""
        self.universe.fail_next(kind, after)

    @rule(seed=SEEDS)
    def run(self, seed: int) -> None:
        """A process makes a pass."""
        self.play([Hazard(random.Random(seed))])  # noqa: S311 - the same turns each time

    @precondition(lambda self: not self.was_clock_set)
    @rule(seed=SEEDS)
    def run_blindly(self, seed: int) -> None:
        """A process makes a pass and may not read what is in the channels; its clock must be right then."""
        self.was_blind = True
        self.universe.postbox.history_is_readable = False
        self.run(seed)
        self.universe.postbox.history_is_readable = True

    @rule(seed=SEEDS, sends=st.integers(0, 3))
    def outage(self, seed: int, sends: int) -> None:
        """Discord answers little for a while, and nothing about histories; a post comes meanwhile."""
        left = sends

        def out(_channel_id: int) -> None:
            nonlocal left
            left -= 1
            if left < 0:
                raise SendUncertain("503")

        postbox = self.universe.postbox
        postbox.history_is_out, postbox.refuse = True, out
        for _ in range(2):
            self.run(seed)
            left = sends
            self.universe.time += timedelta(minutes=20)
            if self.published < MOST_POSTS:
                self.publish(2)
        postbox.history_is_out, postbox.refuse = False, lambda _channel_id: None

    @rule(seed=SEEDS, steps=st.integers(1, 40), dies_after=st.booleans())
    def crash(self, seed: int, steps: int, *, dies_after: bool) -> None:
        """A process dies at some step of a pass."""
        chance = random.Random(seed)  # noqa: S311 - the same turns each time
        self.play([Hazard(chance, steps, dies_after)])

    @rule(seed=SEEDS, steps=st.integers(1, 60), dies_after=st.booleans())
    def rival(self, seed: int, steps: int, *, dies_after: bool) -> None:
        """Two processes are at it at once, and one of them dies."""
        chance = random.Random(seed)  # noqa: S311 - the same turns each time
        self.play([Hazard(chance), Hazard(chance, steps, dies_after)])

    # What must hold -----------------------------------------------------------

    @invariant()
    def nothing_is_doubled(self) -> None:
        for channel in CHANNELS:
            marks = [" ".join((sent.message.content or "").split()[:2]) for sent in self.texts(channel)]
            assert max(Counter(marks).values(), default=0) <= 1, marks

    @invariant()
    def parts_are_in_order(self) -> None:
        for channel in CHANNELS:
            parts: dict[str, list[int]] = {}
            for sent in self.texts(channel):
                slug, part, *_ = (sent.message.content or "").split()
                parts.setdefault(slug, []).append(int(part))
            assert all(numbers == sorted(numbers) for numbers in parts.values()), parts

    @invariant()
    def nothing_comes_between_the_parts_of_a_post(self) -> None:
        if self.was_blind:  # for longer than a day nobody waits for what cannot be looked up
            return
        for channel in CHANNELS:
            slugs = [(sent.message.content or "").split()[0] for sent in self.texts(channel)]
            begun = [slug for slug, _ in groupby(slug for slug in slugs if slug not in self.changed)]
            assert len(begun) == len(set(begun)), slugs

    @invariant()
    def the_archive_is_not_posted(self) -> None:
        for channel in CHANNELS:
            slugs = {(sent.message.content or "").split()[0] for sent in self.texts(channel)}
            old = {slug for slug in slugs if slug.startswith("old")}
            assert len(old) <= 1, "only what a new subscription starts with, where there is nothing newer"

    @invariant()
    def nothing_comes_that_was_taken_back(self) -> None:
        for (slug, channel), count in self.taken_back.items():
            assert self.count_sent(slug, channel) == count, (slug, channel)

    def nothing_is_left_of_what_is_taken_back(self) -> None:
        """Where Discord refused to delete something an operator asks again."""
        self.nothing_comes_that_was_taken_back()
        for slug, channel in self.taken_back:
            self.play([], slug)
            said = [sent.message.content for sent in self.texts(channel)]
            assert not [text for text in said if (text or "").startswith(f"{slug} ")], (slug, channel)

    def everything_is_there(self) -> None:
        for channel in CHANNELS:
            said = [sent.message.content for sent in self.texts(channel)]
            cards = [sent.message.cards for sent in self.universe.there(channel) if sent.message.cards]
            listed = {said for (card,) in cards for said in (card.description or "").split()}
            for item in self.universe.archive.posts:
                if item.slug.startswith("old") or item.body.startswith(BAD):
                    continue
                if (item.slug, channel) in self.taken_back:
                    continue
                composed = self.runner.run(LineComposer().messages(item, Layout.FULL, "ko"))
                wanted = [message.content for message in composed]
                shown = [text for text in said if (text or "").startswith(f"{item.slug} ")]
                assert shown == wanted or (not shown and token(item) in listed), (channel, shown, wanted)
        left = [row for row in self.universe.rows.values() if row.state is DeliveryState.CLAIMED]
        assert left == []

    # How ------------------------------------------------------------------------

    def texts(self, channel: int) -> list[Sent]:
        return [sent for sent in self.universe.there(channel) if sent.message.content]

    def refuse_words(self, message: Message) -> None:
        if f" {BAD}" in (message.content or ""):
            raise SendRefused("AutoMod", status=400, code=200000, permanent=True)

    def version(self, slug: str, parts: int, words: str = "") -> Post:
        body = "\n".join(f"{words}v{self.versions}.{part}" for part in range(parts))
        day = (self.universe.now() - timedelta(days=1)).date().isoformat()
        known = self.universe.archive.by_slug(slug)
        made = post(slug, day=known.date.isoformat() if known else day, body=body)
        return replace(made, content_hash=body)

    def rows_of(self, slug: str) -> list[tuple[DeliveryKey, Delivery]]:
        return [(key, row) for key, row in self.universe.rows.items() if key.slug == slug]

    def count_sent(self, slug: str, channel: int) -> int:
        """How many messages of a post were ever sent to a channel or a thread on it."""
        sent = self.universe.postbox.sent
        places = {channel, *(one.id for one in sent if one.channel_id == channel)}
        here = (one.message.content or "" for one in sent if one.channel_id in places)
        return sum(content.startswith(f"{slug} ") for content in here)

    def play(self, hazards: list[Hazard], slug: str = "", other: Hazard | None = None) -> None:
        """Let a process with each of the hazards make a pass; and another one withdraw the post, if any."""

        async def one(hazard: Hazard) -> None:
            with suppress(CrashError, BaseExceptionGroup):
                await self.universe.publisher(hazard).deliver_due()

        async def take_back() -> None:
            with suppress(CrashError):
                await self.universe.take_back(slug, other or Hazard(random.Random(0)))  # noqa: S311 - as above

        async def all_of_them() -> None:
            await asyncio.gather(*map(one, hazards), *([take_back()] if slug else []))

        self.runner.run(all_of_them())

    def settle(self) -> None:
        self.universe.heal()
        self.universe.skew = timedelta(0)
        for wait in [timedelta(minutes=20)] * 12 + [timedelta(hours=2)] * 40:
            self.universe.time += wait
            self.play([Hazard(random.Random(0))])  # noqa: S311 - the same turns each time


TestDeliveries = Deliveries.TestCase
TestDeliveries.settings = settings(
    max_examples=150,
    stateful_step_count=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
