"""Cuts one block that no card can hold: at sentences, else words, never inside a link, code or emoji."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from bot.formatting import spans
from bot.formatting.blocks import CUT_INSIDE, CUT_ITEM, Block
from bot.formatting.spans import Span
from bot.patterns import regex
from bot.replacing import replace

_SENTENCE_END = regex(r"[.!?…][\"'”’)\\\]]*\s+|[。！？][”’」』）)]*\s*")
_WORD_END = regex(r"\s+|(?<=[\u3000-\u30ff\u3400-\u9fff\uff00-\uff60])(?=[\u3400-\u9fff])")
_MARKS = 8
"""Characters that opening and closing the marks around one span may add."""
_BOUND = 20_000
"""Characters; longer blocks are hostile, or a paragraph that a whole book stands in."""
_ENOUGH = 0.4
"""A good cut is preferred to a later, worse one when it fills this part of the room."""

_GOOD, _FAIR, _INSIDE_MARKS, _ANYWHERE = range(4)


def bounded(block: Block) -> list[Block]:
    """``block`` alone, or in pieces of bounded length: cutting one piece after another stays linear."""
    if len(block.text) <= _BOUND:
        return [block]
    pieces: list[list[Span]] = [[]]
    size = 0
    for span in block.run:
        for part in _slices(span):
            if size + len(part.text) > _BOUND and pieces[-1]:
                pieces.append([])
                size = 0
            pieces[-1].append(part)
            size += len(part.text)
    head = replace(block, run=tuple(pieces[0]), keep=False)
    if block.fence is not None:
        return [head, *(replace(block, run=tuple(piece), gap="\n") for piece in pieces[1:])]
    return [head, *(replace(_continued(block, tuple(piece)), gap=" ", first="") for piece in pieces[1:])]


def _slices(span: Span) -> Iterator[Span]:
    start, text = 0, span.text
    while len(text) - start > _BOUND // 2 and not span.atomic:
        window = text[start : start + _BOUND // 2]
        space = max(window.rfind("\n"), window.rfind(" "))
        end = start + (space + 1 if space > 0 else safe_offset(window, len(window) - 1))
        yield span._replace(text=text[start:end])
        start = end
    yield span._replace(text=text[start:]) if start else span


def split_block(block: Block, room: int, nodes: int) -> tuple[Block, Block]:
    """``block`` in two, the first of which takes at most ``room`` characters and ``nodes`` nodes.

    ``room`` must hold the prefixes and one indivisible span (3,500 characters at most).
    """
    if block.fence is not None:
        return _split_fence(block, room)
    room -= len(block.first) + 2
    index, offset = _cut(block.run, room, nodes, len(block.rest) + 1)
    span = block.run[index]
    head = (*block.run[:index], span._replace(text=span.text[:offset])) if offset else block.run[:index]
    tail = (span._replace(text=span.text[offset:]), *block.run[index + 1 :])
    return (
        replace(block, run=tuple(spans.trimmed(head)), keep=False),
        _continued(block, tuple(spans.trimmed(tail))),
    )


def _continued(block: Block, run: tuple[Span, ...]) -> Block:
    parents = block.parents
    is_item = CUT_ITEM <= block.cut < CUT_INSIDE
    if is_item:
        parents = (*parents, f"{block.first}…")
    return replace(block, run=run, first=block.rest, cut=CUT_INSIDE, gap="\n", parents=parents)


def _cut(run: tuple[Span, ...], room: int, nodes: int, line_cost: int) -> tuple[int, int]:
    """Where to cut: an index into ``run`` and an offset into that span's text."""
    best: dict[int, tuple[int, tuple[int, int]]] = {}
    used = count = 0
    for index, span in enumerate(run):
        cost = len(span.text) + (_MARKS if span.style else 0) + (line_cost if span.text == "\n" else 0)
        weight = span.nodes + span.style.bit_count()
        if not span.text.isascii() and not span.atomic:
            weight += spans.emoji_count(span.text)
        if index and (span.text == "\n" or _apart(run[index - 1], span)):
            best[_GOOD if span.text == "\n" else _FAIR] = (used, (index, 0))
        elif index:
            best[_ANYWHERE] = (used, (index, 0))
        limit = min(len(span.text), room - used - (_MARKS if span.style else 0))
        over = used + cost > room or count + weight > nodes
        if count + weight > nodes:
            limit = min(limit, spans.emoji_end(span.text, max(1, nodes - count - span.style.bit_count())))
        if not span.atomic:
            _offer(best, span, index, used, limit)
        if over and (index or not span.atomic):
            break
        used += cost
        count += weight
    return _choose(best, run)


def _apart(before: Span, after: Span) -> bool:
    return not (before.style & after.style) and (before.text[-1:].isspace() or after.text[:1].isspace())


def _offer(
    best: dict[int, tuple[int, tuple[int, int]]], span: Span, index: int, used: int, limit: int
) -> None:
    """Remember the latest sentence end and word end of a text span before ``limit``."""
    text = span.text
    for pattern, kind in ((_SENTENCE_END, _GOOD), (_WORD_END, _FAIR)):
        ends = [match.end() for match in pattern.finditer(text, 0, max(0, limit)) if match.end() < len(text)]
        if ends:
            rank = _INSIDE_MARKS if span.style else kind
            best[rank] = (used + ends[-1], (index, ends[-1]))
    anywhere = safe_offset(text, limit)
    if anywhere:
        best[_ANYWHERE] = (used + anywhere, (index, anywhere))


def _choose(best: dict[int, tuple[int, tuple[int, int]]], run: tuple[Span, ...]) -> tuple[int, int]:
    furthest = max((used for used, _ in best.values()), default=0)
    for rank in (_GOOD, _FAIR, _INSIDE_MARKS, _ANYWHERE):
        if rank in best and best[rank][0] >= furthest * _ENOUGH and best[rank][1] != (0, 0):
            return best[rank][1]
    return min(1, len(run) - 1), 0


def safe_offset(text: str, offset: int) -> int:
    """The nearest place at or before ``offset`` that parts no escape, emoji or combined letter."""
    offset = max(0, min(offset, len(text)))
    for place in range(offset, max(0, offset - 64), -1):
        if place == len(text) or not _joined(text, place):
            return place
    return offset


def _joined(text: str, place: int) -> bool:
    before, after = text[place - 1 : place], text[place]
    if before in ("\\", "\u200d") or after == "\u200d":
        return True
    if unicodedata.category(after) in ("Mn", "Mc", "Me") or "\U0001f3fb" <= after <= "\U0001f3ff":
        return True
    if "\u1160" <= after <= "\u11ff":  # a Hangul vowel or final of decomposed text
        return True
    return "\U0001f1e6" <= before <= "\U0001f1ff" and "\U0001f1e6" <= after <= "\U0001f1ff"


def _split_fence(block: Block, room: int) -> tuple[Block, Block]:
    """Two code blocks of the same language, parted between lines, else between words."""
    code = "".join(span.text for span in block.run)
    room -= len(block.first) + len(block.fence or "") + 8 + 2 * len(block.rest)
    end = _fitting(code, room, len(block.rest))
    line = code.rfind("\n", 0, end)
    cut = line if line > 0 else code.rfind(" ", 0, end) + 1 or safe_offset(code, end)
    rest = code[cut + 1 :] if line > 0 else code[cut:]
    head = replace(block, run=(Span(code[:cut]),), keep=False)
    return head, replace(block, run=(Span(rest),), first=block.rest, cut=CUT_INSIDE, gap="\n")


def _fitting(code: str, room: int, prefix: int) -> int:
    """How many characters of ``code`` fit when each line costs its prefix as well."""
    if not prefix:
        return room
    used = 0
    for place, character in enumerate(code):
        used += 1 + (prefix if character == "\n" else 0)
        if used > room:
            return place
    return len(code)
