"""The rules that replace markdown-it's own, in a parser made anew, and what they leave to it."""

from __future__ import annotations

import pytest
from markdown_it import MarkdownIt

from bot.formatting import cjk, emphasis
from bot.formatting.escaping import code_span


def rendered(source: str) -> str:
    md = MarkdownIt("commonmark").enable("strikethrough")
    cjk.install(md)
    emphasis.install(md)
    html: str = md.renderInline(source)
    return html


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("**마크다운(Markdown)**을", "<strong>마크다운(Markdown)</strong>을"),
        ("모델~~(취소)~~가", "모델<s>(취소)</s>가"),
        ("****X** a**", "<strong><strong>X</strong> a</strong>"),
        ("**Z** ** a", "<strong>Z</strong>  a"),
        ("2 ** 3", "2 ** 3"),
        ("x** y** z** w", "x<strong> y</strong> z w"),
        ("a_b_c *d*", "a_b_c <em>d</em>"),
        ("~~~a~~~", "~<s>a</s>~"),
        ("**a* b", "<em>a</em> b"),
        ("[**a ****](u)", '<a href="u"><strong>a </strong></a>'),
    ],
)
def test_a_fresh_parser_reads_as_the_rules_say(source: str, html: str) -> None:
    assert rendered(source) == html


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a", "`a`"),
        ("a  b", "`a  b`"),
        ("a\nb\n\nc", "`a b  c`"),
        (" \n ", ""),
        ("`a", "`` `a ``"),
        ("a`", "`` a` ``"),
        ("a`b", "``a`b``"),
        ("a``b", "`a``b`"),
        ("``a", "` ``a `"),
        ("a`b``c", "`a‘b‘‘c`"),
        ("a```b", "`a```b`"),
    ],
)
def test_code_is_fenced_by_what_it_does_not_hold(text: str, written: str) -> None:
    assert code_span(text) == written
