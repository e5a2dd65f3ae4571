"""What is found in a channel: a table of Discord's rules, one permission at a time."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import Any

import pytest

from bot.delivery.causes import BY_OPERATOR, BY_SERVER, NOT_IN_SETTINGS, is_failure
from bot.delivery.diagnosis import ChannelFacts, Permission, Severity, Trouble, diagnose, stopping
from bot.delivery.forum_tags import ForumTag
from bot.delivery.models import ChannelKind, Subscription
from bot.delivery.tag_filters import Drought
from bot.delivery.timetable import Timetable
from bot.formatting.compose import Layout
from bot.replacing import replace

TEXT, NEWS, FORUM, THREAD = (
    ChannelKind.TEXT,
    ChannelKind.ANNOUNCEMENT,
    ChannelKind.FORUM,
    ChannelKind.THREAD,
)
VIEW, SEND, EMBED, READ, OPEN, IN_THREADS, MANAGE, MENTION = (
    Permission.VIEW_CHANNEL,
    Permission.SEND_MESSAGES,
    Permission.EMBED_LINKS,
    Permission.READ_MESSAGE_HISTORY,
    Permission.CREATE_PUBLIC_THREADS,
    Permission.SEND_MESSAGES_IN_THREADS,
    Permission.MANAGE_THREADS,
    Permission.MENTION_EVERYONE,
)
EVERYTHING = frozenset(Permission)
NEWS_TAG = ForumTag(id=1, name="AI 뉴스")
CLOSED_TAG = ForumTag(id=2, name="Official", moderated=True)


def subscription(kind: ChannelKind = TEXT, **changes: Any) -> Subscription:
    values = {"channel_id": 7, "timetable": Timetable(), "created_at": datetime(2024, 5, 4, tzinfo=UTC)}
    return Subscription(**{**values, "kind": kind, **changes})


def facts(kind: ChannelKind | None = TEXT, **changes: Any) -> ChannelFacts:
    return ChannelFacts(**{"kind": kind, "granted": EVERYTHING, **changes})


def troubles(chosen: Subscription, seen: ChannelFacts) -> dict[Trouble, Severity]:
    return {finding.trouble: finding.severity for finding in diagnose(chosen, seen)}


NEEDS: dict[tuple[ChannelKind, Layout], dict[Permission, Trouble]] = {
    (TEXT, Layout.FULL): {VIEW: Trouble.NO_VIEW, SEND: Trouble.NO_SEND, EMBED: Trouble.NO_EMBEDS},
    (NEWS, Layout.DIGEST): {VIEW: Trouble.NO_VIEW, SEND: Trouble.NO_SEND, EMBED: Trouble.NO_EMBEDS},
    (TEXT, Layout.THREAD): {
        VIEW: Trouble.NO_VIEW,
        SEND: Trouble.NO_SEND,
        EMBED: Trouble.NO_EMBEDS,
        OPEN: Trouble.NO_THREADS,
        IN_THREADS: Trouble.NO_THREAD_MESSAGES,
    },
    (THREAD, Layout.THREAD): {
        VIEW: Trouble.NO_VIEW,
        IN_THREADS: Trouble.NO_THREAD_MESSAGES,
        EMBED: Trouble.NO_EMBEDS,
    },
    (FORUM, Layout.FULL): {
        VIEW: Trouble.NO_VIEW,
        SEND: Trouble.NO_POSTS,
        IN_THREADS: Trouble.NO_POST_MESSAGES,
        EMBED: Trouble.NO_EMBEDS,
    },
}


@pytest.mark.parametrize("missing", list(Permission), ids=str)
@pytest.mark.parametrize(("kind", "layout"), NEEDS, ids=str)
def test_a_missing_permission_is_found_exactly_where_it_is_needed(
    kind: ChannelKind, layout: Layout, missing: Permission
) -> None:
    found = troubles(subscription(kind, layout=layout), facts(kind, granted=EVERYTHING - {missing}))
    if missing is READ:
        assert found == {Trouble.NO_HISTORY: Severity.DEGRADES}
    elif missing in NEEDS[kind, layout]:
        assert found == {NEEDS[kind, layout][missing]: Severity.STOPS}
    else:
        assert found == {}


def test_everything_that_is_missing_is_named_at_once_the_worst_first() -> None:
    found = diagnose(subscription(layout=Layout.THREAD, role_id=3), facts(granted=frozenset()))
    assert [finding.trouble for finding in found] == [
        Trouble.NO_VIEW,
        Trouble.NO_SEND,
        Trouble.NO_THREADS,
        Trouble.NO_THREAD_MESSAGES,
        Trouble.NO_EMBEDS,
        Trouble.NO_HISTORY,
        Trouble.ROLE_GONE,
    ]
    assert len(stopping(found)) == 5


def test_publishing_own_messages_takes_no_more_than_to_write_them() -> None:
    enough = frozenset({VIEW, SEND, EMBED, READ})
    assert troubles(subscription(NEWS, publish=True), facts(NEWS, granted=enough)) == {}


def test_a_silenced_bot_is_told_once_and_not_as_many_missing_permissions() -> None:
    seen = facts(granted=frozenset({VIEW, READ}), timed_out=True)
    assert troubles(subscription(role_id=1), replace(seen, role_exists=True)) == {
        Trouble.TIMED_OUT: Severity.STOPS
    }
    assert Trouble.NO_VIEW in troubles(subscription(), replace(seen, granted=frozenset()))


@pytest.mark.parametrize(
    ("exists", "expected"), [(True, {}), (None, {}), (False, {Trouble.CHANNEL_GONE: Severity.STOPS})]
)
def test_a_channel_is_gone_only_where_that_is_known(*, exists: bool | None, expected: object) -> None:
    granted = EVERYTHING if exists else frozenset()
    assert troubles(subscription(), ChannelFacts(exists=exists, granted=granted)) == expected


@pytest.mark.parametrize(
    ("chosen", "now", "layout", "fits"),
    [
        (TEXT, NEWS, Layout.THREAD, True),
        (NEWS, TEXT, Layout.FULL, True),
        (TEXT, THREAD, Layout.FULL, True),
        (TEXT, THREAD, Layout.THREAD, False),
        (TEXT, FORUM, Layout.FULL, False),
        (FORUM, TEXT, Layout.FULL, False),
        (TEXT, None, Layout.FULL, False),
    ],
)
def test_a_channel_of_another_kind_is_found_where_posts_cannot_go_there(
    *, chosen: ChannelKind, now: ChannelKind | None, layout: Layout, fits: bool
) -> None:
    found = troubles(subscription(chosen, layout=layout), facts(now))
    assert found == ({} if fits else {Trouble.WRONG_KIND: Severity.STOPS})


@pytest.mark.parametrize(
    ("chosen", "now", "expected"),
    [
        (NEWS, NEWS, None),
        (NEWS, TEXT, Trouble.NOT_ANNOUNCING),
        (TEXT, TEXT, Trouble.NOT_ANNOUNCING),
        (TEXT, NEWS, Trouble.NOW_ANNOUNCING),
    ],
)
def test_publishing_takes_an_announcement_channel_that_the_subscription_knows(
    chosen: ChannelKind, now: ChannelKind, expected: Trouble | None
) -> None:
    found = troubles(subscription(chosen, publish=True), facts(now))
    assert found == ({expected: Severity.DEGRADES} if expected else {})
    assert troubles(subscription(chosen), facts(now)) == {}


def test_a_locked_thread_takes_the_permission_to_manage_it() -> None:
    locked = facts(THREAD, locked=True)
    assert troubles(subscription(THREAD), locked) == {}
    found = troubles(subscription(THREAD), replace(locked, granted=EVERYTHING - {MANAGE}))
    assert found == {Trouble.THREAD_LOCKED: Severity.STOPS}


@pytest.mark.parametrize(
    ("required", "wanted", "granted", "expected"),
    [
        (True, ("ai-뉴스",), EVERYTHING, {}),
        (True, (), EVERYTHING, {Trouble.TAG_REQUIRED: Severity.STOPS}),
        (True, ("없는 태그",), EVERYTHING, {Trouble.TAG_REQUIRED: Severity.STOPS}),
        (True, ("없는 태그", "AI 뉴스"), EVERYTHING, {Trouble.TAG_UNKNOWN: Severity.DEGRADES}),
        (False, (), EVERYTHING, {}),
        (False, ("없는 태그",), EVERYTHING, {Trouble.TAG_UNKNOWN: Severity.DEGRADES}),
        (False, ("official",), EVERYTHING, {}),
        (False, ("official",), EVERYTHING - {MANAGE}, {Trouble.TAG_MODERATED: Severity.STOPS}),
    ],
)
def test_a_forums_tags(
    *, required: bool, wanted: tuple[str, ...], granted: frozenset[Permission], expected: object
) -> None:
    seen = facts(FORUM, requires_tag=required, tags=(NEWS_TAG, CLOSED_TAG), granted=granted)
    assert troubles(subscription(FORUM, forum_tags=wanted), seen) == expected


@pytest.mark.parametrize(
    ("exists", "mentionable", "granted", "silent", "expected"),
    [
        (True, True, EVERYTHING - {MENTION}, False, {}),
        (True, False, EVERYTHING, False, {}),
        (True, False, EVERYTHING - {MENTION}, False, {Trouble.ROLE_CLOSED: Severity.DEGRADES}),
        (True, False, EVERYTHING - {MENTION}, True, {Trouble.ROLE_SILENT: Severity.ADVICE}),
        (False, False, EVERYTHING, False, {Trouble.ROLE_GONE: Severity.DEGRADES}),
    ],
)
def test_a_role_can_be_mentioned(
    *, exists: bool, mentionable: bool, granted: frozenset[Permission], silent: bool, expected: object
) -> None:
    seen = facts(granted=granted, role_exists=exists, role_mentionable=mentionable)
    assert troubles(subscription(role_id=5, silent=silent), seen) == expected
    assert troubles(subscription(silent=silent), seen) == {}, "no role was chosen"


@pytest.mark.parametrize("zone", ["Europe/Atlantis", "", "../etc/passwd", "Europe", "\0"])
def test_a_zone_that_does_not_exist_stops_posts(zone: str) -> None:
    (found,) = diagnose(subscription(timetable=Timetable(zone=zone)), facts())
    assert (found.trouble, found.severity, found.about) == (Trouble.ZONE_UNKNOWN, Severity.STOPS, zone)


def test_a_time_without_weekdays_never_comes() -> None:
    never = Timetable(at=time(9), weekdays=frozenset())
    assert troubles(subscription(timetable=never), facts()) == {Trouble.NO_DAYS: Severity.STOPS}
    at_once = replace(never, at=None)
    assert troubles(subscription(timetable=at_once), facts()) == {}


@pytest.mark.parametrize(
    ("cause", "expected"),
    [
        ("send:50013", {Trouble.STOPPED: Severity.STOPS}),
        ("channel 5: 403 Forbidden", {Trouble.STOPPED: Severity.STOPS}),
        (BY_SERVER, {Trouble.PAUSED_BY_SERVER: Severity.ADVICE}),
        (BY_OPERATOR, {Trouble.PAUSED_BY_OPERATOR: Severity.ADVICE}),
        (NOT_IN_SETTINGS, {Trouble.PAUSED_BY_OPERATOR: Severity.ADVICE}),
    ],
)
def test_a_pause_on_purpose_is_no_failure(cause: str, expected: dict[Trouble, Severity]) -> None:
    assert troubles(subscription(paused_because=cause), facts()) == expected
    assert is_failure(cause) == (Trouble.STOPPED in expected)
    assert not is_failure(None)


def test_that_the_operator_stopped_everything_is_said() -> None:
    halted = {Trouble.PAUSED_BY_OPERATOR: Severity.ADVICE}
    assert troubles(subscription(), facts(halted=True)) == halted
    assert troubles(subscription(paused_because=BY_OPERATOR), facts(halted=True)) == halted


@pytest.mark.parametrize(
    ("drought", "found"),
    [
        (None, {}),
        (Drought(posts=30, ever=True), {Trouble.TAGS_TOO_NARROW: Severity.ADVICE}),
        (Drought(posts=30, ever=False), {Trouble.TAGS_TOO_NARROW: Severity.DEGRADES}),
        (Drought(posts=1, ever=False, nearest=("LLM",)), {Trouble.TAG_MISSPELT: Severity.DEGRADES}),
    ],
)
def test_tags_that_let_nothing_through_are_found_though_they_stop_nothing(
    drought: Drought | None, found: dict[Trouble, Severity]
) -> None:
    assert troubles(subscription(), facts(drought=drought)) == found
    assert not stopping(diagnose(subscription(), facts(drought=drought)))
