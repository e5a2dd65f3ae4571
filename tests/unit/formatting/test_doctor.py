"""What the doctor says: what, why and the clicks, in both languages, within Discord's limits."""

from __future__ import annotations

import re

import pytest

from bot.delivery.diagnosis import Finding, Severity, Trouble
from bot.errors import Doing, SendRefused, SendUncertain
from bot.formatting.doctor import PERMISSIONS, Checkup, overview, report, under, warning
from bot.formatting.messages import Button, Card, Message
from bot.formatting.stopped import as_text, stopped_message
from bot.formatting.trial import trial_continued, trial_post, trial_result
from bot.i18n import Words, load_catalogues
from tests.support.answers import assert_fits

CATALOGUES = load_catalogues()
CHANNEL, BOT, ROLE = 2**63 - 1, 2**63 - 2, 2**63 - 3
HOSTILE = "@everyone **x** [a](https://e.com) `" * 40

both = pytest.mark.parametrize("words", [CATALOGUES.words("ko"), CATALOGUES.words("en")], ids=["ko", "en"])


def finding(trouble: Trouble, severity: Severity = Severity.STOPS, about: str = "send:50013") -> Finding:
    return Finding(trouble=trouble, severity=severity, about=about)


def checkup(*findings: Finding, **changes: object) -> Checkup:
    values = {"channel_id": CHANNEL, "role_id": ROLE, "name": "뉴스", **changes}
    return Checkup(findings=findings, **values)  # type: ignore[arg-type]  # a test's words


def said(message: Message) -> str:
    return "\n".join(f"{card.title}\n{card.description}" for card in message.cards)


def labels(message: Message) -> list[str]:
    return [part["label"] for row in message.to_payload().get("components", []) for part in row["components"]]


@both
@pytest.mark.parametrize("trouble", list(Trouble), ids=str)
def test_every_finding_says_what_why_and_where_to_click(trouble: Trouble, words: Words) -> None:
    message = report(checkup(finding(trouble)), BOT, words)
    assert_fits(message)
    text = said(message)
    assert "doctor." not in text
    assert not re.search(r"[{}]", text)
    what, why, fix = text.split("\n\n")[1].split("\n")
    assert what.startswith("⛔ **")
    assert len(why) > 10
    assert fix.startswith("🔧 ")
    if trouble in PERMISSIONS:
        assert f"<@{BOT}>" in fix
        assert f"<#{CHANNEL}>" in fix
        assert words(f"doctor.{trouble}.permission") in what
        assert words(f"doctor.{trouble}.permission") in fix


@both
def test_everything_at_once_fits_and_so_does_what_is_hostile(words: Words) -> None:
    everything = [finding(trouble, about=HOSTILE) for trouble in Trouble]
    for found in (checkup(*everything), checkup(*everything, cause="send:50013")):
        for message in (report(found, BOT, words), warning(found, BOT, words)):
            assert_fits(message)
            assert "@everyone **x**" not in said(message)
            assert_fits(as_text(message))
    many = [checkup(*everything, channel_id=CHANNEL - number, name="채" * 100) for number in range(60)]
    assert_fits(overview(many, words))


@both
@pytest.mark.parametrize("length", [10, 2000, 4096])
def test_below_a_page_of_any_length_the_findings_fit(words: Words, length: int) -> None:
    button = Button(label="x", custom_id="setup:list")
    page = Message(cards=(Card(title="t" * 256, description="d" * length),), rows=((button,),))
    everything = checkup(*(finding(trouble, about=HOSTILE) for trouble in Trouble), cause="send:50013")
    message = under(page, [everything], BOT, words)
    assert_fits(message)
    assert message.cards[0] == page.cards[0]
    assert "⛔" in said(message)
    assert labels(message)[:2] == ["x", words("doctor.retry")]


@both
def test_that_all_is_well_is_said(words: Words) -> None:
    message = report(checkup(), BOT, words)
    assert f"<#{CHANNEL}>" in said(message)
    assert said(message) != said(report(checkup(known=False), BOT, words))
    assert labels(message) == [words("doctor.test"), words("doctor.check")]


@both
def test_trying_again_is_offered_where_posts_stopped_and_not_where_they_were_paused(words: Words) -> None:
    stopped = report(checkup(finding(Trouble.STOPPED), cause="send:50013"), BOT, words)
    assert labels(stopped)[0] == words("doctor.retry")
    paused = report(checkup(finding(Trouble.PAUSED_BY_SERVER), cause="paused:server"), BOT, words)
    assert words("doctor.retry") not in labels(paused)


@both
def test_a_threads_permissions_are_mended_where_it_belongs(words: Words) -> None:
    text = said(report(checkup(finding(Trouble.NO_THREAD_MESSAGES), parent_id=55), BOT, words))
    assert "<#55>" in text.split("🔧")[1]


@both
def test_a_list_of_channels_shows_the_worst_first_and_lets_one_be_chosen(words: Words) -> None:
    channels = [
        checkup(channel_id=1),
        checkup(finding(Trouble.ROLE_GONE, Severity.DEGRADES), channel_id=2),
        checkup(finding(Trouble.NO_SEND), channel_id=3),
        checkup(finding(Trouble.ROLE_SILENT, Severity.ADVICE), channel_id=4),
    ]
    message = overview(channels, words)
    assert_fits(message)
    assert re.findall(r"^(\S+) <#(\d)>", said(message), re.MULTILINE) == [
        ("⛔", "3"),
        ("⚠️", "2"),
        ("💡", "4"),
        ("✅", "1"),
    ]
    (row,) = message.to_payload()["components"]
    assert [option["value"] for option in row["components"][0]["options"]] == ["3", "2", "4", "1"]


@both
def test_a_notice_offers_to_try_again_also_without_its_card(words: Words) -> None:
    notice = stopped_message(CHANNEL, "send:50013", words)
    plain = as_text(notice)
    assert plain.cards == ()
    assert f"<#{CHANNEL}>" in (plain.content or "")
    assert labels(plain) == labels(notice) == [words("doctor.retry"), words("doctor.check")]


@both
def test_a_test_post_notifies_nobody_and_can_be_taken_away(words: Words) -> None:
    for message in (trial_post(words), trial_continued(words)):
        assert_fits(message)
        assert message.to_payload()["flags"] == 1 << 12
        assert message.cards
    assert labels(trial_post(words)) == [words("trial.remove")]


@both
def test_what_discord_says_to_a_test_post_is_put_into_words(words: Words) -> None:
    refusal = SendRefused("no", status=403, code=50013, permanent=True, doing=Doing.OPEN_THREAD)
    refused = trial_result(CHANNEL, ["https://a"], refusal, words).content or ""
    assert words("cause.50013.open_thread") in refused
    assert "https://a" in refused
    unclear = trial_result(CHANNEL, [], SendUncertain("time-out"), words).content or ""
    worked = trial_result(CHANNEL, [], None, words, publishes=True, stopped=True)
    assert len({refused, unclear, worked.content}) == 3
    assert words("trial.not_published") in (worked.content or "")
    assert labels(worked) == [words("doctor.retry")]
