"""Collects inline content: words, code, links and pictures, each as a span in the style that holds there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from bot.formatting import escaping, limits, spans, urls
from bot.formatting.spans import Link, Span
from bot.patterns import regex

_BARE_URL = regex(r"https?://[!#-;=?-~]+", re.IGNORECASE)
_URL_TAIL = regex(r"[.,:;!?'\"*_~`|\\^{}\[\]]+$")
_HAN_OR_KANA = regex(r"[\u3000-\u30ff\u3400-\u9fff\uff00-\uffef]")
_FILE_NAME = regex(r"[^\s/]+\.(?:png|jpe?g|gif|webp|svg|avif|bmp)", re.IGNORECASE)
_UNSHOWABLE = regex(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\u202a-\u202e\u2066-\u2069]")

PICTURE = "🖼️"
EMPTY_LABEL = "🔗"


class Picture(NamedTuple):
    """A picture's finished address, what it shows, and whether it is the label of a link."""

    address: str
    alt: str
    linked: bool


class Text:
    """The inline content of one block while it is being read.

    ``base`` is the address that relative links are resolved against.
    """

    def __init__(self, base: str | None = None) -> None:
        self.base = base
        self.run: list[Span] = []
        self._pictures: list[Picture] = []
        self._depths = dict.fromkeys(spans.ALL_STYLES, 0)
        self._style = spans.PLAIN
        self._link: tuple[str, list[Span]] | None = None  # the open link's target and the run before it

    @property
    def in_link(self) -> bool:
        """Whether a link is open."""
        return self._link is not None

    def take(self) -> tuple[Span, ...]:
        """The finished run; what was left open is closed, and the next run begins plain."""
        self.close_link()
        run, self.run = self.run, []
        self._depths = dict.fromkeys(spans.ALL_STYLES, 0)
        self._style = spans.PLAIN
        return tuple(spans.trimmed(run))

    def take_pictures(self) -> list[Picture]:
        """The pictures that were in the run; ``alone`` ones stand for themselves, not in a sentence."""
        pictures, self._pictures = self._pictures, []
        return pictures

    def open_style(self, style: int) -> None:
        """What follows carries ``style`` until it is closed as often as it was opened."""
        self._depths[style] += 1
        self._style |= style

    def close_style(self, style: int) -> None:
        """Close ``style`` once; a close without an open changes nothing."""
        self._depths[style] = max(0, self._depths[style] - 1)
        if not self._depths[style]:
            self._style &= ~style

    def words(self, raw: str) -> None:
        """The author's plain text."""
        if not raw:
            return
        raw = visible(raw)
        if self.in_link:
            self.run.append(Span(raw, self._style))
        elif "://" in raw:
            self._words_and_addresses(raw)
        else:
            self.run.append(Span(escaping.escape_text(raw), self._style))

    def _words_and_addresses(self, raw: str) -> None:
        """A bare address would swallow the Korean that follows it: ``<address>`` keeps it apart."""
        done = 0
        for match in _BARE_URL.finditer(raw):
            address = _without_tail(match.group())
            if match.start() < done or not urls.bare(address) or urls.target(address) is None:
                continue
            self.run.append(Span(escaping.escape_text(raw[done : match.start()]), self._style))
            self.run.append(Span(f"<{urls.clean(address)}>", self._style, 1, atomic=True))
            done = match.start() + len(address)
        self.run.append(Span(escaping.escape_text(raw[done:]), self._style))

    def soft_break(self) -> None:
        """A line end in the source: a space, or nothing between two Chinese or Japanese characters."""
        last = self.run[-1].text[-1:] if self.run else ""
        self.run.append(Span("" if _HAN_OR_KANA.match(last) else " ", self._style))

    def line_break(self) -> None:
        """A line end that the author asked for."""
        self.run.append(Span(" ", self._style) if self.in_link else spans.NEWLINE)

    def code(self, raw: str) -> None:
        """A code span; one that no card can hold becomes several."""
        for part, gap in _parts(visible(raw), limits.CARD_DESCRIPTION // 2):
            text = escaping.code_span(part)
            if text:
                self.run.append(Span(text, self._style, 1, atomic=True))
            if gap:
                self.run.append(Span(gap, self._style))

    def open_link(self, href: str) -> None:
        """What follows, up to ``close_link``, is the label of a link to ``href``; one that is open ends."""
        self.close_link()
        self._link, self.run = (href, self.run), []

    def close_link(self) -> None:
        """Write the link, or its label alone where Discord has no link to that target."""
        if self._link is None:
            return
        (href, before), self._link = self._link, None
        label, self.run = self.run, before
        address = urls.target(visible(href), self.base)
        said = spans.plain_text(label).strip()
        if address is None:
            self._dead_link(href, label, said)
        elif _same(said, href) and urls.bare(said):
            self.run.append(Span(f"<{urls.clean(said)}>", self._style, 1, atomic=True))
        else:
            self.run += _masked(address, label or [Span(EMPTY_LABEL, self._style)])

    def _dead_link(self, href: str, label: list[Span], said: str) -> None:
        """A target that Discord does not follow: the label as text, and the target where it says more."""
        for span in label:
            self.run.append(span if span.atomic else span._replace(text=escaping.escape_text(span.text)))
        telling = re.match(r"(?!javascript|vbscript|data)[a-z][a-z0-9+.-]*:\S", href, re.IGNORECASE)
        if telling and visible(href) != said:
            self.words(" (" if said else "")
            self.code(href)
            self.words(")" if said else "")

    def image(self, source: str, alt: str) -> None:
        """A picture; whether the card shows it or the text links to it is known at the block's end."""
        alt = " ".join(visible(alt).split())
        if self.in_link:
            self.run.append(Span(f"{PICTURE} {alt}".rstrip(), self._style))
        address = urls.target(visible(source), self.base)
        if address is None:
            if not self.in_link:
                self.words(alt)
            return
        if not self.in_link:
            self.run.append(picture_link(address, alt, self._style))
        self._pictures.append(Picture(address, alt, self.in_link))


def visible(raw: str) -> str:
    """``raw`` without control characters and lone surrogates, which no JSON request can carry.

    Characters that override the direction of what follows them go without a trace (Unicode annex 9, 2.1 to
    2.4): one in a title would turn the rest of the line around.
    """
    return _UNSHOWABLE.sub(_replacement, raw)


def _replacement(match: re.Match[str]) -> str:
    return "" if "\u202a" <= match[0] <= "\u2069" else "\ufffd"


def picture_link(address: str, alt: str, style: int = spans.PLAIN) -> Span:
    """A link that stands for a picture and says what it shows."""
    name = alt or address.split("?", 1)[0].rstrip("/").rsplit("/", 1)[-1][:60]
    return _masked(address, [Span(f"{PICTURE} {name}", style)])[0]


def describes(alt: str) -> bool:
    """Whether an alternative text says more than a file's name or address."""
    return len(alt.split()) > 1 and "://" not in alt and not _FILE_NAME.fullmatch(alt)


def _masked(address: str, label: list[Span]) -> list[Span]:
    """The link as one span; where the label is longer than a card holds, as several links.

    The spaces at a label's ends part words, and stand outside of the link.
    """
    # The card's room without the target, some list levels and what escaping may add.
    room = (limits.CARD_DESCRIPTION - len(address) - 600) // 2
    text = "".join(span.text for span in label)
    space = Span(" ", _common(label))
    fits = len(text) <= room
    links = [_link(address, label)] if fits else _pieces(address, text.strip(), room, space.style)
    return [*[space] * text[:1].isspace(), *links, *[space] * text[-1:].isspace()]


def _pieces(address: str, text: str, room: int, style: int) -> list[Span]:
    links: list[Span] = []
    for part, gap in _parts(text, room):
        links += [_link(address, [Span(part, style)]), Span(gap, style)]
    return links[:-1]


def _parts(text: str, room: int) -> Iterator[tuple[str, str]]:
    """``text`` in parts of at most ``room`` characters, each with what parts it from the next.

    That is the space that stood there or, within a long word, something invisible: two code spans side by
    side would share their backticks.
    """
    while len(text) > room:
        space = text.rfind(" ", 1, room)
        end = space if space > 0 else room
        yield text[:end], " " if space > 0 else escaping.JOINER
        text = text[end:].lstrip(" ")
    if text:
        yield text, ""


def _link(address: str, label: list[Span]) -> Span:
    """A link wears what its whole label wears; what only a part wears stays inside."""
    run = spans.trimmed(label) or [Span(EMPTY_LABEL)]
    style = _common(run)
    inner = tuple(span._replace(style=span.style & ~style) for span in run)
    text, nodes = spans.label_text(inner)
    return Span(f"[{text}]({address})", style, nodes + 1, atomic=True, link=Link(address, inner))


def _common(run: list[Span]) -> int:
    style = sum(spans.ALL_STYLES)
    for span in run:
        style &= span.style
    return style


def _same(said: str, href: str) -> bool:
    return urls.clean(said).rstrip("/") == urls.clean(href).rstrip("/")


def _without_tail(address: str) -> str:
    address = _URL_TAIL.sub("", address)
    while address.endswith(")") and address.count("(") < address.count(")"):
        address = _URL_TAIL.sub("", address[:-1])
    return address
