"""Every number that Discord, or its client, holds a message to.

Lengths are code points after trimming (https://github.com/discord/discord-api-docs/issues/1315).
Message limits: https://discord.com/developers/docs/resources/message#embed-object-embed-limits.
"""

from __future__ import annotations

from typing import Final

MESSAGE_CONTENT: Final = 2000
MESSAGE_CARDS: Final = 10
MESSAGE_CARD_CHARACTERS: Final = 6000
"""Summed over titles, descriptions, fields, footers and authors of all cards of one message."""

CARD_TITLE: Final = 256
CARD_DESCRIPTION: Final = 4096
CARD_FOOTER: Final = 2048
CARD_AUTHOR: Final = 256
URL: Final = 2048
"""Of a card's own addresses."""
LINK_TARGET: Final = 3000
"""Of a masked link: only the description's length bounds it, and a label has to fit beside it."""

MESSAGE_ROWS: Final = 5
SELECT_OPTIONS: Final = 25
OPTION_TEXT: Final = 100

CARD_NODES: Final = 180
"""The client hides what follows the 200th node of a text that is no plain text (discord-api-docs #8501); its
count differs a little between platforms."""

LIST_LEVELS: Final = 11
"""Deeper list levels show as typed (the client's list rule)."""

TABLE_COLUMNS: Final = 56
"""Columns of a code block that a card shows without wrapping, Korean letters counting two."""
