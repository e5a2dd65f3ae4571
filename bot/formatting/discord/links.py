"""Links: ``[label](target)``, ``<https://...>``, ``<a@b.c>``, and bare addresses."""

from __future__ import annotations

import re

from bot.formatting.discord.addresses import opens
from bot.formatting.discord.emoji import EMOJI
from bot.formatting.discord.nodes import Kind, Node, text_node
from bot.formatting.discord.reading import LabelEnd, Match, Reader
from bot.patterns import regex

_BRACKETS = regex(r"[\[\]]")
_SPACE = regex(r"\s*")
# What may follow a target: ">", a hover text in quotes, white space, the closing parenthesis.
_CLOSE = regex(r">?(?:\s++['\"]([\s\S]*?)['\"])?\s*+\)")
_UNCLOSING = regex(r"[^\s\\()>]+")
_ESCAPED = regex(r"\\([^0-9A-Za-z\s])")
# An invite, gift or template address makes the client show the whole link as typed.
_INVITE = regex(
    r"(?:discord(?:app)?\.(?:gg|gift|new)|discord(?:app)?\.com/(?:invite|gifts|template))/[-A-Za-z0-9]",
    re.IGNORECASE,
)
_LABEL_KINDS = frozenset(
    {
        Kind.TEXT, Kind.BOLD, Kind.ITALIC, Kind.UNDERLINE, Kind.STRIKE, Kind.SPOILER, Kind.CODE, Kind.BREAK,
        Kind.EMOJI, Kind.CUSTOM_EMOJI, Kind.TIMESTAMP, Kind.LIST, Kind.ITEM, Kind.HEADING, Kind.QUOTE,
        Kind.SMALL,
    }
)  # fmt: skip

_ANGLED = regex(r"<([^: >]++:/[^ >]++)>")
_MAIL = regex(r"<([^\s<>@]++@[^\s<>@.]++\.[^\s<>@]++)>")
_PHONE = regex(r"<((?:tel:|sms:)?\+?\d[-\d() ./]++)>")
_BARE = regex(r"(?:https?|steam)://([^\s<]++)")
_CHANNEL = regex(r"https://(?:(?:canary|ptb)\.)?discord(?:app)?\.com/channels/(?:\d+|@me)(?:/\d+)?(?:/\d+)?")
_MIN_BARE = 2


def masked_link(reader: Reader, at: int) -> Match | None:
    """``[label](target "hover")``; shown as typed when the client rejects the label or the target."""
    found = _label_end(reader, at + 1)
    if not found:
        return None
    label = reader.text[at + 1 : found.bracket]
    url = _ESCAPED.sub(r"\1", found.target)
    if not (opens(found.target) and opens(url) and _accepts(reader, label, found.hover)):
        return Match(found.end, (text_node(reader.text[at : found.end]),))
    children = reader.inside(label, Kind.LINK, in_label=True, escapes=False)
    return Match(found.end, (Node(kind=Kind.LINK, children=children, url=url, masked=True),))


def angled_link(reader: Reader, at: int) -> Match | None:
    """``<https://...>``, ``<name@host>``, ``<+82...>``; one that does not open loses its brackets."""
    match = _ANGLED.match(reader.text, at)
    if match:
        return Match(match.end(), (_link_or_text(match[1]),))
    match = _MAIL.match(reader.text, at)
    if match:
        return Match(match.end(), (_link(match[1], "mailto:" + match[1]),))
    match = _PHONE.match(reader.text, at)
    if not match:
        return None
    url = match[1] if match[1].startswith(("tel:", "sms:")) else "tel:" + match[1]
    return Match(match.end(), (_link(match[1], url),))


def bare_link(reader: Reader, at: int) -> Match | None:
    """``https://...`` up to white space or ``<``; it takes all letters, Korean ones too."""
    match = _CHANNEL.match(reader.text, at)
    if match:
        return Match(match.end(), (Node(kind=Kind.MENTION, text=match[0], url=match[0]),))
    match = _BARE.match(reader.text, at)
    rest = match[1].rstrip(".,:;\"']") if match else ""
    if not match or len(rest) < _MIN_BARE:
        return None
    url = _without_foreign_parenthesis(reader.text[at : match.start(1)] + rest)
    return Match(at + len(url), (_link_or_text(url),))


def _link(shown: str, url: str) -> Node:
    return Node(kind=Kind.LINK, children=(text_node(shown),), url=url)


def _link_or_text(url: str) -> Node:
    return _link(url, url) if opens(url) else text_node(url)


def _without_foreign_parenthesis(url: str) -> str:
    """Drop the last of the closing parentheses at the end when they outnumber the opening ones."""
    closing = len(url) - len(url.rstrip(")"))
    return url[:-1] if closing > url.count("(") else url


def _accepts(reader: Reader, label: str, hover: str) -> bool:
    """The client takes a label only if it holds words and no address, mention or other link."""
    if not label.strip() or _INVITE.search(label) or _INVITE.search(hover) or EMOJI.search(hover):
        return False
    nodes = reader.inside(label, escapes=False)
    return _only_styles(nodes) and any(_has_words(node) for node in nodes)


def _only_styles(nodes: tuple[Node, ...]) -> bool:
    return all(node.kind in _LABEL_KINDS and _only_styles(node.children) for node in nodes)


def _has_words(node: Node) -> bool:
    return bool(node.text.strip()) or any(_has_words(child) for child in node.children)


def _label_end(reader: Reader, at: int) -> LabelEnd | None:
    """The last ``](target)`` that can end a label beginning at ``at``.

    A label holds balanced brackets one deep: ``[`` runs to the next ``]``; a ``]`` belongs to the label when
    another follows before the next ``[``. From any bracket on, the walk is the same whoever began it, so
    what it finds is kept.
    """
    walked: list[int] = []
    found: LabelEnd | None = None
    bracket = _BRACKETS.search(reader.text, at)
    while bracket and bracket.start() not in reader.label_ends:
        walked.append(bracket.start())
        bracket = _next_bracket(reader.text, bracket.start())
    if bracket:
        found = reader.label_ends[bracket.start()]
    for place in reversed(walked):
        found = found or _target(reader, place)
        reader.label_ends[place] = found
    return found


def _next_bracket(text: str, at: int) -> re.Match[str] | None:
    """The bracket a walk through a label meets after the one at ``at``; None where the label must end."""
    following = _BRACKETS.search(text, at + 1)
    if text[at] == "]":
        return following if following and following[0] == "]" else None
    close = text.find("]", at + 1)
    return _BRACKETS.search(text, close + 1) if close > 0 else None


def _target(reader: Reader, bracket: int) -> LabelEnd | None:
    """Read ``(target "hover")`` behind the closing bracket at ``bracket``."""
    text = reader.text
    if not text.startswith("](", bracket):
        return None
    begin = bracket + 2
    space = _SPACE.match(text, begin)
    start = space.end() if space else begin
    for first in (start + 1, start) if text.startswith("<", start) else (start,):
        close = _closing(reader, first)
        if close:
            return LabelEnd(
                bracket=bracket, target=text[first : close.start()], hover=close[1] or "", end=close.end()
            )
    close = _CLOSE.match(text, start - 1) if start > begin else None
    return LabelEnd(bracket=bracket, target="", hover=close[1] or "", end=close.end()) if close else None


def _closing(reader: Reader, at: int) -> re.Match[str] | None:
    """How the shortest target that goes on at ``at`` closes; None when it cannot.

    A parenthesis runs to the next closing one if the rest then works out, else it is a character like others.
    """
    known = reader.closings
    path = [at]
    while path:
        here = path[-1]
        close = _CLOSE.match(reader.text, here)
        steps = iter(_steps(reader.text, here))
        while not close and (step := next(steps, None)) is not None:
            if step not in known:
                path.append(step)
                break
            close = known[step]
        else:
            known[here] = close
            path.pop()
    return known[at]


def _steps(text: str, at: int) -> list[int]:
    """Where a target may go on from ``at``, the preferred way first."""
    plain = _UNCLOSING.match(text, at)
    if plain:
        return [plain.end()]
    char = text[at : at + 1]
    if not char or char.isspace():
        return []
    if char == "\\":
        return [at + 2] if text[at + 1 : at + 2] not in {"", "\n"} else []
    close = text.find(")", at) if char == "(" else -1
    return [close + 1, at + 1] if close > 0 else [at + 1]
