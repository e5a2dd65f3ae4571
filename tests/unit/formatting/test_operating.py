"""The operator's answers fit Discord's limits however much there is to say, in both languages."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from itertools import zip_longest
from typing import Any

import pytest

from bot.delivery.causes import BY_SERVER, LEFT, REFUSED_FOR_GOOD, Ending
from bot.delivery.explaining import Reason, Why
from bot.delivery.models import Delivery, DeliveryKey, DeliveryState
from bot.delivery.results import Result
from bot.delivery.steps import Step, StepKind
from bot.delivery.withdrawing import Withdrawn
from bot.formatting.counts import card_counts, message_counts
from bot.formatting.messages import Button, Card, Field, Message
from bot.formatting.operating.asking import (
    asks_to_post,
    asks_to_withdraw,
    posted_message,
    progress_line,
    withdrawn_message,
)
from bot.formatting.operating.choosing import (
    ChannelName,
    channel_offers,
    find_channel,
    find_post,
    post_offers,
)
from bot.formatting.operating.doubt import MOST_SHOWN, doubt_message
from bot.formatting.operating.previewing import preview_account
from bot.formatting.operating.status import Shard, Slot, Status, status_message
from bot.formatting.operating.texts import GOOD, cause_of_ending
from bot.formatting.operating.tracing import Trace, trace_message
from bot.i18n import Words, load_catalogues
from bot.posts.archive import Archive
from bot.posts.keys import short_key
from bot.posts.problems import Problem
from bot.replacing import replace
from tests.support.answers import assert_fits
from tests.support.posts import post

NOW = datetime(2024, 5, 5, tzinfo=UTC)
NASTY = "@everyone [x](https://evil.example) **굵게** `a` ||b|| <@1>\n# 제목 " * 40
KEY = DeliveryKey(slug="s" * 500, channel_id=2**63 - 1, part=99_999)


@pytest.fixture(params=["ko", "en"])
def words(request: pytest.FixtureRequest) -> Words:
    return load_catalogues().words(request.param)


def delivery(part: int = 0) -> Delivery:
    return Delivery(
        key=replace(KEY, part=part),
        state=DeliveryState.CLAIMED,
        parts=5,
        fingerprint="",
        payload_hash="",
        claimed_at=NOW,
    )


def test_a_crowded_status_fits(words: Words) -> None:
    status = Status(
        version="1.2.3",
        started_at=NOW,
        now=NOW,
        shards=[Shard(number=number, latency=None if number % 3 else 0.7) for number in range(300)],
        shard_count=300,
        guilds=10**6,
        active=10**6,
        paused={f"send:{code}": 10**4 for code in range(50_000, 50_050)} | {NASTY: 3},
        posts=10**6,
        refused_files=10**4,
        newest=NASTY,
        slots=[Slot(at=NOW, channels=10**6)] * 3,
        at_once=10**6,
        ledger=dict.fromkeys(DeliveryState, 10**9),
        in_doubt=10**5,
        sent_today=10**7,
        errors=[NASTY] * 3,
        memory=10**10,
        database="PostgreSQL",
        content=NASTY,
        paused_since=NOW,
        several=True,
    )
    message = status_message(status, words)
    assert_fits(message)
    _assert_harmless(message)


WELL = Status(
    version="1.2.3",
    started_at=NOW,
    now=NOW,
    shards=[Shard(number=0, latency=0.1)],
    shard_count=1,
    guilds=1,
    active=1,
    posts=1,
    refused_files=0,
    newest=None,
)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (
            {"active": 0, "paused": {"send:50001": 1}, "refused_files": 1},
            "🔴 글을 받는 채널이 하나도 없어요.",
        ),
        ({"active": 0, "paused": {BY_SERVER: 1}}, "⚠️ 글을 받는 채널이 하나도 없어요."),
        ({"paused": {"send:50001": 2, BY_SERVER: 1}}, "⚠️ 채널 2곳에 글을 보내지 못해"),
        ({"paused": {BY_SERVER: 1, LEFT: 1}}, "✅ 잘 돌아가고 있어요. 일부러 멈춘 구독이 2건"),
        ({"refused_files": 1, "errors": ["x"]}, "⚠️ 읽지 못한 글 파일이 1개"),
        ({"content_failure": "no branch", "errors": ["x"]}, "⚠️ 글 저장소의 새 글을 반영하지 못하고"),
        ({"errors": ["x"], "errors_today": 1}, "⚠️ 최근 하루 동안 로그에 오류가 1건 있어요."),
        ({"in_doubt": 3, "refused_files": 1}, "❔ 보냈는지 확인하지 못한 메시지가 3건"),
        ({"paused_since": NOW, "in_doubt": 3}, "⏸️ <t:"),
        ({"paused_since": NOW, "shards": [Shard(number=0, latency=None)]}, "🔴 디스코드에 연결되지"),
        ({}, "✅ 모두 잘 돌아가고 있어요."),
    ],
)
def test_the_status_begins_with_the_worst_of_what_it_shows(wrong: dict[str, Any], said: str) -> None:
    (card,) = status_message(replace(WELL, **wrong), load_catalogues().words("ko")).cards
    assert (card.description or "").startswith(said)
    assert (card.colour == GOOD) == said.startswith("✅")


@pytest.mark.parametrize(("kind", "why"), list(zip_longest(StepKind, Why, fillvalue=StepKind.SENT)))
def test_every_step_and_reason_has_words_and_fits(words: Words, kind: StepKind, why: Why) -> None:
    trace = Trace(
        title=NASTY,
        slug="s" * 500,
        channel=NASTY,
        steps=[Step(at=NOW + timedelta(minutes=n), key=KEY, kind=kind, detail=NASTY) for n in range(200)],
        reasons=[Reason(why=why, at=NOW, detail=NASTY)] * 3,
        now=NOW,
    )
    message = trace_message(trace, words)
    assert_fits(message)
    _assert_harmless(message)


@pytest.mark.parametrize("cause", [*Ending, f"{REFUSED_FOR_GOOD}Invalid Form"])
def test_what_the_bot_itself_decided_is_told_in_the_operators_language(cause: str) -> None:
    korean = cause_of_ending(cause, load_catalogues().words("ko"))
    assert any("가" <= character <= "힣" for character in korean)
    assert ("Invalid Form" in korean) == cause.endswith("Invalid Form")
    assert REFUSED_FOR_GOOD not in korean


def test_what_discord_said_stays_as_it_was(words: Words) -> None:
    assert cause_of_ending("Invalid Form Body", words) == "Invalid Form Body"


def test_what_is_in_doubt_fits_and_the_rest_is_counted(words: Words) -> None:
    rows = [delivery(part) for part in range(20)]
    message = doubt_message(rows, lambda _: NASTY, lambda _: NASTY, words, "said")
    assert_fits(message)
    _assert_harmless(message)
    assert len(message.rows) == MOST_SHOWN + 1
    assert "16" in (message.cards[0].description or "")


@pytest.mark.parametrize("result", list(Result))
def test_questions_and_results_fit(words: Words, result: Result) -> None:
    for message in (
        asks_to_post("a", NASTY, 10**6, words),
        asks_to_withdraw("a", NASTY, 10**6, 10**6, words),
        posted_message(NASTY, {result: 10**6}, words, several=True),
        posted_message(NASTY, {}, words, several=False),
        withdrawn_message(NASTY, Withdrawn(removed=1, left=10**6), words),
    ):
        assert_fits(message)
        _assert_harmless(message)


def test_progress_goes_from_empty_to_full(words: Words) -> None:
    assert "█" not in progress_line(0, 10, words)
    assert "░" not in progress_line(10, 10, words)
    assert progress_line(0, 0, words) == words("admin.progress.begun")


def test_the_account_of_a_long_preview_fits_and_says_how_much_there_is(words: Words) -> None:
    messages = [Message(content="x" * 1990, cards=(Card(title="t" * 256, description="d" * 40),) * 5)] * 60
    problem = Problem(path="p" * 300, line=1, code="c", cause=NASTY, fix=NASTY)
    message = preview_account(NASTY, messages, [problem] * 20, words)
    assert_fits(message)
    _assert_harmless(message)
    assert "60" in (message.cards[0].footer or "")


def test_the_counts_of_a_preview_are_in_the_operators_language() -> None:
    card = Card(
        title="제목",
        author="작성자",
        description="설명",
        fields=(Field(name="이름", value="값"),),
        footer="바닥글",
        image=f"https://example.com/{'a' * 2020}",
    )
    button = Button(label="버튼", custom_id="x")
    messages = [Message(content="글", cards=(card,), rows=((button,),))]
    (account,) = preview_account("글", messages, [], load_catalogues().words("ko")).cards
    counts = [*message_counts(messages[0]), *card_counts(card)]
    assert len(counts) == 14
    assert (account.description or "").count("/") == 14
    assert not re.search("[A-Za-z]", account.description or "")
    (account,) = preview_account("글", messages, [], load_catalogues().words("en")).cards
    assert all(str(count) in (account.description or "") for count in counts)


def test_posts_are_offered_newest_first_and_found_by_anything_that_names_them(words: Words) -> None:
    posts = [post(f"slug{day}", day=f"2024-05-{day:02}") for day in range(1, 31)]
    archive = Archive.of(posts)
    offers = post_offers(archive, "", words)
    assert len(offers) == 25
    assert offers[0].value == posts[-1].key == short_key("slug30")
    assert [offer.value for offer in post_offers(archive, "2024-05-07", words)] == [posts[6].key]
    assert [offer.value for offer in post_offers(archive, "  제목  SLUG7 ", words)] == [posts[6].key]
    for typed in (posts[6].key, "slug7", "slug7.md", "2024-05-07", " 제목 SLUG7"):
        assert find_post(archive, typed) == posts[6], typed
    assert find_post(archive, "") == posts[-1]
    assert find_post(archive, "nothing") is None
    assert find_post(Archive(), "") is None


def test_channels_are_offered_by_name_and_found_by_what_only_one_has() -> None:
    known = [
        ChannelName(channel_id=1, name="news", server="가"),
        ChannelName(channel_id=2, name="news", server="나"),
        ChannelName(channel_id=3, name="other", server="나"),
        ChannelName(channel_id=4),
    ]
    names = [offer.name for offer in channel_offers(known, "")]
    assert names == ["#news · 가", "#news · 나", "#other · 나", "4"]
    assert [offer.value for offer in channel_offers(known, "나")] == ["2", "3"]
    assert find_channel(known, "<#77>") == 77
    assert find_channel(known, "#other") == find_channel(known, "OTHER · 나") == 3
    assert find_channel(known, "news") is None, "two have that name"
    assert find_channel(known, "news · 나") == 2
    assert find_channel(known, str(2**63)) is None
    assert len(channel_offers([ChannelName(channel_id=n, name="x" * 300) for n in range(99)], "")) == 25


def _assert_harmless(message: Message) -> None:
    """Nothing of the untrusted text acts as Markdown or as a mention."""
    payload = message.to_payload()
    assert payload["allowed_mentions"] == {"parse": []}
    for card in payload["embeds"]:
        values = [field["value"] for field in card.get("fields", [])]
        texts = [card.get("title"), card.get("description"), *values]
        for text in filter(None, texts):
            assert not re.search(r"(?<!\\)(?:\[x\]|@everyone|<@1>|\|\|b)", text), text
