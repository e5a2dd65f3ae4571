"""Sets up logging: readable on a terminal, one JSON object a line otherwise; secrets never get through."""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import Iterable
from typing import TextIO

import structlog
from structlog.typing import EventDict, ExcInfo, Processor, WrappedLogger

from bot.redaction import redact, spellings, visible

_NO_VOICE = "is not installed, voice will NOT be supported"
_KEPT = (bool, int, float, type(None))
_OURS = frozenset({"exc_info", "stack_info"})


def set_up_logging(
    level: str,
    stream: TextIO | None = None,
    *,
    readable: bool | None = None,
    secrets: Iterable[str] = (),
) -> None:
    """Send every logger's lines to ``stream`` (default: standard error) from ``level`` on.

    ``readable`` lines are for people; not given, they are what a terminal gets, and objects go elsewhere.
    An object is one line; for people so is a record, and its traceback follows behind bars. What looks like
    a secret is taken out of the finished lines, and so are the ``secrets`` themselves.
    """
    target = stream or sys.stderr
    is_terminal = target.isatty()
    handler = logging.StreamHandler(target)
    handler.addFilter(_concerns_us)
    is_readable = is_terminal if readable is None else readable
    handler.setFormatter(line_formatter(secrets, readable=is_readable, colours=is_terminal))
    shared = _shared()
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


def line_formatter(
    secrets: Iterable[str], *, readable: bool = True, colours: bool = False
) -> logging.Formatter:
    """Makes the finished line of a record, without secrets; ``set_up_logging`` says what it looks like."""
    render: list[Processor] = (
        [_on_one_line, structlog.dev.ConsoleRenderer(colors=colours, exception_formatter=_behind_bars)]
        if readable
        else [
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
            _visible,
        ]
    )
    known = spellings(secrets)

    def redacted(_logger: WrappedLogger, _method: str, line: EventDict | str) -> str:
        """The last step: the finished line, whatever it was made from."""
        return redact(str(line), known)

    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=_shared(),
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *render, redacted],
    )


def _shared() -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]


def _concerns_us(record: logging.LogRecord) -> bool:
    """False for what discord.py warns of at each start: libraries for voice, which this bot never uses."""
    return not (record.name == "discord.client" and str(record.msg).endswith(_NO_VOICE))


def _on_one_line(_logger: WrappedLogger, _method: str, line: EventDict) -> EventDict:
    """Every value with its control characters shown: a post's title must not write lines of its own."""
    for name, value in line.items():
        if name not in _OURS and not isinstance(value, _KEPT):
            line[name] = visible(value if isinstance(value, str) else repr(value))
    return line


def _visible(_logger: WrappedLogger, _method: str, line: EventDict | str) -> str:
    """JSON escapes the ASCII ones by itself."""
    return visible(str(line))


def _behind_bars(target: TextIO, failure: ExcInfo) -> None:
    """A plain traceback: structlog's own show the values of variables, which may be secrets.

    No line of it can pass for a record, whatever the exception says.
    """
    text = "".join(traceback.format_exception(*failure))
    target.write("\n".join(f"  | {visible(line)}" for line in text.rstrip().split("\n")))
