"""Emoji in running text: the client replaces each by a picture, which counts as a node of its own."""

from __future__ import annotations

from bot.formatting.discord.nodes import Kind, Node, text_node
from bot.patterns import regex

# Unicode Technical Standard 51: a base, perhaps a presentation selector and a skin tone, joined by U+200D.
_TONE = "[\U0001f3fb-\U0001f3ff]"
_WIDE = "\U0001f000-\U0001faff"
_LOOSE = "\u2600-\u27bf"
_SINGLE = "\u231a\u231b\u23e9-\u23f3\u25fd\u25fe\u2b05-\u2b07\u2b1b\u2b1c\u2b50\u2b55\u3030\u303d\u3297\u3299"
_FLAG = "[\U0001f1e6-\U0001f1ff]{2}"
_KEYCAP = "[0-9#*]\ufe0f?\u20e3"
_JOINED = f"(?:\u200d[{_WIDE}{_LOOSE}]\ufe0f?{_TONE}?)*"
# A regional indicator alone is a letter, not an emoji.
_BASE = f"(?![\U0001f1e6-\U0001f1ff])[{_WIDE}{_LOOSE}{_SINGLE}]\ufe0f?{_TONE}?{_JOINED}"
EMOJI = regex(f"{_FLAG}|{_KEYCAP}|{_BASE}")
"""One emoji as a reader counts them."""


def split_emoji(text: str) -> tuple[Node, ...]:
    """``text`` as text and emoji nodes."""
    if text.isascii():
        return (text_node(text),)
    nodes: list[Node] = []
    at = 0
    for match in EMOJI.finditer(text):
        if match.start() > at:
            nodes.append(text_node(text[at : match.start()]))
        nodes.append(Node(kind=Kind.EMOJI, text=match[0]))
        at = match.end()
    if at < len(text):
        nodes.append(text_node(text[at:]))
    return tuple(nodes)
