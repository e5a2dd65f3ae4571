"""Fills messages with cards, few and full, without parting a heading from its text."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from msgspec import Struct, field

from bot.formatting import limits
from bot.formatting.blocks import Block
from bot.formatting.messages import Card, Message
from bot.formatting.spans import Span
from bot.formatting.splitting import bounded, split_block
from bot.replacing import replace

SMALLEST_PIECE: Final = 1200
"""A section is begun at the end of a message only when this many characters of it have room there."""
MARK_ROOM: Final = 16
"""Characters kept free for a continuation mark."""
_CUT_WINDOW: Final = 0.55
"""Cuts are looked for in the last part of a card, after this share of it."""


class Group(Struct, kw_only=True):
    """What shares a title: a section, several small ones, the introduction or the cover.

    ``card`` is the model every card of the group is made from: its title (without a continuation
    mark), colour and address; author, footer and image stand on the first card only. ``name`` is
    what further cards are labelled with: plain text, with room for a mark within an author's limit.
    """

    card: Card
    blocks: list[Block] = field(default_factory=list)
    name: str = ""


class _Draft(Struct, kw_only=True):
    """A card whose place in its group's count is not known yet."""

    card: Card


class _Cutter:
    """Hands out a group's blocks in pieces that fit."""

    def __init__(self, blocks: list[Block]) -> None:
        self._blocks = [part for block in blocks for part in bounded(block)]
        self._next = 0
        self._sizes = sum(len(block.text) + len(block.gap) for block in self._blocks)

    def __bool__(self) -> bool:
        return self._next < len(self._blocks)

    @property
    def size(self) -> int:
        """Characters not handed out yet."""
        return self._sizes

    def take(self, room: int, *, whole_card: bool) -> list[Block]:
        """The next blocks that fit into ``room`` characters; none when a fresh card suits them better."""
        fitting, complete = self._fitting(room)
        if not complete:
            count = self._best_cut(fitting)
            if count == 0 and not whole_card:
                return []
            fitting = count or self._split_next(room, fitting)
        taken = self._blocks[self._next : self._next + fitting]
        self._next += fitting
        self._sizes -= sum(len(block.text) + len(block.gap) for block in taken)
        return taken

    def _fitting(self, room: int) -> tuple[int, bool]:
        """How many blocks fit, and whether the card may end after them (a picture, or the group's end)."""
        used = nodes = count = 0
        for block in _from(self._blocks, self._next):
            used += len(block.text) + (len(block.gap) if count else _parents_size(block))
            nodes += block.nodes + (0 if count else len(block.parents) + 1)
            if used > room or nodes > limits.CARD_NODES:
                return count, False
            count += 1
            if block.image:
                return count, True
        return count, True

    def _best_cut(self, fitting: int) -> int:
        """After which block to end the card: the best cut in its last part; 0 when there is none."""
        blocks = self._blocks[self._next : self._next + fitting + 1]
        total = sum(len(block.text) for block in blocks[:fitting])
        filled, best, best_cut = total, 0, limits.CARD_DESCRIPTION
        for count in range(fitting, 0, -1):
            cut = blocks[count].cut
            if not blocks[count - 1].keep:
                if _leads(blocks[count - 1], blocks[count]):
                    cut += 10
                if cut < best_cut and (filled >= total * _CUT_WINDOW or not best):
                    best, best_cut = count, cut
            filled -= len(blocks[count - 1].text)
        return best

    def _split_next(self, room: int, fitting: int) -> int:
        """Cut in two the block that does not fit; how many blocks then do, with what leads into it."""
        at = self._next + fitting
        used = sum(len(block.text) + len(block.gap) for block in self._blocks[self._next : at])
        block = self._blocks[at]
        nodes = (
            limits.CARD_NODES - sum(b.nodes for b in self._blocks[self._next : at]) - len(block.parents) - 2
        )
        room -= used + _parents_size(block) + len(block.gap)
        head, tail = split_block(block, room, nodes)
        self._blocks[at : at + 1] = [part for part in (head, tail) if part.text]
        self._sizes += len(head.text) + len(tail.text) + len(tail.gap) - len(block.text)
        return fitting + 1 if head.text and len(head.text) <= room else max(1, fitting)


def _from(blocks: list[Block], start: int) -> Iterable[Block]:
    for index in range(start, len(blocks)):
        yield blocks[index]


def _parents_size(block: Block) -> int:
    return sum(len(parent) + 1 for parent in block.parents)


def _leads(block: Block, follower: Block) -> bool:
    """Whether ``block`` introduces ``follower``: a line that ends in a colon, or an item above its items."""
    return block.text.rstrip("*_ ").endswith((":", "：")) or len(follower.parents) > len(block.parents)


def pack(groups: Iterable[Group], room: int = limits.CARD_DESCRIPTION) -> tuple[Message, ...]:
    """Messages that hold all groups in order, each within Discord's limits.

    ``room`` is the most characters a card's description takes, ``limits.CARD_DESCRIPTION`` at most.
    """
    packer = _Packer(room)
    for group in groups:
        packer.add(group)
    return packer.messages()


def first_card(group: Group) -> Group:
    """As much of a group as one card holds; an ellipsis tells that it goes on."""
    cutter = _Cutter(group.blocks)
    blocks = cutter.take(limits.CARD_DESCRIPTION - len("\n…"), whole_card=True)
    if cutter and not blocks[-1].image:
        blocks.append(Block(run=(Span("…"),), gap="\n"))
    return replace(group, blocks=blocks)


class _Packer:
    def __init__(self, room: int) -> None:
        self._room = room
        self._messages: list[list[_Draft]] = [[]]
        self._used = 0

    def add(self, group: Group) -> None:
        cutter = _Cutter(group.blocks)
        drafts: list[_Draft] = []
        while cutter or not drafts:
            if len(self._messages[-1]) == limits.MESSAGE_CARDS:
                self._open_message()
            card = group.card if not drafts else _follower(group)
            fixed = _fixed_size(card) + MARK_ROOM
            left = limits.MESSAGE_CARD_CHARACTERS - self._used - fixed
            room = min(self._room, left)
            started = bool(self._messages[-1])
            if started and room < min(cutter.size, SMALLEST_PIECE):
                self._open_message()
                continue
            taken = cutter.take(room, whole_card=not started or left >= self._room)
            if not taken and cutter:
                self._open_message()
                continue
            draft = _drafted(card, taken)
            drafts.append(draft)
            self._messages[-1].append(draft)
            self._used += fixed + len(draft.card.description or "")
        _mark(drafts)

    def _open_message(self) -> None:
        self._messages.append([])
        self._used = 0

    def messages(self) -> tuple[Message, ...]:
        return tuple(
            Message(cards=tuple(draft.card for draft in drafts)) for drafts in self._messages if drafts
        )


def _follower(group: Group) -> Card:
    """What the group's further cards wear: its name in small letters, and its colour.

    A repeated title would read as a new section, and Discord's author line does not.
    """
    return Card(author=group.name, colour=group.card.colour)


def _fixed_size(card: Card) -> int:
    return sum(len(text) for text in (card.title, card.author, card.footer) if text)


def _drafted(card: Card, blocks: list[Block]) -> _Draft:
    lines: list[str] = []
    image = card.image
    for block in blocks:
        if block.image:
            image = block.image
        if not block.text:
            continue
        if lines:
            lines.append(block.gap)
        else:
            lines += [f"{parent}\n" for parent in block.parents]
        lines.append(block.text)
    return _Draft(card=replace(card, description="".join(lines) or None, image=image))


def _mark(drafts: list[_Draft]) -> None:
    """Number the cards of a group that flows over several: ``(1/3)``, ``(2/3)``, ``(3/3)``."""
    if len(drafts) == 1:
        return
    for number, draft in enumerate(drafts, 1):
        mark = f"({number}/{len(drafts)})"
        if number > 1:
            draft.card = replace(draft.card, author=f"{draft.card.author or ''} {mark}".strip())
        elif draft.card.title and len(draft.card.title) + len(mark) < limits.CARD_TITLE:
            draft.card = replace(draft.card, title=f"{draft.card.title} {mark}")
