"""What is logged can be read, and holds no secret."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import discord
import pytest
import structlog

from bot.logs import REDACTED, set_up_logging

TOKEN = "MTIzNDU2Nzg5MDEyMzQ1Njc4.GabcDE." + "x" * 38


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def logging_as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    yield
    root.handlers, root.level = handlers, level
    structlog.reset_defaults()


def test_elsewhere_than_on_a_terminal_each_line_is_an_object() -> None:
    stream = io.StringIO()
    set_up_logging("INFO", stream)
    logging.getLogger("bot.x").info("글 %s", "하나", extra={"channel": 5})
    structlog.stdlib.get_logger("bot.y").warning("둘", part=1)
    first, second = map(json.loads, stream.getvalue().splitlines())
    assert (first["event"], first["level"], first["channel"]) == ("글 하나", "info", 5)
    assert (second["event"], second["part"]) == ("둘", 1)


@pytest.mark.parametrize("stream", [io.StringIO(), Terminal()])
def test_tokens_and_passwords_never_get_through(stream: io.StringIO) -> None:
    set_up_logging("INFO", stream)
    log = logging.getLogger("bot.z")
    log.info("token %s", TOKEN)
    log.info("url postgresql+asyncpg://bot:hunter2secret@db/ainews")
    log.info("url redis://:hunter2secret@db and postgresql://bot:a/hunter2secret@db")
    log.info("POST https://discord.com/api/v10/interactions/123/hunter2secret/callback")
    log.info("POST https://discord.com/api/v10/webhooks/123/hunter2secret/messages/@original")
    log.error("failed", exc_info=ValueError(TOKEN))
    text = stream.getvalue()
    assert TOKEN not in text
    assert "hunter2secret" not in text
    assert REDACTED in text


def test_a_newline_in_untrusted_text_makes_no_second_line() -> None:
    stream = io.StringIO()
    set_up_logging("INFO", stream)
    logging.getLogger("bot.x").info("title %s", 'a\n{"event": "forged"}')
    assert len(stream.getvalue().splitlines()) == 1


@pytest.mark.parametrize("stream", [io.StringIO(), Terminal()])
def test_a_traceback_shows_no_values_of_variables(stream: io.StringIO) -> None:
    set_up_logging("INFO", stream)

    def fail(kept: str) -> None:
        raise ValueError(len(kept))

    try:
        fail(TOKEN[:3] * 4)
    except ValueError:
        structlog.stdlib.get_logger("bot.z").exception("failed")
    assert "ValueError: 12" in stream.getvalue()
    assert TOKEN[:3] * 4 not in stream.getvalue()


def test_missing_libraries_for_voice_are_no_news_and_other_warnings_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stream = io.StringIO()
    set_up_logging("INFO", stream)
    for library in ("warn_nacl", "warn_dave"):  # discord.py warns once in a process
        monkeypatch.setattr(discord.VoiceClient, library, True)
    discord.Client(intents=discord.Intents(guilds=True))
    assert (discord.VoiceClient.warn_nacl, discord.VoiceClient.warn_dave) == (False, False)
    assert not stream.getvalue()
    logging.getLogger("discord.client").warning("something else is not installed")
    assert "something else is not installed" in stream.getvalue()


def test_readable_lines_go_elsewhere_too_when_asked_for() -> None:
    stream = io.StringIO()
    set_up_logging("WARNING", stream, readable=True)
    logging.getLogger("bot.x").info("unheard")
    logging.getLogger("bot.x").warning("heard")
    (line,) = stream.getvalue().splitlines()
    assert "[warning  ] heard" in line
    assert "\x1b" not in line
