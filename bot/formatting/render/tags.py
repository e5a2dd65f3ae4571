"""The vocabulary of HTML: which tags style, part, hide or say nothing, and how their attributes are read."""

from __future__ import annotations

from collections.abc import Mapping
from html import unescape
from types import MappingProxyType

from bot.formatting import spans
from bot.patterns import regex

Attributes = Mapping[str, str]

_ATTRIBUTE = regex(r"([A-Za-z-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))")
_SUPERSCRIPT = str.maketrans("0123456789+-=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿ")
_SUBSCRIPT = str.maketrans("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎")

STYLES: Mapping[str, int] = MappingProxyType(
    {
        **dict.fromkeys(("strong", "b"), spans.BOLD),
        **dict.fromkeys(("em", "i", "cite", "var", "dfn"), spans.ITALIC),
        **dict.fromkeys(("u", "ins"), spans.UNDERLINE),
        **dict.fromkeys(("del", "s", "strike"), spans.STRIKE),
    }
)
CODE = frozenset(("code", "kbd", "samp", "tt"))
BLOCKS = frozenset(
    {
        "p",
        "div",
        "section",
        "article",
        "aside",
        "header",
        "footer",
        "main",
        "nav",
        "figure",
        "center",
        "dl",
        "details",
        "form",
        "fieldset",
        "address",
        "tr",
        "body",
        "html",
        "picture",
    }
)
LINES = frozenset({"dt", "dd", "figcaption", "caption", "legend"})
BOLD_LINES = frozenset(("h1", "h2", "h3", "h4", "h5", "h6", "summary"))
FLOW = BOLD_LINES | {"ul", "ol", "li", "blockquote", "hr", "pre"}
"""What a card's list or code block, in which a table stands, has no room for."""
MEDIA = frozenset(("iframe", "video", "audio", "source", "embed", "object"))
HIDDEN = frozenset(("script", "style", "noscript", "template"))
SILENT = frozenset(
    {
        "span",
        "font",
        "small",
        "big",
        "label",
        "button",
        "abbr",
        "time",
        "mark",
        "wbr",
        "input",
        "meta",
        "link",
        "head",
        "title",
        "col",
        "colgroup",
        "thead",
        "tbody",
        "tfoot",
        "svg",
        "path",
        "map",
        "area",
        "track",
        "param",
        "bdi",
        "bdo",
        "data",
        "output",
        "ruby",
        "rb",
        "rp",
        "q",
        "sup",
        "sub",
    }
)


def attributes_of(source: str) -> Attributes:
    """The attributes of a start tag; the first of a name counts."""
    found: dict[str, str] = {}
    for match in _ATTRIBUTE.finditer(source):
        value = next((group for group in match.groups()[1:] if group is not None), "")
        found.setdefault(match[1].lower(), unescape(value))
    return found


def scripted(text: str, kind: str) -> str:
    """Raised or lowered digits where Unicode has them, the text itself otherwise."""
    table = _SUPERSCRIPT if kind == "sup" else _SUBSCRIPT
    return text.translate(table) if all(ord(character) in table for character in text) else text
