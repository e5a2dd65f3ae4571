"""Writes an author's plain text so that Discord shows it as written and acts on none of it."""

from __future__ import annotations

import re

from bot.patterns import regex

_SPECIAL = regex(
    r"""
      [\\*_~`|]               # escapes, emphasis, strike, code, spoilers: the client has no flanking rules
    | <                       # <@1>, <#1>, <t:1>, </x:1>, <:emoji:1>, <https://...>
    | \[                      # masked links
    | :(?=[A-Za-z0-9_+~-]+:)  # :emoji:
    | :(?=//)                 # an address swallows what follows it, the backslashes of other escapes too
    | @(?=everyone|here)      # mass mentions
    """,
    re.VERBOSE,
)
_LINE_START = regex(
    r"""
    ^((?:\*\*|__|~~|[_*])*)   # marks of our own may stand first: their content starts a line as well
    (?: (?=\#{1,3}\s          # headings
        | >\ | >>>            # quotes
        | -\#?\ )             # bullets, small text
      | (\d+)(?=\.\ )         # numbers
    )
    """,
    re.VERBOSE | re.MULTILINE,
)
_INVITE = regex(r"(discord(?:app)?)\.(?=(?:gg|gift|new|com/(?:invite|gifts|template))/)", re.IGNORECASE)
_SCHEME = regex(r"(?:https?|steam)://", re.IGNORECASE)
_LABEL_ACTS = regex(r"[\\*_~`|<\[\]:@\n]|discord", re.IGNORECASE)
_LABEL_MENTION = regex(r"<(?=\S)|@(?=everyone|here)|:(?=[A-Za-z0-9_+~-]+:)")
_ITALIC_PAIR = regex(r"_[^_]+_(?![A-Za-z0-9_])|__")

JOINER = "\u2060"
"""WORD JOINER: invisible, and no part of any of the client's patterns."""


def escape_text(text: str) -> str:
    """Prose for a description, a field value or a title.

    A backslash hides any character that is neither a letter, a digit nor white space (client's rule).
    """
    text = _SPECIAL.sub(r"\\\g<0>", text)
    # A link's label may hold "]" when another follows: "](" in prose would end the label of a link before it.
    return text.replace("](", f"]{JOINER}(")


def escape_line_starts(text: str) -> str:
    """Hide headings, quotes, bullets and numbers that a line of finished Markdown begins with by chance."""
    return _LINE_START.sub(_hidden_start, text)


def _hidden_start(match: re.Match[str]) -> str:
    marks, digits = match.groups()
    # Digits take no backslash; their full stop does.
    return f"{marks}{digits}\\" if digits else f"{marks}\\"


def label(text: str) -> str:
    """A masked link's label: the client shows backslashes there, so what would act is replaced instead.

    It also shows the whole link as typed when the label holds an address, an invite or a mention.
    """
    if not _LABEL_ACTS.search(text):
        return text
    text = _SCHEME.sub("", text.replace("\n", " "))
    text = _INVITE.sub(rf"\1{JOINER}.", text)
    text = text.replace("*", "∗").replace("~~", f"~{JOINER}~").replace("||", f"|{JOINER}|")
    text = _LABEL_MENTION.sub(rf"\g<0>{JOINER}", text)
    text = text.replace("`", "‘")
    if _ITALIC_PAIR.search(text):
        text = text.replace("_", "＿")
    return balanced(text)


def balanced(text: str) -> str:
    """``text`` with its brackets swapped for wide ones where a label could not hold them."""
    depth = 0
    for character in text:
        depth += (character == "[") - (character == "]")
        # The client's link rule knows one level of brackets inside a label.
        if depth not in (0, 1):
            break
    if depth == 0:
        return text
    return text.replace("[", "［").replace("]", "］")


def code_span(text: str) -> str:
    """Inline code; empty when there is nothing to show.

    The client closes a span at the first run of exactly as many backticks as opened it, and takes three
    backticks for a block: one or two are used, and a text that holds both keeps none of its own.
    """
    text = " ".join(text.split("\n"))
    if not text.strip():
        return ""
    runs = {len(run) for run in re.findall("`+", text)}
    if 1 not in runs:
        fence = "`"
    elif 2 not in runs:  # noqa: PLR2004 - a fence of two backticks
        fence = "``"
    else:
        fence, text = "`", text.replace("`", "‘")
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{pad}{text}{pad}{fence}"
