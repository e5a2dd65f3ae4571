"""The web page that `ainews show --html` writes, as text; tests/integration opens it in a browser."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import re
from html.parser import HTMLParser

from bot.adapters.drawing.webpage import page
from bot.formatting.messages import Button, ButtonStyle, Card, Field, Message, Option, Select
from bot.replacing import replace
from tests.support.posts import post

VOID = {"meta", "br"}
EVIL = "<script>alert(1)</script>\"'&"


class Outline(HTMLParser):
    """Collects elements and checks that each is closed in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def outline(html: str) -> Outline:
    parsed = Outline()
    parsed.feed(html)
    assert parsed.open == []
    return parsed


def shown(*cards: Card, **parts: object) -> str:
    message = replace(Message(cards=cards), **parts)
    return page([(post("a"), [message])])


def test_every_part_of_a_message_is_escaped() -> None:
    card = Card(
        title=EVIL, description=EVIL, url=f"https://a.b/{EVIL}", footer=EVIL, author=EVIL,
        image=f"https://a.b/{EVIL}", thumbnail=f"https://a.b/{EVIL}", fields=(Field(name=EVIL, value=EVIL),),
    )  # fmt: skip
    menu = Select(custom_id="x", placeholder=EVIL, options=(Option(label=EVIL, value="1", description=EVIL),))
    link = Button(label=EVIL, url=f"https://a.b/{EVIL}", style=ButtonStyle.LINK)
    evil = post("a")
    evil = replace(evil, path=EVIL, meta=replace(evil.meta, title=EVIL, lang=EVIL))
    html = page([(evil, [Message(content=EVIL, cards=(card,), rows=((link,), (menu,)))])])
    assert "alert(1)" in html
    assert "<script>alert" not in html
    assert [tag for tag, _ in outline(html).elements if tag == "script"] == ["script"]


def test_the_page_loads_nothing_and_its_policy_admits_only_its_own_style_and_script() -> None:
    html = shown(Card(description="[글](https://a.b)", image="https://a.b/c.png", colour=0x5865F2))
    loading = {"src", "srcset", "style", "background", "poster", "onclick"}
    assert [attrs for _, attrs in outline(html).elements if loading & set(attrs)] == []
    assert "url(" not in html
    assert "@import" not in html
    for tag in ("style", "script"):
        inside = re.search(f"<{tag}>(.*?)</{tag}>", html, re.DOTALL)
        assert inside is not None
        digest = base64.b64encode(hashlib.sha256(inside[1].encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in html
    assert "default-src 'none'" in html


def test_the_bar_takes_the_cards_colour_without_a_style_attribute() -> None:
    html = shown(Card(title="a", colour=0x00AB12))
    assert '<div class="embed bar-00ab12">' in html
    assert ".bar-00ab12 { border-left-color: #00ab12; }" in html


def test_markdown_becomes_elements() -> None:
    text = "# 가\n**나** _다_ __라__ ~~마~~ `바` ||사||\n- 아\n  7. 자\n> 차\n```\n카\n```\n-# 타"
    html = shown(Card(description=text))
    styles = ("<strong>나</strong>", "<em>다</em>", "<u>라</u>", "<s>마</s>", "<code>바</code>", ">사</span>")
    lists = '<ul><li>아\n<ol start="7"><li>자</li></ol></li></ul>'
    blocks = ("<h4>가</h4>", lists, "<blockquote>차\n</blockquote>", "<pre>카</pre>", "<small>타</small>")
    assert [piece for piece in styles + blocks if piece not in html] == []


def test_links_open_apart_and_tell_the_other_side_nothing() -> None:
    html = shown(Card(title="제목", url="https://a.b", description="[글](https://c.d/?e=1&f=2)"))
    assert 'href="https://c.d/?e=1&amp;f=2" target="_blank" rel="noopener noreferrer">글</a>' in html
    assert '<div class="title"><a href="https://a.b"' in html


def test_a_picture_is_a_box_with_its_address() -> None:
    html = shown(Card(image="https://a.b/c.png"))
    assert 'Image, not loaded</span><a href="https://a.b/c.png"' in html


def test_what_the_client_hides_is_marked_and_counted() -> None:
    html = shown(Card(description="`x` " * 199 + "`숨은`"))
    assert '<del class="hidden" title="Hidden by Discord\'s client"><code>숨은</code></del>' in html
    assert '<span class="over">nodes 200/200</span>' in html


def test_several_posts_get_a_table_of_contents_and_one_does_not() -> None:
    one = page([(post("a"), [Message(content="글")])])
    two = page([(post("a"), [Message(content="글")]), (post("b"), [Message(content="글")])])
    assert "#post-1" not in one
    assert '<li><a href="#post-2">제목 b</a></li>' in two
    assert "2 posts, 2 messages" in two


def test_times_and_the_posts_language_are_marked_up() -> None:
    html = shown(Card(footer="끝", timestamp=dt.datetime(2026, 11, 23, 9, 0, tzinfo=dt.UTC)))
    assert '끝 • <time datetime="2026-11-23T09:00:00+00:00">2026-11-23 09:00 UTC</time>' in html
    assert '<div lang="ko">' in html
