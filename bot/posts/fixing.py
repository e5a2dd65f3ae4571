"""Mends a file's front matter for good: the same rewritings that reading it applies in memory."""

from __future__ import annotations

from bot.patterns import regex
from bot.posts.blocks import Notation, split
from bot.posts.decoding import decode
from bot.posts.findings import Findings
from bot.posts.yaml_repair import repair

_LINE_END = regex(rb"(\r\n|\r|\n)")


def fix(data: bytes) -> bytes:
    """The file with its fixable problems mended and every other byte as it was.

    The same bytes come back where there is nothing to mend, or where mending would not make the file
    readable; mending twice changes nothing more.
    """
    findings = Findings("")
    block = split(decode(data, findings), findings)
    if block.notation is not Notation.YAML:
        return data
    result = repair(block.text)
    if result.scan.fault is not None or not result.rewritings:
        return data
    pieces = _LINE_END.split(data)  # lines at even places, their ends between them
    for rewriting in result.rewritings:
        place = 2 * (block.line - 1 + rewriting.line)
        pieces[place] = rewriting.after.encode()
    return b"".join(pieces)
