"""Deliveries in any order of crashes, outages, corrections, clocks and rivals: nothing doubled or lost."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from bot.delivery.models import DeliveryState
from bot.posts.models import Post
from tests.support.delivering import CrashError
from tests.support.discord_fake import Sent
from tests.support.machine import CHANNELS, Hazard, LineComposer, Universe
from tests.support.posts import post

MOST_POSTS = 7
SECONDS = st.sampled_from([1, 16, 60, 130, 700, 4000, 30_000])
PARTS = st.integers(min_value=1, max_value=4)
SEEDS = st.integers(min_value=0, max_value=2**16)


class Deliveries(RuleBasedStateMachine):
    """Each rule is something that happens to the bot; each invariant holds after every one of them."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.universe = Universe()
        self.versions = 0
        self.was_clock_set = False

    def teardown(self) -> None:
        """Once all is well again and time passes, every channel has everything as it is now."""
        try:
            self.settle()
            self.everything_is_there()
        finally:
            self.runner.close()

    # What happens -------------------------------------------------------------

    @initialize(parts=PARTS)
    def begin(self, parts: int) -> None:
        self.publish(parts)

    @precondition(lambda self: self.versions < MOST_POSTS)
    @rule(parts=PARTS)
    def publish(self, parts: int) -> None:
        """A new post comes out."""
        self.versions += 1
        slug = f"p{self.versions:02}"
        self.universe.add(self.version(slug, parts))

    @precondition(lambda self: self.universe.archive.posts)
    @rule(pick=SEEDS, parts=PARTS)
    def correct(self, pick: int, parts: int) -> None:
        """A post changes: it says something else, grows, shrinks."""
        posts = self.universe.archive.posts
        self.versions += 1
        self.universe.add(self.version(posts[pick % len(posts)].slug, parts))

    @precondition(lambda self: self.universe.archive.posts)
    @rule(pick=SEEDS)
    def withdraw(self, pick: int) -> None:
        """A post goes."""
        posts = self.universe.archive.posts
        self.universe.drop(posts[pick % len(posts)].slug)

    @rule(seconds=SECONDS)
    def wait(self, seconds: int) -> None:
        """Time passes."""
        self.universe.time += timedelta(seconds=seconds)

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
        self.universe.postbox.history_is_readable = False
        self.run(seed)
        self.universe.postbox.history_is_readable = True

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

    def everything_is_there(self) -> None:
        for channel in CHANNELS:
            said = [sent.message.content for sent in self.texts(channel)]
            cards = [sent.message.cards for sent in self.universe.there(channel) if sent.message.cards]
            listed = {slug for (card,) in cards for slug in (card.description or "").split()}
            for item in self.universe.archive.posts:
                composed = self.runner.run(LineComposer().messages(item, CHANNELS[channel], "ko"))
                wanted = [message.content for message in composed]
                shown = [text for text in said if (text or "").startswith(f"{item.slug} ")]
                assert shown == wanted or (not shown and item.slug in listed), (channel, shown, wanted)
        left = [row for row in self.universe.rows.values() if row.state is DeliveryState.CLAIMED]
        assert left == []

    # How ------------------------------------------------------------------------

    def texts(self, channel: int) -> list[Sent]:
        return [sent for sent in self.universe.there(channel) if sent.message.content]

    def version(self, slug: str, parts: int) -> Post:
        body = "\n".join(f"v{self.versions}.{part}" for part in range(parts))
        day = (self.universe.now() - timedelta(days=1)).date().isoformat()
        known = self.universe.archive.by_slug(slug)
        made = post(slug, day=known.date.isoformat() if known else day, body=body)
        return replace(made, content_hash=body)

    def play(self, hazards: list[Hazard]) -> None:
        async def one(hazard: Hazard) -> None:
            with suppress(CrashError, BaseExceptionGroup):
                await self.universe.publisher(hazard).deliver_due()

        async def all_of_them() -> None:
            await asyncio.gather(*map(one, hazards))

        self.runner.run(all_of_them())

    def settle(self) -> None:
        self.universe.heal()
        self.universe.skew = timedelta(0)
        for _ in range(12):
            self.universe.time += timedelta(minutes=20)
            self.play([Hazard(random.Random(0))])  # noqa: S311 - the same turns each time


TestDeliveries = Deliveries.TestCase
TestDeliveries.settings = settings(
    max_examples=150,
    stateful_step_count=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
