"""Regular expressions that are compiled when they are first used, not when their module is imported.

There are two hundred of them, and to compile them all takes a tenth of a second of every start.
"""

from __future__ import annotations

import re
from typing import Any, AnyStr, cast


def regex(text: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """``re.compile(text, flags)``, put off until something is asked of it.

    What comes back has the methods and attributes of a compiled pattern and, once used, is about as fast.
    ``re``'s own functions (``re.sub(pattern, ...)``) do not know it: call its methods. Two threads may both
    compile it, which harms nothing.

    Raises:
        re.error: ``text`` is no pattern; at the first use, not here.
    """
    return cast("re.Pattern[AnyStr]", _Later(text, flags))


_HAS = (
    *("search", "match", "fullmatch", "finditer", "findall", "split", "sub", "subn"),
    *("pattern", "flags", "groups", "groupindex"),
)


class _Later:
    """Stands for a pattern; an attribute that is still empty makes ``__getattr__`` fill them all."""

    __slots__ = ("_flags", "_text", *_HAS)

    def __init__(self, text: str | bytes, flags: int) -> None:
        self._text = text
        self._flags = flags

    def __reduce__(self) -> tuple[type[_Later], tuple[str | bytes, int]]:
        return _Later, (self._text, self._flags)

    def __getattr__(self, name: str) -> Any:
        compiled = re.compile(self._text, self._flags)
        for has in _HAS:
            setattr(self, has, getattr(compiled, has))
        return getattr(compiled, name)
