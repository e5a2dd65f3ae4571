"""Writes a large archive for measuring: posts multiplied, with other days, words and names.

    uv run python benchmarks/make_archive.py OUT [--posts 10000] [--source FOLDER]

Without a source it takes the corpus beside the project where that exists, else the bundled posts. The same
arguments give the same files. Each copy has a day of its own (two days in three, backwards), its own title
and tag, and about one line in eight gets a made-up Korean or Latin word.
"""

from __future__ import annotations

import argparse
import datetime as dt
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.errors import PostError
from bot.posts.models import Post, TagKind
from bot.posts.parsing import parse_post

ROOT = Path(__file__).resolve().parent.parent
CORPUS = ROOT.parent / "shared" / "corpus"
NEWEST = dt.date(2026, 11, 23)
KOREAN_SHARE = 0.3
"""The corpus holds few Korean posts; readers' archives are mostly Korean."""
_SENTENCE = 40
"""Code points from which a line is taken for a sentence."""

_LATIN = ("ka", "ri", "to", "ven", "lo", "mus", "ta", "nel", "qui", "dor", "fi", "sam", "bel", "ou", "zen")
_HANGUL = tuple("가나다라마바사아자차카타파하온빛별솔누리")
_PARTICLES = ("", "을", "를", "은", "는", "이", "가", "에서", "으로", "의")


@dataclass(frozen=True, slots=True)
class Source:
    """A post that is multiplied, and its body's lines."""

    post: Post
    lines: tuple[str, ...]


def main() -> None:
    """Write the files and say how much it is."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--posts", type=int, default=10_000)
    parser.add_argument("--source", type=Path, default=CORPUS if CORPUS.exists() else ROOT / "content")
    arguments = parser.parse_args()
    size = make_archive(arguments.out, arguments.posts, arguments.source)
    print(f"{arguments.posts:,} posts, {size / 1e6:,.0f} MB in {arguments.out}")


def make_archive(out: Path, posts: int, source: Path) -> int:
    """Write ``posts`` files below ``out``; returns their bytes."""
    originals = [*read_sources(source), *read_sources(ROOT / "content")]
    korean = [original for original in originals if original.post.meta.lang == "ko"]
    chance = random.Random(2026)  # noqa: S311 - the same archive each time
    size = 0
    for number in range(posts):
        original = chance.choice(korean if chance.random() < KOREAN_SHARE and korean else originals)
        day = NEWEST - dt.timedelta(days=number * 2 // 3)
        text = multiplied(original, day, number, chance)
        folder = out / str(day.year)
        folder.mkdir(parents=True, exist_ok=True)
        size += (folder / f"{day.isoformat()}-copy-{number:05}.md").write_bytes(text.encode())
    return size


def read_sources(folder: Path) -> list[Source]:
    """The usable posts below a folder."""
    sources = []
    for path in sorted(folder.rglob("*.md")):
        try:
            post = parse_post(path.read_bytes(), path.name, today=NEWEST).post
        except PostError as error:
            print(f"left out: {error}")
            continue
        sources.append(Source(post, tuple(post.body.split("\n"))))
    return sources


def multiplied(original: Source, day: dt.date, number: int, chance: random.Random) -> str:
    """One copy as a file's text."""
    meta = original.post.meta
    title = f"{meta.title} {word(chance)} {number}"
    head = [
        "---",
        f"title: {quoted(title)}",
        f"date: {day.isoformat()}",
        f"slug: copy-{number:05}",
        f"lang: {meta.lang}",
        f"description: {quoted(f'{meta.description} {word(chance)}')}",
    ]
    for key, kind in (
        ("topics", TagKind.TOPIC),
        ("companies", TagKind.COMPANY),
        ("models", TagKind.MODEL),
        ("people", TagKind.PERSON),
    ):
        names = [tag.name for tag in meta.tags if tag.kind is kind]
        head += [f"{key}:", *(f"  - {quoted(name)}" for name in [*names, word(chance)])]
    return "\n".join([*head, "---", "", *varied(original.lines, chance)]) + "\n"


def varied(lines: Sequence[str], chance: random.Random) -> list[str]:
    """The lines, some with a made-up word more at their end."""
    return [
        f"{line} {word(chance)}" if len(line) > _SENTENCE and chance.random() < 1 / 8 else line
        for line in lines
    ]


def word(chance: random.Random) -> str:
    """A made-up word: Latin, or Korean with a particle."""
    if chance.random() < 1 / 2:
        return "".join(chance.choices(_LATIN, k=3))
    return "".join(chance.choices(_HANGUL, k=chance.choice((2, 3)))) + chance.choice(_PARTICLES)


def quoted(text: str) -> str:
    """A YAML text in double quotation marks, on one line."""
    flat = " ".join(text.split()).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{flat}"'


if __name__ == "__main__":
    main()
