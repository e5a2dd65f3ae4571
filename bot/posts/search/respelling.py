"""A text with the names in it in other spellings: ``라마 3`` and initials, ``ㄹㅁ3``, as ``Llama 3``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice, product

from bot.patterns import regex
from bot.posts.hangul import INITIALS, becoming, is_syllable, standing_for
from bot.posts.search.aliases import Aliases

_LONGEST_NAME = 5
"""Pieces of a text that may together be one name of the aliases: three words."""

_LONGEST_TEXT = 100
"""Characters of a text in which names are looked for; one that is longer is not respelt."""

_MOST = 24
"""Ways in which a text is respelt at most."""

_PIECE = regex(rf"[가-힣{INITIALS}]+|[A-Za-z]+|[^가-힣{INITIALS}A-Za-z\s]+|\s+")
"""What a name and its number are made of: ``라마3``, ``딥시크v2``, ``라마 3``."""
_HANGUL = regex(f"[가-힣{INITIALS}]+")
_HAS_INITIAL = regex(f"[{INITIALS}]")


def one_respelt(text: str, aliases: Aliases) -> Iterator[str]:
    """The text in other spellings, and with any one name in it in another: ``라마3`` as ``Llama 3``."""
    yield from aliases.spellings(text)
    pieces = _PIECE.findall(text)
    for length in range(min(len(pieces) - 1, _LONGEST_NAME), 0, -1):
        for at in range(len(pieces) - length + 1):
            name = "".join(pieces[at : at + length])
            others = aliases.spellings(name) if not name.isspace() else ()
            if len(others) > 1:
                before, after = "".join(pieces[:at]), "".join(pieces[at + length :])
                yield from (f"{before} {spelling} {after}" for spelling in others)


def all_respelt(text: str, aliases: Aliases) -> tuple[str, ...]:
    """The text with all names in it in their spellings; none where it holds no known name.

    Of a Hangul name those in Latin letters: tags that are spelt as somebody types are found as they are.
    """
    several = runs(text, aliases) if len(text) <= _LONGEST_TEXT else []
    if not any(_is_name(run, aliases) for run in several):
        return ()
    return _together([_spellings(run, aliases) for run in several])


def completed(text: str, aliases: Aliases) -> tuple[str, ...]:
    """The text with what may become a name once it is typed as that name, in Latin letters.

    ``클로`` is the beginning of one, and initials are one wherever they stand: ``ㄹㅁ3``.
    """
    several = runs(text, aliases)
    choices = [_spellings(run, aliases) for run in several]
    is_any = False
    for at, run in enumerate(several):
        is_last = at == len(several) - 1
        if not _is_name(run, aliases) and _HANGUL.fullmatch(run) and (is_last or _HAS_INITIAL.search(run)):
            names = tuple(_begun(run, aliases, is_last=is_last))
            choices[at], is_any = names or choices[at], is_any or bool(names)
    return _together(choices) if is_any else ()


def runs(text: str, aliases: Aliases) -> list[str]:
    """What a text is made of: the longest names that the aliases know, and the pieces between them."""
    pieces = _PIECE.findall(text[:_LONGEST_TEXT])
    found: list[str] = []
    at = 0
    while at < len(pieces):
        names = ("".join(pieces[at : at + length]) for length in range(_LONGEST_NAME, 1, -1))
        name = next((name for name in names if _is_name(name, aliases)), pieces[at])
        found.append(name)
        at += len(_PIECE.findall(name))
    return found


def _is_name(text: str, aliases: Aliases) -> bool:
    return len(aliases.spellings(text)) > 1


def _spellings(run: str, aliases: Aliases) -> tuple[str, ...]:
    others = aliases.spellings(run)
    return (run, *(other for other in others if run.isascii() or other.isascii()))


def _begun(run: str, aliases: Aliases, *, is_last: bool) -> Iterator[str]:
    """The Latin spellings of the names that a word is, or begins where it is the last one."""
    if len(run) == 1 and not is_syllable(run):
        return  # one initial begins too many
    end = becoming(run[-1]) if is_last and is_syllable(run[-1]) else standing_for(run[-1])
    pattern = "".join(map(standing_for, run[:-1])) + end + (".*" if is_last else "")
    for name in aliases.matching(pattern):
        yield from filter(str.isascii, aliases.spellings(name))


def _together(choices: Sequence[Sequence[str]]) -> tuple[str, ...]:
    return tuple(islice(dict.fromkeys(map("".join, islice(product(*choices), 2 * _MOST))), _MOST))
