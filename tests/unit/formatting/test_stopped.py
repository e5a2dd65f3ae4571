"""Why a channel stopped, in words that tell what to click."""

from __future__ import annotations

import pytest

from bot.delivery.causes import Cause
from bot.errors import Doing, SendRefused
from bot.formatting.stopped import cause_in_words, stopped_message, unwanted_message
from bot.i18n import load_catalogues
from tests.support.answers import assert_fits

CATALOGUES = load_catalogues()
CODES = (50001, 10003, 10004, 40067, 50083, 160005, 200000, 240000, 12345)
CAUSES = [Cause(Doing.SEND, code) for code in CODES] + [Cause(doing, 50013) for doing in Doing]


@pytest.mark.parametrize("cause", CAUSES, ids=str)
@pytest.mark.parametrize("locale", ["ko", "en"])
def test_every_cause_has_words_of_its_own_and_fits(cause: Cause, locale: str) -> None:
    words = CATALOGUES.words(locale)
    said = cause_in_words(str(cause), words)
    assert "cause." not in said
    others = {cause_in_words(str(other), words) for other in CAUSES if other != cause}
    assert said not in others
    message = stopped_message(7, str(cause), words)
    assert_fits(message)
    assert "<#7>" in (message.cards[0].description or "")
    unwanted = unwanted_message(7, str(cause), words)
    assert_fits(unwanted)
    assert unwanted.rows == message.rows
    assert unwanted.cards[0].title != message.cards[0].title


def test_a_cause_survives_its_storage() -> None:
    refusal = SendRefused("no", status=403, code=50013, permanent=True, doing=Doing.OPEN_THREAD)
    assert Cause.parse(str(Cause.of(refusal))) == Cause(Doing.OPEN_THREAD, 50013)


def test_what_an_older_version_stored_is_shown_as_it_is() -> None:
    assert cause_in_words("channel 5: 403 Forbidden", CATALOGUES.words("ko")) == "channel 5: 403 Forbidden"
