"""Inline text as a flat run of styled spans, and how such a run is written in Discord's marks.

A flat run can be cut anywhere between spans and both halves still write well-formed Markdown; nested
marks of the same kind fall together by themselves.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import islice
from operator import attrgetter
from typing import Final, NamedTuple

from bot.formatting import escaping
from bot.patterns import regex

PLAIN: Final = 0
BOLD: Final = 1
UNDERLINE: Final = 2
STRIKE: Final = 4
ITALIC: Final = 8
ALL_STYLES: Final = (BOLD, UNDERLINE, STRIKE, ITALIC)

_MARKS: Final = {BOLD: "**", UNDERLINE: "__", STRIKE: "~~"}
_STYLE_OF = attrgetter("style")
_HIDDEN = regex(r"\\([^0-9A-Za-z\s])")
_BARE_UNDERSCORE = regex(r"(?<!\\)_")
_EMOJI = regex(
    "[\U0001f1e6-\U0001f1ff]{2}|[\U0001f000-\U0001faff\u203c\u2049\u2122\u2139\u2194-\u21aa\u231a-\u27bf"
    "\u2934-\u2935\u2b05-\u2b55\u3030\u303d\u3297\u3299\u00a9\u00ae]"
)


class Link(NamedTuple):
    """A masked link: its finished address and its label, whose spans hold raw, unescaped text."""

    url: str
    label: tuple[Span, ...]


class Span(NamedTuple):
    """A stretch of one style.

    ``text`` is finished Markdown without the marks of ``style``; a line break is a span of its own
    holding a newline. ``atomic`` text (links, code) is never cut. ``nodes`` is what the client counts
    against its limit inside this span: 1 for a code span, 1 and the label's for a link.
    """

    text: str
    style: int = PLAIN
    nodes: int = 0
    atomic: bool = False
    link: Link | None = None


NEWLINE: Final = Span("\n", atomic=True)


def write(spans: Sequence[Span]) -> tuple[str, int]:
    """The Markdown of a run of spans, and the number of nodes the client will make of it."""
    nodes = sum([span.nodes for span in spans])
    if any(map(_STYLE_OF, spans)):
        text, marks = _write_styled(spans)
        nodes += marks
    else:
        text = "".join([span.text for span in spans])
    if not text.isascii():
        nodes += emoji_count(text)
    return text, nodes


def emoji_count(text: str) -> int:
    """How many nodes the client makes of the emoji in ``text``; never fewer than it does."""
    return len(_EMOJI.findall(text))


def emoji_end(text: str, most: int) -> int:
    """Up to where ``text`` holds ``most`` emoji, 1 at least; its length where it holds no more."""
    beyond = next(islice(_EMOJI.finditer(text), most, None), None)
    return beyond.start() if beyond else len(text)


def _write_styled(spans: Sequence[Span]) -> tuple[str, int]:
    out: list[str] = []
    open_marks: list[tuple[int, str]] = []
    opened = 0
    for index, span in enumerate(spans):
        wanted = _holdable(span)
        while open_marks and not all(style & wanted for style, _ in open_marks):
            _close(out, open_marks.pop()[1])
        missing = wanted & ~sum(style for style, _ in open_marks)
        if missing and (not span.text or span.text.isspace()):
            out.append(span.text)  # marks around white space alone would show as typed
            continue
        text = span.text
        if missing:
            # Marks hug their words: "** a**" is bold in Discord, but "* a*" is not italic.
            bare = text.lstrip()
            out.append(text[: len(text) - len(bare)])
            text = bare
            for style in sorted(_styles(missing), key=lambda style: -_reach(spans, index, style)):
                mark = _MARKS.get(style) or _italic_mark(spans, index)
                _separate(out, mark)
                out.append(mark)
                open_marks.append((style, mark))
                opened += 1
        elif out and out[-1] and out[-1][-1] in "*_~" and not open_marks and text[:1] in "*_~":
            out.append(escaping.JOINER)
        out.append(text)
    while open_marks:
        _close(out, open_marks.pop()[1])
    return "".join(out), opened


def _styles(mask: int) -> list[int]:
    return [style for style in ALL_STYLES if style & mask]


def _holdable(span: Span) -> int:
    """The span's styles, without marks that its own text (code, an address) would close too early."""
    style = span.style
    if not style or not span.atomic:
        return style
    if span.text == "\n":
        return PLAIN  # no mark spans lines: a quote's or a list's prefix would stand inside it
    if style & BOLD and "**" in span.text and span.link is None:
        style &= ~BOLD
    if style & UNDERLINE and "__" in span.text:
        style &= ~UNDERLINE
    if style & STRIKE and "~~" in span.text:
        style &= ~STRIKE
    if style & ITALIC and "_" in span.text and "*" in span.text:
        style &= ~ITALIC
    return style


def _reach(spans: Sequence[Span], index: int, style: int) -> int:
    """How many spans from ``index`` on carry ``style``: the longest-lasting mark opens first."""
    end = index
    while end < len(spans) and spans[end].style & style:
        end += 1
    return end


def _italic_mark(spans: Sequence[Span], index: int) -> str:
    """``_`` or ``*`` for the italics that begin at ``index``.

    The client closes ``_`` only where no letter or digit follows, and at the first ``_`` that no backslash
    hides: in an address, in code, in a label.
    """
    end = _reach(spans, index, ITALIC)
    after = spans[end].text[:1] if end < len(spans) else ""
    run = spans[index:end]
    if re.match(r"[A-Za-z0-9_]", after) or any(span.style & UNDERLINE for span in run):
        return "*"
    return "*" if any(_BARE_UNDERSCORE.search(span.text) for span in run) else "_"


def _separate(out: list[str], mark: str) -> None:
    """Keep a mark from running into one that was just closed: ``**a***b*`` would be read otherwise."""
    last = next((piece for piece in reversed(out) if piece), "")
    if last in ("**", "__", "~~", "*", "_") and last[0] == mark[0] and len(out) > 1:
        out.append(escaping.JOINER)


def _close(out: list[str], mark: str) -> None:
    last = out.pop()
    body = last.rstrip(" ")
    out += [body, mark, last[len(body) :]]


def trimmed(spans: Iterable[Span]) -> list[Span]:
    """``spans`` without white space and line breaks at either end, nor spaces beside a line break."""
    run: list[Span] = []
    for span in spans:
        after_break = not run or run[-1].text == "\n"
        if span.text == "\n" and (after_break and not run):
            continue
        if span.text == "\n":
            _trim_end(run)
        text = span.text.lstrip(" ") if after_break and not span.atomic else span.text
        if text:
            run.append(span if text == span.text else span._replace(text=text))
    _trim_end(run)
    return run


def _trim_end(run: list[Span]) -> None:
    while run and (run[-1].text == "\n" or not run[-1].atomic):
        kept = "" if run[-1].text == "\n" else run[-1].text.rstrip()
        if kept == run[-1].text:
            return
        if kept:
            run[-1] = run[-1]._replace(text=kept)
            return
        run.pop()


def label_text(spans: Sequence[Span]) -> tuple[str, int]:
    """A masked link's label from raw spans: styled, its characters replaced where they would act."""
    written = [span if span.atomic else span._replace(text=escaping.label(span.text)) for span in spans]
    text, nodes = write(written)
    return escaping.balanced(text), nodes


def plain_text(spans: Sequence[Span]) -> str:
    """What a run says, without any mark: for titles of menus, for comparing."""
    return "".join([_said(span) for span in spans])


def _said(span: Span) -> str:
    if span.link:
        return plain_text(span.link.label)
    if span.atomic and span.text.startswith("`"):
        return span.text.strip("`").strip()
    if span.atomic and span.text.startswith("<"):
        return span.text[1:-1]
    return _HIDDEN.sub(r"\1", span.text)


def escaped(span: Span) -> str:
    """The text of a label's raw span, as it is written outside of a label."""
    return span.text if span.atomic else escaping.escape_text(span.text)
