"""Every error this project raises on purpose, in one tree.

::

    AinewsError
    ├── SettingsError         a setting is missing or wrong; the process exits with code 2
    ├── PostError             one content file cannot be used; holds its problems
    ├── StoreError            the database is out of reach, locked, or newer than this program
    ├── BackupError           a backup cannot be written, read, or restored into this database
    ├── ReloadError           new code or content is broken; what ran before goes on
    ├── DemoError             the simulated Discord cannot be started
    ├── DiscordUnreachable    the proxy before Discord does not answer when the bot starts
    └── DeliveryError         one message could not be delivered
        ├── SendRefused       Discord said no: the message is certainly not there
        ├── SendUncertain     no answer came: the message may be there
        ├── HistoryUnreadable the channel's recent messages cannot be read
        └── TokenRefused      the bot's token is wrong or was revoked; nothing can be sent

Foreign errors are mapped to these once, in ``bot.adapters``.
"""

from __future__ import annotations

import enum
import re
from typing import TYPE_CHECKING

from bot.discord_codes import ErrorCode
from bot.patterns import regex

BAD_REQUEST = 400
_PICTURE = regex(r"embeds?[.\[]\d+\]?[.\[](image|thumbnail)|(image|thumbnail)\W{0,2}url", re.IGNORECASE)

_WORDS = frozenset({ErrorCode.BLOCKED_BY_AUTOMOD, ErrorCode.HARMFUL_LINK})

if TYPE_CHECKING:
    from bot.posts.problems import Problem


class AinewsError(Exception):
    """The root: whatever this project raises on purpose can be caught as this."""


class SettingsError(AinewsError):
    """Settings are missing or wrong. ``problems`` holds one line a setting, secrets left out."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class PostError(AinewsError):
    """A content file cannot be used. ``problems`` says where, why, and what to do."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


class StoreError(AinewsError):
    """The database is out of reach, locked by another process, or newer than this program."""


class BackupError(AinewsError):
    """A backup cannot be written, or not be read, or not be restored into this database."""


class ReloadError(AinewsError):
    """New code or content could not be taken into service; what ran before goes on."""


class DemoError(AinewsError):
    """The simulated Discord cannot be started; the message says what to install."""


class DiscordUnreachable(AinewsError):  # noqa: N818 - named for what is known
    """The proxy of DISCORD_API_URL does not answer when the bot starts, or has no answer of Discord's."""


class DeliveryError(AinewsError):
    """One message could not be delivered."""


class Doing(enum.StrEnum):
    """What was asked of Discord when it refused: each needs permissions of its own."""

    SEND = "send"
    OPEN_THREAD = "open_thread"
    SEND_IN_THREAD = "send_in_thread"
    POST_IN_FORUM = "post_in_forum"
    PUBLISH = "publish"


class SendRefused(DeliveryError):  # noqa: N818 - named for what Discord did
    """Discord refused the message: it is certainly not in the channel.

    Attributes:
        code: Discord's JSON error code (``bot.discord_codes.ErrorCode`` or another), 0 where none was given.
        status: the HTTP status.
        permanent: True when only a person can mend it (missing access, deleted channel).
        doing: what was refused.
        attempts: how often the message was tried by now, 0 where nobody has counted.
        is_final: True once the message was refused so often that it is left out.
    """

    def __init__(
        self, message: str, *, status: int, code: int, permanent: bool, doing: Doing = Doing.SEND
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.permanent = permanent
        self.doing = doing
        self.attempts = 0
        self.is_final = False

    @property
    def is_about_the_message(self) -> bool:
        """Whether Discord finds fault with what was sent, wherever it goes."""
        return self.status == BAD_REQUEST and not self.permanent

    @property
    def is_about_a_picture(self) -> bool:
        """Whether Discord named the address of a card's image or thumbnail as what is wrong."""
        return self.status == BAD_REQUEST and _PICTURE.search(str(self)) is not None

    @property
    def is_about_the_words(self) -> bool:
        """Whether it may be what the message says that is not wanted, and other messages may be."""
        return self.code in _WORDS


class SendUncertain(DeliveryError):  # noqa: N818 - named for what is known
    """No answer came (time-out, reset, 5xx): the message may be in the channel or not."""


class HistoryUnreadable(DeliveryError):  # noqa: N818 - named for what is known
    """The channel's recent messages cannot be read, so a message in doubt stays in doubt.

    Attributes:
        is_passing: no answer came (time-out, reset, 5xx, rate limit), as in an outage; else Discord said no.
    """

    def __init__(self, message: str, *, is_passing: bool = False) -> None:
        super().__init__(message)
        self.is_passing = is_passing


class TokenRefused(DeliveryError):  # noqa: N818 - named for what Discord did
    """The bot's token is wrong or was revoked (401); nothing can be sent until it is replaced."""
