"""Sets up logging: readable on a terminal, one JSON object a line otherwise; secrets never get through."""

from __future__ import annotations

import logging
import re
import sys
from typing import TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

_SECRETS = re.compile(
    # A bot token: the base64 of its id, a time stamp, a signature.
    r"[A-Za-z0-9_-]{23,28}\.[A-Za-z0-9_-]{6,7}\.[A-Za-z0-9_-]{27,}"
    # The password of an address such as postgresql://user:password@host.
    r"|(?<=://)[^\s@]*:[^\s@]+(?=@)"
    # The token in an interaction's or a webhook's address.
    r"|(?<=/interactions/)\d+/[^\s/]+|(?<=/webhooks/)\d+/[^\s/]+"
)
_NO_VOICE = "is not installed, voice will NOT be supported"
REDACTED = "[redacted]"


def redact(text: str) -> str:
    """The text with everything that looks like a token or a password taken out."""
    return _SECRETS.sub(REDACTED, text)


def set_up_logging(level: str, stream: TextIO | None = None, *, readable: bool | None = None) -> None:
    """Send every logger's lines to ``stream`` (default: standard error) from ``level`` on.

    ``readable`` lines are for people; not given, they are what a terminal gets, and objects go elsewhere.
    """
    target = stream or sys.stderr
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    is_terminal = target.isatty()
    render: list[Processor] = (
        # Plain tracebacks: structlog's own show the values of variables, which may be secrets, in boxes.
        [structlog.dev.ConsoleRenderer(colors=is_terminal, exception_formatter=structlog.dev.plain_traceback)]
        if (is_terminal if readable is None else readable)
        else [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False)]
    )
    handler = logging.StreamHandler(target)
    handler.addFilter(_concerns_us)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *render, _redacted],
        )
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    # These speak at INFO about every job and every request.
    for chatty in ("apscheduler", "alembic", "watchfiles", "discord.gateway", "discord.client"):
        logging.getLogger(chatty).setLevel(max(logging.WARNING, logging.getLevelName(level)))


def _concerns_us(record: logging.LogRecord) -> bool:
    """False for what discord.py warns of at each start: libraries for voice, which this bot never uses."""
    return not (record.name == "discord.client" and str(record.msg).endswith(_NO_VOICE))


def _redacted(_logger: WrappedLogger, _method: str, line: EventDict | str) -> str:
    """The last step: the finished line, whatever it was made from."""
    return redact(str(line))
