"""What the client makes of single marks, case by case, written as it would be explained to an author."""

from __future__ import annotations

import pytest

from bot.formatting.discord import Kind, Node, Slot, parse, visible_text


def outline(nodes: tuple[Node, ...]) -> str:
    """The tree in one line: ``bold(text)``, texts bare, links with their target."""
    return " + ".join(_outline(node) for node in nodes)


def _outline(node: Node) -> str:
    if node.kind is Kind.TEXT:
        return repr(node.text)
    name = f"{node.kind}{node.level or ''}{'' if node.start is None else node.start}"
    return f"{name}({outline(node.children) or repr(node.text)}{f' -> {node.url}' if node.url else ''})"


DESCRIPTION = [
    ("emphasis needs no white space around it", "**“굵게”**는", "bold('“굵게”') + '는'"),
    ("so the middle of a product turns bold", "2 ** 3 ** 4", "'2 ' + bold(' 3 ') + ' 4'"),
    ("a word's end in underscores turns italic", "foo_bar_", "'foo' + italic('bar')"),
    ("underscores inside a word do not", "foo_bar_baz", "'foo_bar_baz'"),
    ("two underscores underline", "__x__", "underline('x')"),
    ("three stars are bold inside italic", "***x***", "italic(bold('x'))"),
    ("a mark inside its own kind is one mark", "**a *b **c** d* e**", "bold('a *b ') + 'c' + bold(' d* e')"),
    ("a spoiler", "||x||", "spoiler('x')"),
    ("a strike", "~~x~~", "strike('x')"),
    ("a backslash shows a mark", r"\*x\* \_", "'*x* _'"),
    ("a backslash before a letter shows", r"\x", "'\\\\x'"),
    ("code shows marks", "`**x**`", "code('**x**')"),
    ("code with backticks inside", "`` a`b ``", "code(' a`b ')"),
    ("the space that keeps a backtick apart goes", "`` `a` ``", "code('`a`')"),
    ("an opening run longer than any closing one", "````x``", "code('``x')"),
    ("two spaces at a line's end are a node", "a  \nb", "'a' + break('\\n') + 'b'"),
    ("a line end alone is not", "a\nb", "'a\\nb'"),
    ("emoji are nodes", "a😀b", "'a' + emoji('😀') + 'b'"),
    ("a joined emoji is one node", "👩\u200d💻", "emoji('👩\\u200d💻')"),
    ("a flag is one node", "🇰🇷", "emoji('🇰🇷')"),
    ("the shrug keeps its arm", "¯\\_(ツ)_/¯", "'¯\\\\_(ツ)_/¯'"),
    ("a masked link", "[글](https://a.b/c)", "link('글' -> https://a.b/c)"),
    ("a link with one level of parentheses", "[x](https://a.b/(c))", "link('x' -> https://a.b/(c))"),
    ("a link in angle brackets", "[x](<https://a.b/c>)", "link('x' -> https://a.b/c)"),
    ("a link with hover text", "[x](https://a.b 'y')", "link('x' -> https://a.b)"),
    ("an emoji in the hover text spoils it", "[x](https://a.b '😀')", "\"[x](https://a.b '😀')\""),
    ("marks in a label", "[**x** `y`](https://a.b)", "link(bold('x') + ' ' + code('y') -> https://a.b)"),
    ("a backslash in a label is shown", r"[a\*b](https://a.b)", r"link('a\\*b' -> https://a.b)"),
    ("a label with brackets", "[a [b] c](https://a.b)", "link('a [b] c' -> https://a.b)"),
    ("an address in the label spoils it", "[http://x.y](https://a.b)", "'[http://x.y](https://a.b)'"),
    ("an invite in the label too", "[discord.gg/abc](https://a.b)", "'[discord.gg/abc](https://a.b)'"),
    ("a mention too", "[<@1>](https://a.b)", "'[<@1>](https://a.b)'"),
    ("a relative target too", "[x](/y)", "'[x](/y)'"),
    ("an unknown scheme too", "[x](ftp://a.b)", "'[x](ftp://a.b)'"),
    ("an encoded host too", "[x](https://%61.b)", "'[x](https://%61.b)'"),
    ("an encoded query behind the host too", "[x](https://a.b?c=%64)", "'[x](https://a.b?c=%64)'"),
    ("a broken port too", "[x](https://a.b:99999/)", "'[x](https://a.b:99999/)'"),
    ("a blank label too", "[ ](https://a.b)", "'[ ](https://a.b)'"),
    ("an unclosed target stays open", "[x](https://a.b", "'[x](' + link('https://a.b' -> https://a.b)"),
    ("a mail address opens", "[x](mailto:a@b.c)", "link('x' -> mailto:a@b.c)"),
    ("a picture's mark shows", "![a](https://a.b)", "'!' + link('a' -> https://a.b)"),
    ("a bare address takes Korean along", "https://a.b는 x", "link('https://a.b는' -> https://a.b는) + ' x'"),
    ("but not a full stop", "https://a.b/c.", "link('https://a.b/c' -> https://a.b/c) + '.'"),
    ("nor a foreign parenthesis", "(https://a.b/c)", "'(' + link('https://a.b/c' -> https://a.b/c) + ')'"),
    ("angle brackets bound it", "<https://a.b>는", "link('https://a.b' -> https://a.b) + '는'"),
    ("a bracketed mail address", "<a@b.c>", "link('a@b.c' -> mailto:a@b.c)"),
    ("a telephone number", "<+82 2-123>", "link('+82 2-123' -> tel:+82 2-123)"),
    ("a mention", "<@1> <@&2> <#3>", "mention('<@1>') + ' ' + mention('<@&2>') + ' ' + mention('<#3>')"),
    ("everyone", "a @everyone", "'a ' + mention('@everyone')"),
    ("a time", "<t:1:R>", "timestamp('<t:1:R>')"),
    ("a custom emoji", "<:a:1>", "custom_emoji(':a:')"),
    ("a heading", "# a **b**", "heading1('a ' + bold('b'))"),
    ("a heading drops closing hashes", "## a ##\n\nb", "heading2('a') + 'b'"),
    ("four hashes show", "#### a", "'#### a'"),
    ("hashes need white space", "#a", "'#a'"),
    ("a heading begins a line", "a # b", "'a # b'"),
    ("small text", "-# a\nb", "small('a') + 'b'"),
    ("a list", "- a\n- b", "list(item('a') + item('b'))"),
    ("a list within", "- a\n  - b", "list(item('a\\n' + list(item('b'))))"),
    ("a numbered list runs on", "7. a\n9. b", "list7(item('a') + item('b'))"),
    ("zero becomes one", "0. a", "list1(item('a'))"),
    ("a plus is no bullet", "+ a", "'+ a'"),
    ("nor is a number in parentheses", "1) a", "'1) a'"),
    ("a blank line ends a list", "- a\n\nb", "list(item('a')) + '\\nb'"),
    ("no headings in lists", "- # a", "list(item('# a'))"),
    ("a quote", "> a\n> b", "quote('a\\nb')"),
    ("a quote needs its space", ">a", "'>a'"),
    ("quotes do not nest", "> > a", "quote('> a')"),
    ("three marks take all", ">>> a\nb", "quote('a\\nb')"),
    ("an empty quote holds a space", "> ", "quote(' ')"),
    ("a fence", "```py\nx\n```", "fence('x')"),
    ("a fence in a line", "a ```x``` b", "'a ' + fence('x') + ' b'"),
    ("an unclosed fence shows", "```a", "'```a'"),
    ("a table shows as typed", "|a|b|\n|-|-|", "'|a|b|\\n|-|-|'"),
    ("HTML shows as typed", "<b>x</b>", "'<b>x</b>'"),
    ("a rule shows as typed", "a\n---\nb", "'a\\n---\\nb'"),
]


@pytest.mark.parametrize(
    ("text", "expected"), [case[1:] for case in DESCRIPTION], ids=[c[0] for c in DESCRIPTION]
)
def test_in_a_description(text: str, expected: str) -> None:
    assert outline(parse(text, Slot.DESCRIPTION)) == expected


ELSEWHERE = [
    (Slot.FIELD_VALUE, "# a", "'# a'"),
    (Slot.FIELD_VALUE, "- [a](https://b.c)", "list(item(link('a' -> https://b.c)))"),
    (Slot.TITLE, "**a** [b](https://c.d)", "bold('a') + ' [b](' + link('https://c.d' -> https://c.d) + ')'"),
    (Slot.TITLE, "- a", "'- a'"),
    (Slot.TITLE, "```a```", "code('a')"),
    (Slot.TITLE, "@everyone", "'@everyone'"),
    (Slot.TITLE_WITH_URL, "see https://a.b", "'see https://a.b'"),
    (Slot.PLAIN, "**a**", "'**a**'"),
    (Slot.PLAIN, "", ""),
]


@pytest.mark.parametrize(("slot", "text", "expected"), ELSEWHERE)
def test_in_other_slots(slot: Slot, text: str, expected: str) -> None:
    assert outline(parse(text, slot)) == expected


def test_a_reader_sees_bullets_numbers_and_lines_but_no_marks() -> None:
    nodes = parse("# 제목\n앞 **굵게**\n- a\n  2. b\n  2. c\n> q\n```py\nx = 1\n```끝", Slot.DESCRIPTION)
    assert visible_text(nodes) == "제목\n앞 굵게\n• a\n2. b\n3. c\nq\nx = 1\n끝"
