"""The admins' pages stay within every limit of Discord, however much a server chose."""

from __future__ import annotations

from datetime import UTC, datetime, time

import pytest

from bot.delivery.causes import BY_OPERATOR, BY_SERVER, LEFT, NOT_IN_SETTINGS
from bot.delivery.choices import LONGEST_TAG, MOST_SUBSCRIPTIONS, MOST_TAGS, changes, values_of
from bot.delivery.drafts import Draft, edited, first_draft
from bot.delivery.exchange import Fault
from bot.delivery.models import ChannelKind, Subscription
from bot.delivery.timetable import Timetable
from bot.formatting import limits
from bot.formatting.escaping import escape_text
from bot.formatting.messages import Card, Message, Pick, Picker, Select
from bot.formatting.setup.pages import (
    LeftOut,
    Named,
    Planned,
    Remembered,
    faults_page,
    history_lines,
    import_page,
    list_page,
    remove_page,
    saved_page,
)
from bot.formatting.setup.panel import Panel, more_page, panel_page
from bot.formatting.setup.standing import Hold
from bot.formatting.stopped import cause_in_words
from bot.i18n import Words, load_catalogues
from bot.replacing import replace
from tests.support.answers import assert_fits

NOW = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)
FAR = 2**63 - 1
WORDS = load_catalogues().by_locale
TAGS = frozenset(f"*@everyone*{number}".ljust(LONGEST_TAG, "뷁") for number in range(MOST_TAGS))
RICH = Subscription(
    channel_id=FAR,
    guild_id=FAR,
    kind=ChannelKind.ANNOUNCEMENT,
    timetable=Timetable(
        at=time(18, 30), zone="America/Argentina/Buenos_Aires", weekdays=frozenset({0, 2, 4, 6})
    ),
    created_at=NOW,
    include=TAGS,
    exclude=TAGS,
    forum_tags=tuple(sorted(TAGS))[:5],
    role_id=FAR,
    silent=True,
    publish=True,
)


@pytest.fixture(params=["ko", "en"])
def words(request: pytest.FixtureRequest) -> Words:
    return WORDS[request.param]


def panel(draft: Draft, *cards: Card) -> Panel:
    plain = replace(RICH, include=frozenset(), exclude=frozenset(), role_id=None, silent=False)
    record = Remembered(
        at=NOW,
        user_id=FAR,
        channel_id=FAR,
        action="change",
        changes=changes(values_of(plain), values_of(replace(plain, locale="en", role_id=FAR))),
    )
    return Panel(
        token="0123456789ab",
        draft=draft,
        now=NOW,
        preview=(Message(cards=cards), Message(content="둘째")) if cards else (),
        history=history_lines([record] * 9, NOW, WORDS["ko"]),
        paused_because="send:50013" if draft.old else None,
    )


@pytest.mark.parametrize(("action", "who"), [("pause", f"<@{FAR}>"), ("operator_pause", "봇 운영자")])
def test_what_the_operator_did_is_told_without_a_name(action: str, who: str) -> None:
    record = Remembered(at=NOW, user_id=FAR, channel_id=1, action=action, changes=())
    (line,) = history_lines([record], NOW, WORDS["ko"])
    assert line == f"<t:{int(NOW.timestamp())}:R> {who} 일시정지"


def test_the_panel_shows_the_cover_and_a_glance_at_what_follows(words: Words) -> None:
    small, large = Card(title="표지", description="가" * 298), Card(description="나" * 4000)
    draft = edited(RICH, "es-419")
    for page in (panel_page, more_page):
        for cards, shown in (((small,), 1), ((small, large), 1), ((large,), 1), ((small,) * 30, 2), ((), 0)):
            message = page(panel(draft, *cards), words)
            assert_fits(message)
            assert message.cards[1:] == cards[:shown]
    without = panel_page(panel(draft), words)
    assert len(without.cards) == 1


def test_the_first_page_offers_every_choice_and_cannot_be_saved_without_a_channel(words: Words) -> None:
    draft = first_draft(guild_id=1, channel=None, locale="ko", language="ko", now=NOW)
    rows = panel_page(panel(draft), words).rows
    selects = [part for row in rows for part in row if isinstance(part, Select | Picker)]
    assert len(selects) == 4
    assert all(len(part.options) <= limits.SELECT_OPTIONS for part in selects if isinstance(part, Select))
    assert rows[-1][0].disabled is True
    chosen = draft.with_(channel_id=5, kind=ChannelKind.FORUM)
    assert panel_page(panel(chosen), words).rows[-1][0].disabled is False


def test_only_an_announcement_channel_offers_to_publish(words: Words) -> None:
    draft = edited(RICH, "ko")
    assert draft.new.publish
    text = draft.with_(kind=ChannelKind.TEXT)
    assert not text.new.publish
    for each, offered in ((draft, True), (text, False)):
        ids = [part.custom_id for row in more_page(panel(each), words).rows for part in row]
        assert ("setup:publish:0123456789ab" in ids) is offered


@pytest.mark.parametrize("hold", [None, *Hold])
@pytest.mark.parametrize("cause", [None, "send:50013", BY_SERVER, BY_OPERATOR, LEFT, NOT_IN_SETTINGS])
def test_the_list_fits_with_as_many_channels_as_a_server_may_have(
    words: Words, cause: str | None, hold: Hold | None
) -> None:
    several = [
        Named(
            subscription=replace(RICH, channel_id=FAR - number, paused_because=cause),
            name=None if number % 2 else "뷁" * 100,
            hold=hold,
        )
        for number in range(MOST_SUBSCRIPTIONS)
    ]
    message = list_page(several, NOW, words)
    assert_fits(message)
    assert all(f"<#{FAR - number}>" in (message.cards[0].description or "") for number in range(25))
    if cause and hold is not Hold.GONE:
        one = list_page(several[:1], NOW, words).cards[0].description or ""
        assert escape_text(cause_in_words(cause, words)) in one


def test_what_was_saved_fits_and_shows_old_and_new(words: Words) -> None:
    plain = Subscription(channel_id=1, timetable=Timetable(), created_at=NOW)
    page = saved_page(RICH, changes(values_of(plain), values_of(RICH)), NOW, words)
    assert_fits(page)
    text = page.cards[0].description or ""
    assert "09:00 → 18:30" in text
    assert f"<#1> → <#{FAR}>" in text
    assert "@everyone" not in text.replace("@\u2060everyone", "")
    assert_fits(saved_page(RICH, changes(None, values_of(RICH)), NOW, words))
    assert_fits(remove_page(RICH, NOW, words))


def test_an_import_of_everything_and_a_file_full_of_faults_fit(words: Words) -> None:
    planned = [
        Planned(channel_id=FAR - number, is_new=number % 2 == 0, changes=changes(None, values_of(RICH)))
        for number in range(MOST_SUBSCRIPTIONS)
    ]
    gone = LeftOut(channels=tuple(FAR - number for number in range(25)), keys=("`@everyone`" * 4,) * 10)
    for left_out in (LeftOut(), gone):
        assert_fits(import_page("0123456789ab", planned, NOW, words, left_out=left_out))
    keys = [*values_of(RICH), "unknown", "double", "stranger", "stranger_role", "entry", "both", "doubled"]
    faults = [Fault(entry=99, key="`@everyone`" * 4, fix=key, found="<@1>" * 20) for key in keys]
    page = faults_page(faults[:10], words)
    assert_fits(page)
    for fault in (*faults, Fault(entry=0, key="`@everyone`" * 4, fix="doubled")):
        assert_fits(faults_page([fault], words))


def test_pickers_are_what_discords_api_describes() -> None:
    channel = Picker(custom_id="c", pick=Pick.CHANNEL, chosen=(FAR,), channel_types=(0, 5), placeholder="p")
    assert channel.to_payload() == {
        "type": 8,
        "custom_id": "c",
        "min_values": 1,
        "max_values": 1,
        "default_values": [{"id": str(FAR), "type": "channel"}],
        "channel_types": [0, 5],
        "placeholder": "p",
    }
    role = Picker(custom_id="r", pick=Pick.ROLE, least=0, disabled=True).to_payload()
    assert role == {"type": 6, "custom_id": "r", "min_values": 0, "max_values": 1, "disabled": True}
