"""What is logged can be read, and holds no secret."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import discord
import pytest
import structlog
from pydantic import SecretStr

from bot.logs import set_up_logging
from bot.redaction import REDACTED

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


@pytest.mark.parametrize("stream", [io.StringIO(), Terminal()])
def test_signatures_headers_and_known_secrets_never_get_through(stream: io.StringIO) -> None:
    set_up_logging("INFO", stream, secrets=("short", "hunter2 of the hook"))
    log = logging.getLogger("bot.z")
    log.info("GET https://cdn.discordapp.com/a.png?ex=hunter2a&is=hunter2b&hm=hunter2c& and more")
    log.info("PUT https://s3/x?X-Amz-Credential=hunter2&X-Amz-Signature=hunter2&x=kept")
    log.info("headers %s", {"Authorization": "Bot hunter2d", "X": "kept"})
    log.info("remote: no such user: Basic aHVudGVyMjpodW50ZXIy, a basic understanding")
    log.info("cannot fetch https://hunter2_of_the_forge@github.com/a/b.git")
    log.info("host=db password='hunter2 h, hunter2' sslpassword=hunter2i DISCORD_TOKEN=hunter2j")
    log.info("Authorization: Bearer hunter2e", extra={"sent": {"authorization": "hunter2f"}})
    log.info("hunter2 of the hook, hunter2%20of%20the%20hook, short", extra={"typed": SecretStr("hunter2g")})
    log.error("failed", exc_info=ValueError("https://h/?token=hunter2h"))
    log.info("event %s", {"id": "1", "token": "hunter2i", "client_secret": "hunter2j"})
    log.info('{"token": "hunter2k", "access_token":"hunter2l"}', extra={"sent": '{"password": "hunter2m"}'})
    log.info("the token: it is refused")
    text = stream.getvalue()
    assert "hunter2" not in text
    assert "aHVudGVy" not in text
    assert "a basic understanding" in text
    assert text.count("kept") == 2
    assert "and more" in text
    assert "the token: it is refused" in text
    assert "short" in text


HOSTILE = "글\n2026 [error] forged\r\x1b[2J\x1b]0;x\x07\u202egnp.exe\u2066\u2028\x85\ud800"


@pytest.mark.parametrize("readable", [True, False])
def test_a_hostile_title_is_one_visible_line(*, readable: bool) -> None:
    stream = io.StringIO()
    set_up_logging("INFO", stream, readable=readable)
    logging.getLogger("bot.x").info("post %s", HOSTILE, extra={"title": HOSTILE, "tags": [HOSTILE]})
    (line,) = stream.getvalue().splitlines()
    assert "글" in line
    assert line.isprintable()
    assert line.encode("utf-8")


def test_no_line_of_a_traceback_passes_for_a_record() -> None:
    stream = io.StringIO()
    set_up_logging("INFO", stream, readable=True)
    logging.getLogger("bot.x").error("failed", exc_info=ValueError(HOSTILE))
    _, *rest = stream.getvalue().splitlines()
    assert rest
    assert all(line.startswith("  | ") and line.isprintable() for line in rest)
