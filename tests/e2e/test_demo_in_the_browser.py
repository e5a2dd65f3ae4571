"""``ainews demo`` as a newcomer sees it: the real bot, driven by hand in a headless Chromium.

README's pictures: ``AINEWS_PICTURES=docs uv run pytest tests/e2e/test_demo_in_the_browser.py``.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.support.browser import open_browser
from tests.support.demo import ROOT, DemoProcess, start_demo

_TITLE = re.compile(r'^title: "?(.+?)"?$', re.MULTILINE)
_SECONDS = 1000
"""Playwright counts in milliseconds."""


@pytest.fixture(scope="module")
def content(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project's own posts, so that a test may add to it."""
    folder = tmp_path_factory.mktemp("demo") / "content"
    shutil.copytree(ROOT / "content", folder)
    return folder


@pytest.fixture(scope="module")
def demo(content: Path) -> Iterator[DemoProcess]:
    """One demo for all steps, as for one visitor."""
    with start_demo(content, home=content.parent) as running:
        yield running


@pytest.fixture(scope="module")
def page(demo: DemoProcess) -> Iterator[Page]:
    """The visitor's browser, once the bot has said something: whichever test comes first."""
    with open_browser(demo.url()) as opened:
        expect(_channel(opened).locator("[data-message-id]").first).to_be_visible()
        yield opened


def test_the_newest_post_is_in_the_channel_by_itself(page: Page, content: Path) -> None:
    newest = max(content.glob("*.md"))
    title = _TITLE.search(newest.read_text("utf-8"))
    assert title
    expect(_channel(page).get_by_text(title[1]).first).to_be_visible()


@pytest.mark.usefixtures("page")
def test_the_greeting_tells_how_old_the_newest_post_is(demo: DemoProcess, content: Path) -> None:
    day = max(content.glob("*.md")).name[:10]
    assert f"7 posts, the newest of {day}: {content}" in demo.output


def test_a_command_completes_while_typing_and_answers_in_korean(page: Page) -> None:
    _open_command(page, "news tag")
    page.keyboard.type("에이", delay=40)
    expect(page.get_by_role("option").filter(has_text="에이전트").first).to_be_visible()
    _photograph(page, "demo")
    page.keyboard.press("Enter")  # chooses the first
    expect(page.get_by_role("option").filter(has_text="에이전트")).to_have_count(0)
    page.keyboard.press("Enter")  # sends
    expect(_channel(page).get_by_text("태그가 달린 글").last).to_be_visible()


def test_a_menu_opens_the_chosen_part_of_a_post(page: Page) -> None:
    _run_command(page, "news latest")
    answer = _channel(page).locator("[data-message-id]").last
    first_card = answer.get_by_role("article").first
    expect(first_card).not_to_contain_text("Today's Overview")
    answer.get_by_role("combobox").click()
    page.get_by_role("option").filter(has_text="Overview").first.click()
    expect(first_card).to_contain_text("Today's Overview")


@pytest.fixture(scope="module")
def long_post(page: Page, content: Path) -> Locator:
    """The title of a post of several pages that was dropped into the folder just now, as the newest."""
    today = datetime.now(ZoneInfo("Asia/Seoul")).date()
    sections = "\n\n".join(f"## {n}번째 소식\n\n" + "반딧불이 켜졌습니다. " * 250 for n in range(1, 5))
    head = f'---\ntitle: "방금 들어온 소식: 반딧불"\ndate: {today}\ntags: [속보]\n---\n\n'
    (content / f"{today}-firefly.md").write_text(head + sections, "utf-8")
    title = _channel(page).get_by_text("방금 들어온 소식: 반딧불").first
    title.wait_for(timeout=10 * _SECONDS)
    return title


def test_a_post_dropped_into_the_folder_appears_within_seconds(long_post: Locator) -> None:
    expect(long_post).to_be_in_viewport()


def test_what_greeting_and_readme_tell_to_copy_makes_a_post_appear(
    page: Page, demo: DemoProcess, content: Path
) -> None:
    (told,) = (line.strip() for line in demo.lines if "ainews new" in line)
    assert f"\n{told}\n" in (ROOT / "README.md").read_text("utf-8")
    uv, run, ainews, *arguments = shlex.split(told)
    assert (uv, run, ainews) == ("uv", "run", "ainews")
    environment = {**os.environ, "CONTENT_DIR": str(content), "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
    subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-m", "bot", *arguments], cwd=content.parent, env=environment, check=True
    )
    title = _channel(page).get_by_text(arguments[1]).first
    expect(title).to_be_in_viewport(timeout=10 * _SECONDS)
    max(content.glob("*"), key=lambda path: path.stat().st_mtime_ns).unlink()  # the long one is newest again


@pytest.mark.usefixtures("long_post")
def test_a_button_turns_the_pages_of_a_long_post(page: Page) -> None:
    _run_command(page, "news latest")
    answer = _channel(page).locator("[data-message-id]").last
    first_card = answer.get_by_role("article").first
    before = first_card.inner_text()
    answer.get_by_role("button", name="다음").click()
    expect(answer.get_by_role("button", name="2 / ")).to_be_visible()
    expect(first_card).not_to_have_text(before)


def test_the_operator_reloads_from_the_page(page: Page) -> None:
    _as_operator(page)
    # Somebody else's answers are gone, the posts are there.
    expect(_channel(page).get_by_text("Only you can see this")).to_have_count(0)
    _open_command(page, "admin reload")
    page.keyboard.press("Enter")  # asks for what
    page.get_by_role("option").filter(has_text="all").click()
    page.get_by_role("button", name="Send", exact=True).click()
    expect(_channel(page).get_by_text("다시 불러왔어요").last).to_be_visible()


def test_an_admin_sets_the_channel_up_and_hears_what_the_doctor_finds(page: Page) -> None:
    _as_operator(page)
    _open_command(page, "setup")
    page.get_by_role("button", name="Send", exact=True).click()
    panel = _channel(page).locator("[data-message-id]").last
    _choose(page, panel, 0, "ai-news")
    card = panel.get_by_role("article").first
    expect(card).to_contain_text("채널 설정 고치기")
    _choose(page, panel, 1, "09:00")
    expect(card).to_contain_text("매일 09:00")
    _choose(page, panel, 3, "요약")
    expect(card).to_contain_text("요약")
    _photograph(page, "setup", panel)
    panel.get_by_role("button", name="더 보기").click()
    expect(panel.get_by_role("button", name="돌아가기")).to_be_visible()
    _choose(page, panel, 1, "민지")
    expect(card).to_contain_text("@민지")
    panel.get_by_role("button", name="알림 없이").click()
    expect(card).to_contain_text("알림 소리 없이")
    panel.get_by_role("button", name="저장").click()
    expect(card).to_contain_text("저장했어요")
    expect(panel.get_by_text("역할에 알림이 가지 않아요").first).to_be_visible()
    _photograph(page, "doctor", panel)


def test_the_operator_sees_how_the_bot_is_doing(page: Page) -> None:
    _as_operator(page)
    _run_command(page, "admin status")
    card = _channel(page).locator("[data-message-id]").last
    expect(card.get_by_text("봇 상태")).to_be_visible()
    _photograph(page, "status", card)


def test_ctrl_c_ends_it_cleanly(page: Page, demo: DemoProcess) -> None:
    expect(page.locator("#channel-layout")).to_be_visible()
    assert demo.stop() == 0
    assert "Traceback" not in demo.output
    assert "ERROR" not in demo.output.upper()


def _as_operator(page: Page) -> None:
    """Use the page as whoever hosts the bot, in each test: another one may have run in another browser."""
    viewer = page.get_by_label("Viewing as")
    if viewer.locator("option:checked").inner_text() != "운영자":
        viewer.select_option("운영자")
        page.wait_for_timeout(500)  # the channel is drawn anew
    expect(_channel(page).locator("[data-message-id]").first).to_be_visible()


def _channel(page: Page) -> Locator:
    return page.locator("#channel-message-list")


def _open_command(page: Page, command: str) -> None:
    """Type the command as a reader does, and choose it from the list."""
    box = page.locator("#channel-composer-input")
    box.click()
    box.press_sequentially(f"/{command}", delay=20)
    page.get_by_role("option").filter(has_text=f"/{command}").first.click()


def _run_command(page: Page, command: str) -> None:
    """Send a command that needs no options, and wait until its answer is there."""
    messages = _channel(page).locator("[data-message-id]")
    before = messages.count()
    _open_command(page, command)
    page.keyboard.press("Enter")
    expect(messages).to_have_count(before + 1)


def _choose(page: Page, message: Locator, menu: int, name: str) -> None:
    """Open a menu of a message and choose what is called so."""
    message.get_by_role("combobox").nth(menu).click()
    option = page.locator("[role=option]:visible").filter(has_text=name).first
    option.click()
    page.wait_for_timeout(200)
    while option.is_visible():  # the page takes no choice while another one is on its way
        option.click()
        page.wait_for_timeout(500)


def _photograph(page: Page, name: str, of: Locator | None = None) -> None:
    """Keep what is on the screen, or one message of it, in the folder of ``AINEWS_PICTURES``."""
    folder = os.environ.get("AINEWS_PICTURES")
    if folder:
        page.mouse.move(0, 0)
        (of or page).screenshot(path=ROOT / folder / f"{name}.png", animations="disabled")
