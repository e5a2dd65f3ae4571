"""Times composing posts against markdown-it-py's bare parse of the same text, and prints the ratio.

    uv run python benchmarks/compose.py FOLDER...

Without a folder it takes the bundled posts. The goal is 2.0 at most.
"""

from __future__ import annotations

import datetime as dt
import gc
import sys
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

from markdown_it import MarkdownIt

from bot.errors import PostError
from bot.formatting.compose import ComposeOptions, compose
from bot.i18n import load_catalogues
from bot.posts.models import Post
from bot.posts.parsing import parse_post

ROOT = Path(__file__).resolve().parent.parent
ROUNDS = 3
GOAL = 2.0


def main(arguments: list[str]) -> int:
    """Print the figures; exit code 1 when the ratio is over the goal."""
    posts = read_posts(arguments)
    options = ComposeOptions(words=load_catalogues().words("ko"))
    bare = MarkdownIt()
    parse_seconds = best_of(lambda: [bare.parse(post.body) for post in posts])
    compose_seconds = best_of(lambda: [compose(post, options) for post in posts])
    characters = sum(len(post.body) for post in posts)
    ratio = compose_seconds / parse_seconds
    print(f"{len(posts)} posts, {characters:,} characters")
    print(f"bare parse {parse_seconds:.2f} s, compose {compose_seconds:.2f} s")
    print(f"ratio {ratio:.2f} (goal {GOAL})")
    for post in sorted(posts, key=lambda post: len(post.body))[-3:]:
        share = peak(post, options) / len(post.body)
        print(f"peak memory of {post.slug[:40]}: {share:.0f} bytes a character")
    return int(ratio > GOAL)


def read_posts(arguments: list[str]) -> list[Post]:
    """The posts of the folders; files that cannot be used are named and left out."""
    folders = [Path(argument) for argument in arguments] or [ROOT / "content"]
    posts = []
    for path in sorted(path for folder in folders for path in folder.rglob("*.md")):
        try:
            posts.append(parse_post(path.read_bytes(), path.name, today=dt.date(2026, 1, 1)).post)
        except PostError as error:
            print(f"left out: {error}")
    return posts


def best_of(work: Callable[[], object]) -> float:
    """Processor seconds of the fastest of ROUNDS runs."""
    times = []
    for _ in range(ROUNDS):
        gc.collect()
        started = time.process_time()
        work()
        times.append(time.process_time() - started)
    return min(times)


def peak(post: Post, options: ComposeOptions) -> int:
    """Bytes that composing takes at its highest point."""
    tracemalloc.start()
    compose(post, options)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
