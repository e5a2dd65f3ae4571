"""What the terminal says when the page is up: the address, and what is worth trying, in two languages."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from bot.posts.models import Post

NEW_POST = 'ainews new "첫 번째 글" --publish'
"""What makes a post that is sent at once, as README says too."""

_THINGS_TO_TRY = (
    (
        "/news latest · /news tag · /news date",
        "입력창에 / 를 치면 명령과 자동완성이 나옵니다",
        "type / in the message box for commands and completion",
    ),
    (
        "버튼과 메뉴 · buttons and menus",
        "글 아래의 메뉴로 원하는 부분만 열어 보세요",
        "open single sections from the menu under a post",
    ),
    (
        f"uv run {NEW_POST}",
        "이 폴더에서 연 다른 터미널에 그대로 붙여 넣으면 몇 초 안에 새 글이 올라옵니다",
        "in another terminal, in this folder: a new post appears within seconds",
    ),
    (
        "Viewing as → 운영자",
        "운영자가 되어 /admin reload 를 실행해 보세요",
        "become the operator and run /admin reload",
    ),
)


def greet(console: Console, url: str, content: Path, posts: Sequence[Post]) -> None:
    """Print the address on a line of its own, then the hints; ``posts`` are the folder's, oldest first."""
    console.print("\n[bold]AI 뉴스 데모[/] · the real bot in a simulated Discord, no token and no network\n")
    # Unstyled and unbroken, so that any terminal recognises it and any program can read it.
    console.print(url, style="bold cyan", soft_wrap=True, highlight=False, markup=False)
    console.print()
    for what, korean, english in _THINGS_TO_TRY:
        console.print(f"  [bold]{escape(what)}[/]\n      {korean}\n      [dim]{english}[/]", highlight=False)
    console.print()
    folder = escape(str(content.resolve()))
    if posts:
        number, day = len(posts), posts[-1].date.isoformat()
        counted = f"글 {number}개, 가장 새 글은 {day} · {number} posts, the newest of {day}: {folder}"
        console.print(counted, soft_wrap=True, highlight=False)
    else:
        console.print(f"[yellow]글이 없습니다 · no posts:[/] {folder}", soft_wrap=True, highlight=False)
        console.print("마크다운 파일을 넣으면 바로 올라옵니다. · Drop a Markdown file into it.")
    console.print("끝내기 · stop: Ctrl-C\n", highlight=False)
