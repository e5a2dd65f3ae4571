"""The parser against an independent re-implementation of the client's rules, where that is at hand."""

from __future__ import annotations

import importlib.util
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.formatting.discord import Kind, Node, Slot, count_nodes, cut_by_client, parse

REFERENCE = Path(__file__).parents[4] / "shared" / "bars" / "oracle.py"
CORPUS = REFERENCE.parents[1] / "corpus"

pytestmark = pytest.mark.skipif(
    not REFERENCE.exists(), reason="the reference parser (../shared/bars/oracle.py) is not here"
)

PROFILES = {
    Slot.DESCRIPTION: "description",
    Slot.FIELD_VALUE: "field_value",
    Slot.TITLE: "title",
    Slot.TITLE_WITH_URL: "title_url",
}
KINDS = {
    "text": Kind.TEXT,
    "strong": Kind.BOLD,
    "em": Kind.ITALIC,
    "u": Kind.UNDERLINE,
    "s": Kind.STRIKE,
    "spoiler": Kind.SPOILER,
    "inlineCode": Kind.CODE,
    "br": Kind.BREAK,
    "link": Kind.LINK,
    "emoji": Kind.EMOJI,
    "customEmoji": Kind.CUSTOM_EMOJI,
    "timestamp": Kind.TIMESTAMP,
    "channelMention": Kind.MENTION,
    "command": Kind.MENTION,
    "mention": Kind.MENTION,
    "roleMention": Kind.MENTION,
    "route": Kind.MENTION,
    "heading": Kind.HEADING,
    "subtext": Kind.SMALL,
    "codeBlock": Kind.FENCE,
    "blockQuote": Kind.QUOTE,
    "list": Kind.LIST,
    "newline": Kind.NEWLINE,
    "paragraph": Kind.PARAGRAPH,
}

# Pieces that begin, end, break or look like Markdown; a word between them now and then.
MARKS = ("*", "**", "***", "_", "__", "~~", "||", "`", "``", "```", "```py\n", "\\", "\\*", "+", "=")
SPACE = ("\n", "\n\n", " ", "  ", "  \n", "\t", "\u200b")
LINE_MARKS = (
    "- ",
    "* ",
    "  - ",
    "1. ",
    "7. ",
    "  2. ",
    "# ",
    "## ",
    "#",
    " #\n",
    "-# ",
    "> ",
    ">",
    ">>> ",
    "12.",
)
BRACKETS = ("[", "]", "(", ")", "](", "](https://a.b", "(c(d)e)", "<", "](<", "](https://a.b 'hover", "')")
LINKS = (
    "[x](https://a.b)",
    "[글](<https://a.b/(c)>)",
    "[x](https://a.b 'hover')",
    '[y](https://c.d "',
    "[z](/relative)",
    "[q](https://%41.b)",
)
ADDRESSES = ("https://a.b/c_d", "http://x.y/(z)", "https://a.b).", "<https://a.b>", "<a@b.c>", "<ftp://x/y>")
DISCORD = (
    "https://discord.com/channels/1/2",
    "discord.gg/abc",
    "<@1>",
    "<@&2>",
    "<#3>",
    "<t:1:R>",
    "</a b:4>",
)
MORE = ("<:smile:5>", "<id:guide>", "@everyone", "😀", "👩\u200d💻", "🇰🇷", "1\ufe0f\u20e3", "¯\\_(ツ)_/¯")
WORDS = ("a", "b:c", "굵게", "는 ", "“인용”", "word ", "snake_case", "2 ** 3", "漢字", "é", "’", "x:", "hs")

# Pieces that begin, end, break or look like Markdown; a word between them now and then.
PIECES = st.sampled_from(
    [*MARKS, *SPACE, *LINE_MARKS, *BRACKETS, *LINKS, *ADDRESSES, *DISCORD, *MORE, *WORDS],
)
TEXTS = st.lists(PIECES, max_size=40).map("".join)


@cache
def reference() -> Any:
    spec = importlib.util.spec_from_file_location("reference_oracle", REFERENCE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def ours(nodes: tuple[Node, ...]) -> list[Any]:
    return [
        (
            str(node.kind),
            node.text,
            None if (node.url or "").startswith(("tel:", "sms:", "mailto:")) else node.url,
            node.level,
            node.start,
            ours(node.children),
        )
        for node in nodes
    ]


def theirs(nodes: list[dict[str, Any]]) -> list[Any]:
    return [_their(node) for node in nodes]


def _their(node: dict[str, Any]) -> Any:
    kind = KINDS[node["type"]]
    content = node.get("content", "")
    if kind in {Kind.MENTION, Kind.TIMESTAMP}:
        content = content[0]["content"]
    text, children = (content, []) if isinstance(content, str) else ("", theirs(content))
    if kind is Kind.LIST:
        children = [(str(Kind.ITEM), "", None, 0, None, theirs(item)) for item in node["items"]]
    # The reference gives telephone numbers a mail address; ours are compared by their text alone.
    url = None if node.get("url", "").startswith("mailto:") else node.get("url")
    return str(kind), text, url, node.get("level", 0), node.get("start"), children


@pytest.mark.parametrize("slot", PROFILES)
@example(text="`" * 5 + "x" + "`" * 3)
@example(text="- a\n \n  b\n- c")
@example(text="[[a](https://b.c)](https://d.e)")
@settings(max_examples=300, deadline=None)
@given(text=TEXTS)
def test_any_mixture_of_marks_is_read_as_the_reference_reads_it(slot: Slot, text: str) -> None:
    expected = reference().DiscordMarkdown().parse(text, PROFILES[slot])
    assert ours(parse(text, slot)) == theirs(expected)


@settings(max_examples=100, deadline=None)
@given(text=st.lists(PIECES, min_size=100, max_size=600).map("".join))
def test_long_texts_count_and_are_cut_as_in_the_reference(text: str) -> None:
    expected = reference().DiscordMarkdown().parse(text, "description")
    nodes = parse(text, Slot.DESCRIPTION)
    assert count_nodes(nodes) == reference().count_nodes(expected)
    assert ours(cut_by_client(nodes).shown) == theirs(reference().constrain(expected))


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus (../shared/corpus) is not here")
@pytest.mark.parametrize(
    "path", sorted(CORPUS.rglob("*.md")), ids=lambda path: f"{path.parent.name}/{path.stem}"
)
def test_pieces_of_real_posts_are_read_as_the_reference_reads_them(path: Path) -> None:
    source = path.read_text("utf-8")
    for begin in range(0, min(len(source), 40_960), 4096):
        piece = source[begin : begin + 4096].strip()
        expected = reference().DiscordMarkdown().parse(piece, "description")
        assert ours(parse(piece, Slot.DESCRIPTION)) == theirs(expected)
