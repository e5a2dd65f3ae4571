"""The page of `ainews show --html` in a real browser."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page

from bot.adapters.drawing.webpage import page
from bot.formatting.messages import Card, Message, Option, Select
from tests.support.browser import open_browser
from tests.support.posts import post

EVIL = "<img src=x onerror=document.title='taken'><script>document.title='taken'</script>"
BACKGROUND = "getComputedStyle(document.body).backgroundColor"
LIGHT, DARK = "rgb(255, 255, 255)", "rgb(49, 51, 56)"


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    card = Card(
        title=f"제목 {EVIL}",
        description=f"{EVIL} **굵게** ||비밀||\n- 하나",
        image="https://unreachable.invalid/a.png",
        colour=0x5865F2,
    )
    menu = Select(custom_id="x", placeholder="고르세요", options=(Option(label="첫째", value="1"),))
    file = tmp_path_factory.mktemp("page") / "page.html"
    file.write_text(page([(post("a"), [Message(cards=(card,), rows=((menu,),))])]), encoding="utf-8")
    return file


def background(browser: Page) -> str:
    return str(browser.evaluate(BACKGROUND))


def test_the_page_is_drawn_without_a_request_or_a_breach_of_its_policy(written: Path) -> None:
    with open_browser("about:blank") as browser:
        requests: list[str] = []
        complaints: list[str] = []
        browser.on("request", lambda request: requests.append(request.url))
        browser.on("console", lambda message: complaints.append(message.text))
        browser.goto(written.as_uri())
        assert requests == [written.as_uri()]
        assert complaints == []
        assert browser.title() == "제목 a"
        bar = "getComputedStyle(document.querySelector('.embed')).borderLeftColor"
        assert browser.evaluate(bar) == "rgb(88, 101, 242)"


def test_light_and_dark_follow_the_system_until_the_button_decides(written: Path) -> None:
    with open_browser(written.as_uri()) as browser:
        browser.emulate_media(color_scheme="light")
        assert background(browser) == LIGHT
        browser.emulate_media(color_scheme="dark")
        assert background(browser) == DARK
        browser.get_by_role("button", name="Light").click()
        assert background(browser) == LIGHT
        browser.get_by_role("button", name="Dark").click()
        assert background(browser) == DARK


def test_a_spoiler_opens_on_a_click_and_a_menu_shows_its_choices(written: Path) -> None:
    with open_browser(written.as_uri()) as browser:
        colour = "getComputedStyle(document.querySelector('.spoiler')).color"
        assert browser.evaluate(colour) == "rgba(0, 0, 0, 0)"
        browser.locator(".spoiler").click()
        assert browser.evaluate(colour) != "rgba(0, 0, 0, 0)"
        browser.get_by_text("고르세요").click()
        assert browser.get_by_text("첫째").is_visible()
