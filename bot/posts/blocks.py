"""Separates a post's front matter (YAML, TOML or JSON) from its body, and knows the lines of both."""

from __future__ import annotations

import enum
import json
import re

from frontmatter.default_handlers import BaseHandler, JSONHandler, YAMLHandler
from msgspec import Struct

from bot.patterns import regex
from bot.posts.findings import Findings

MAX_FRONT_MATTER = 64 * 1024
"""The longest front matter that is read, in characters."""


class Notation(enum.StrEnum):
    """How a front matter is written."""

    YAML = "YAML"
    TOML = "TOML"
    JSON = "JSON"
    NONE = "none"


class Block(Struct, frozen=True, kw_only=True):
    """A file in two parts.

    Attributes:
        text: the front matter without its delimiters (JSON: with its braces).
        line: the 1-based line of the file on which ``text`` begins.
        body: what follows, leading blank lines left out.
        body_line: the 1-based line of the file on which ``body`` begins.
    """

    notation: Notation
    text: str
    line: int
    body: str
    body_line: int


class _TomlBoundary(BaseHandler):
    """Hugo's ``+++``; the library's own handler needs the unmaintained ``toml`` package."""

    FM_BOUNDARY = regex(r"^\+{3,}[ \t]*$", re.MULTILINE)


class _JsonBoundary(JSONHandler):
    """A JSON object at the very start; the library's handler wants each brace on a line of its own."""

    FM_BOUNDARY = regex(r'\{\s*["}]')

    def split(self, text: str) -> tuple[str, str]:
        """The object's text and what follows it; ValueError where it is no JSON."""
        _, end = json.JSONDecoder().raw_decode(text[:MAX_FRONT_MATTER])
        return text[:end], text[end:]


_HANDLERS: tuple[tuple[Notation, BaseHandler], ...] = (
    (Notation.YAML, YAMLHandler(fm_boundary=regex(r"^-{3,}[ \t]*$", re.MULTILINE))),
    (Notation.TOML, _TomlBoundary()),
    (Notation.JSON, _JsonBoundary()),
)


def split(text: str, findings: Findings) -> Block:
    """The file's two parts; without front matter the first is empty.

    Raises:
        PostError: the front matter is never closed, or longer than MAX_FRONT_MATTER.
    """
    start = len(text) - len(text.lstrip())
    content = text[start:]
    line = text.count("\n", 0, start) + 1
    for notation, handler in _HANDLERS:
        if handler.detect(content):
            return _cut(notation, handler, content, line, findings)
    return Block(notation=Notation.NONE, text="", line=line, body=content, body_line=line)


def _cut(notation: Notation, handler: BaseHandler, text: str, line: int, findings: Findings) -> Block:
    try:
        front, rest = handler.split(text)
    except json.JSONDecodeError as error:
        raise _bad_json(error, line, findings) from None
    except (ValueError, RecursionError):
        raise _unclosed(notation, line, findings) from None
    if len(front) > MAX_FRONT_MATTER:
        cause = f"The front matter has {len(front):,} characters; {MAX_FRONT_MATTER:,} are allowed."
        raise findings.refusal(line, "front-matter-too-long", cause, "Move long text into the body.")
    front_at = text.index(front) if front else 0
    body = rest.lstrip("\n")
    return Block(
        notation=notation,
        text=front,
        line=line + text.count("\n", 0, front_at),
        body=body,
        body_line=line + text.count("\n", 0, len(text) - len(body)),
    )


def _unclosed(notation: Notation, line: int, findings: Findings) -> Exception:
    if notation is Notation.JSON:
        cause, fix = "The front matter is JSON nested too deeply, or with too long a number.", "Simplify it."
        return findings.refusal(line, "front-matter-invalid", cause, fix)
    mark = "---" if notation is Notation.YAML else "+++"
    cause = f"The front matter opens with {mark} and is never closed."
    return findings.refusal(
        line, "front-matter-unclosed", cause, f"Put a line {mark} between the front matter and the text."
    )


def _bad_json(error: json.JSONDecodeError, line: int, findings: Findings) -> Exception:
    cause = f"The front matter is not valid JSON: {error.msg} (column {error.colno})."
    fix = "Mend the JSON there; keys and texts need double quotes, and the last entry no comma."
    return findings.refusal(line + error.lineno - 1, "front-matter-invalid", cause, fix)
