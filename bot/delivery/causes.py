"""Why a channel gets nothing, as a short code that is kept and later put into words of any language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from bot.errors import Doing, SendRefused


@dataclass(frozen=True, slots=True)
class Cause:
    """What was asked of Discord, and its JSON error code; ``str`` and ``parse`` are inverse."""

    doing: Doing
    code: int

    def __str__(self) -> str:
        return f"{self.doing}:{self.code}"

    @classmethod
    def of(cls, refusal: SendRefused) -> Self:
        """The cause of a refusal."""
        return cls(refusal.doing, refusal.code)

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """The cause in a text; None where it says something else, as in older databases."""
        doing, _, code = text.partition(":")
        known = {member.value for member in Doing}
        return cls(Doing(doing), int(code)) if doing in known and code.isdecimal() else None
