"""Discord's numbers for what went wrong, by name: those that the bot acts on.

Source: Discord's documentation, "Opcodes and Status Codes"
(https://discord.com/developers/docs/topics/opcodes-and-status-codes).
"""

from __future__ import annotations

import enum


class ErrorCode(enum.IntEnum):
    """The ``code`` in the JSON of an answer that is a no."""

    UNKNOWN_CHANNEL = 10003
    UNKNOWN_SERVER = 10004
    UNKNOWN_MESSAGE = 10008
    UNKNOWN_INTERACTION = 10062
    """It was not answered within 3 seconds."""
    TOO_MANY_EDITS = 30046
    """Of messages that are older than an hour; a 429, but a clear no."""
    ALREADY_PUBLISHED = 40033
    TAG_REQUIRED = 40067
    """The forum takes no post without a tag."""
    MISSING_ACCESS = 50001
    NOT_A_TEXT_CHANNEL = 50008
    MISSING_PERMISSION = 50013
    WRONG_CHANNEL_TYPE = 50024
    INVALID_WEBHOOK_TOKEN = 50027
    """Also an interaction's, 15 minutes after it began."""
    THREAD_ARCHIVED = 50083
    """Discord archives a thread by itself once nobody has written in it for some days."""
    HAS_A_THREAD = 160004
    """A message can have one only."""
    THREAD_LOCKED = 160005
    BLOCKED_BY_AUTOMOD = 200000
    HARMFUL_LINK = 240000
    """The message holds a link that Discord takes for harmful."""


class CloseCode(enum.IntEnum):
    """Why the gateway closed the connection."""

    TOKEN_INVALID = 4004
    """It is wrong or was reset."""


PERMANENT = frozenset(
    {
        ErrorCode.UNKNOWN_CHANNEL,
        ErrorCode.UNKNOWN_SERVER,
        ErrorCode.TAG_REQUIRED,
        ErrorCode.MISSING_ACCESS,
        ErrorCode.NOT_A_TEXT_CHANNEL,
        ErrorCode.MISSING_PERMISSION,
        ErrorCode.WRONG_CHANNEL_TYPE,
        ErrorCode.THREAD_ARCHIVED,
        ErrorCode.THREAD_LOCKED,
        ErrorCode.BLOCKED_BY_AUTOMOD,
        ErrorCode.HARMFUL_LINK,
    }
)
"""What only a person can mend; the catalogues tell how, for each."""
