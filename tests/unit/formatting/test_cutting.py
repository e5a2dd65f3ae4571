"""Where one block is cut, what its halves look like, and what the cutter counts."""

from __future__ import annotations

import pytest

from bot.formatting import limits
from bot.formatting.blocks import Block
from bot.formatting.messages import Card
from bot.formatting.packing import Group, pack
from bot.formatting.parsing import parse
from bot.formatting.render import render
from bot.formatting.spans import BOLD, Span
from bot.formatting.splitting import bounded, safe_offset, split_block


def blocks_of(source: str) -> list[Block]:
    return render(parse(source))[0].blocks


def halves(source: str, room: int, nodes: int = 100) -> tuple[str, str]:
    head, tail = split_block(blocks_of(source)[-1], room, nodes)
    return head.text, tail.text


@pytest.mark.parametrize(
    ("source", "nodes"),
    [
        ("plain", 0),
        ("**b** *i*", 2),
        ("***x***", 2),
        ("`c` ``d``", 2),
        ("[a](https://a.example)", 1),
        ("**[a](https://a.example)**", 2),
        ("[a **b** `c`](https://a.example)", 3),
        ("<https://a.example>", 1),
        ("https://a.example", 1),
        ("- a", 1),
        ("> a", 1),
        ("~~s~~ <u>u</u>", 2),
        ("```\nx **b** 😀\n```", 1),
        ("a **b\\\nc** d", 2),
        ("**x [l](https://a.example) y**", 2),
        ("**a** **b**", 2),
        ("😀 👍", 2),
    ],
)
def test_nodes_are_counted_as_the_client_counts_them(source: str, nodes: int) -> None:
    assert blocks_of(source)[0].nodes == nodes


@pytest.mark.parametrize(
    ("source", "room", "nodes", "expected"),
    [
        ("**a** `b` [c](https://a.example) d `e` f", 100, 3, ("**a** `b` [c](https://a.example) d", "`e` f")),
        ("a\\\nb words go\\\nc", 12, 100, ("a\nb", "words go\nc")),
        ("> a\\\n> b words go\\\n> c", 16, 100, ("> a\n> b", "> words go\n> c")),
        ("`one` `two`", 9, 100, ("`one`", "`two`")),
        ("plain **bold words** tail words", 24, 100, ("plain", "**bold words** tail words")),
        ("a **b** c", 6, 100, ("a", "**b** c")),
        ("“One.” two", 9, 100, ("“One.”", "two")),
        ("plain words wo**rd**s end", 18, 100, ("plain words", "wo**rd**s end")),
        ("```py\naaa bbb ccc ddd\n```", 21, 100, ("```py\naaa bbb \n```", "```py\nccc ddd\n```")),
        ("😀😀😀 `a` `b` c", 100, 4, ("😀😀😀 `a`", "`b` c")),
        ("words https://a.example/a-b end", 20, 100, ("words", "<https://a.example/a-b> end")),
        ("One? two! three… four", 14, 100, ("One? two!", "three… four")),
        ("一二三四五六", 6, 100, ("一二三", "四五六")),
        ("👍🏻👍🏿👍🏽", 5, 100, ("👍🏻", "👍🏿👍🏽")),
        ("- ```py\n  aa\n  bb\n  cc\n  ```", 28, 100, ("- ```py\n  aa\n  bb\n  ```", "  ```py\n  cc\n  ```")),
        ("- ```py\n  aa\n  bb\n  cc\n  ```", 29, 100, ("- ```py\n  aa\n  bb\n  ```", "  ```py\n  cc\n  ```")),
        ("first line\\\nsecond line", 20, 100, ("first line", "second line")),
        ("这句。“下一句。”再一句", 12, 100, ("这句。“下一句。”", "再一句")),
        (
            "[😀](https://a.example) [👍](https://b.example) tail `x`",
            100,
            4,
            ("[😀](https://a.example) [👍](https://b.example) tail", "`x`"),
        ),
    ],
)
def test_a_block_is_cut_at_its_best_place(
    source: str, room: int, nodes: int, expected: tuple[str, str]
) -> None:
    assert halves(source, room, nodes) == expected


def test_what_cannot_be_cut_goes_on_as_a_whole() -> None:
    link = "[only link](https://a.example/long/enough)"
    assert halves(link, 10) == ("", link)


@pytest.mark.parametrize("room", range(14, 60))
def test_no_half_ever_takes_more_than_its_room_nor_loses_a_word(room: int) -> None:
    source = "one **two three** four `five` *six* seven. Eight nine, ten **eleven *twelve* thirteen** end"
    for prefix in ("", "- ", "> "):
        head, tail = halves(prefix + source, room)
        assert 0 < len(head) <= room
        words = (head + " " + tail).replace("*", "").replace("_", "").replace("- ", "").replace("> ", "")
        assert words.split() == source.replace("*", "").split()


@pytest.mark.parametrize("room", range(14, 40))
def test_the_marks_of_a_quotes_lines_count_as_well(room: int) -> None:
    head, _ = halves("> " + "\\\n> ".join("abcdefghijklmnopq"), room)
    assert 0 < len(head) <= room


@pytest.mark.parametrize("room", range(20, 60))
def test_no_piece_of_code_ever_takes_more_than_its_room_nor_loses_a_line(room: int) -> None:
    code = "aaa\nbb\n\nc\ndddd eeee\nffffff\nggg"
    for prefix in ("", "- x\n\n      "):
        source = prefix + ("```py\n" + code + "\n```" if not prefix else code.replace("\n", "\n      "))
        head, tail = halves(source, room)
        assert len(head) <= room
        joined = f"{head}\n{tail}".replace("```py", "").replace("```", "").replace("\u200b", "")
        assert joined.split() == code.split()


@pytest.mark.parametrize(
    ("text", "offset", "place"),
    [
        ("abc", 2, 2),
        ("abc", 9, 3),
        ("abc", -1, 0),
        ("a\\*b", 2, 1),
        ("e\u0301x", 1, 1),
        ("xe\u0301x", 2, 1),
        ("x👍🏻y", 2, 1),
        ("x👍🏿y", 2, 1),
        ("x👨\u200d👩", 2, 1),
        ("x👨\u200d👩", 3, 1),
        ("x🇰🇷", 2, 1),
        ("x🇦🇿", 2, 1),
        ("🇰x", 1, 1),
        ("x🇰", 1, 1),
        ("x\u1100\u1160\u11ff", 3, 1),
        ("x\u1100\u1161\u11a8", 2, 1),
        ("x" + "\u0301" * 63 + "y", 63, 63),
        ("xका", 2, 1),
        ("xa\u20dd", 2, 1),
    ],
)
def test_a_safe_offset_parts_nothing_that_is_one_letter(text: str, offset: int, place: int) -> None:
    assert safe_offset(text, offset) == place


def test_a_book_in_one_paragraph_comes_in_bounded_pieces() -> None:
    words = " ".join(f"word{number}" for number in range(6000))
    (block,) = blocks_of(f"- {words}")
    first, *others = bounded(block)
    assert len(others) == 2
    assert all(len(piece.text) <= 20_100 for piece in (first, *others))
    assert " ".join(piece.text.strip() for piece in (first, *others)) == f"- {words}"
    assert {piece.gap for piece in others} == {" "}
    assert first.first == "- "
    assert {piece.first for piece in others} == {""}


def test_a_book_in_one_code_block_comes_in_bounded_blocks_of_code() -> None:
    lines = "\n".join(f"line {number}" for number in range(4000))
    pieces = bounded(blocks_of(f"```py\n{lines}\n```")[0])
    assert len(pieces) == 2
    assert all(piece.text.startswith("```py\n") and piece.text.endswith("\n```") for piece in pieces)
    assert {piece.gap for piece in pieces[1:]} == {"\n"}
    code = "\n".join(piece.text.removeprefix("```py\n").removesuffix("\n```").strip("\n") for piece in pieces)
    assert code == lines


def test_a_word_without_spaces_is_bounded_between_whole_letters() -> None:
    word = "e\u0301" * 12_000
    pieces = bounded(blocks_of(word)[0])
    assert "".join(piece.text for piece in pieces) == word
    assert all(piece.text.startswith("e") for piece in pieces)


def test_a_block_within_the_bound_stays_itself() -> None:
    block = Block(run=(Span("x" * 20_000),))
    assert bounded(block) == [block]
    assert len(bounded(Block(run=(Span("x" * 20_001),)))) > 1


def packed(source: str, room: int = limits.CARD_DESCRIPTION) -> list[Card]:
    messages = pack([Group(card=Card(title="T", colour=1), blocks=blocks_of(source), name="T")], room)
    return [card for message in messages for card in message.cards]


def test_a_paragraph_over_several_cards_fills_each_and_loses_nothing() -> None:
    source = " ".join(f"word{number}" for number in range(2500))
    cards = packed(source)
    texts = [card.description or "" for card in cards]
    assert " ".join(texts) == source
    assert all(2000 < len(text) <= limits.CARD_DESCRIPTION for text in texts[:-1])


@pytest.mark.parametrize("source", ["word " * 1600, "word " * 900 + ("\n\n" + "para " * 40) * 10])
def test_the_rest_of_a_cut_paragraph_opens_a_message_when_little_room_is_left(source: str) -> None:
    groups = [
        Group(card=Card(title="A"), blocks=blocks_of("word " * 190 + "A")),
        Group(card=Card(title="B"), blocks=blocks_of(source), name="B"),
    ]
    assert [[card.title or card.author for card in message.cards] for message in pack(groups)] == [
        ["A", "B (1/2)"],
        ["B (2/2)"],
    ]


def test_a_long_label_becomes_several_links_in_its_style() -> None:
    words = "word " * 500
    (link, space, other) = blocks_of(f"**[{words}](https://a.example)**")[0].run
    assert [span.style for span in (link, space, other)] == [BOLD, BOLD, BOLD]
    assert space.text == " "
    assert [span.link.url for span in (link, other) if span.link] == ["https://a.example"] * 2
    labels = [span.text.removeprefix("[").removesuffix("](https://a.example)") for span in (link, other)]
    assert " ".join(labels) == words.strip()


def test_a_heading_line_stays_with_the_beginning_of_a_text_that_no_card_holds() -> None:
    source = " ".join(f"word{number}" for number in range(1500))
    texts = [card.description or "" for card in packed(f"#### Heading\n\n{source}")]
    assert texts[0].startswith("**Heading**\nword0 ")
    assert " ".join([texts[0].removeprefix("**Heading**\n"), *texts[1:]]) == source
    assert all(2000 < len(text) <= limits.CARD_DESCRIPTION for text in texts[:-1])


def test_heading_lines_and_a_text_without_spaces_fill_a_card_to_its_limit() -> None:
    headings = "".join(f"#### Heading {number}\n\n" for number in range(6))
    first, *_ = packed(headings + "x" * 5000)
    assert 4080 < len(first.description or "") <= limits.CARD_DESCRIPTION


def test_a_heading_line_goes_alone_before_what_fits_only_a_whole_card() -> None:
    address = "https://a.example/" + "x" * 85
    texts = [card.description or "" for card in packed(f"#### {'Heading ' * 6}\n\n<{address}> and more", 110)]
    assert texts == [f"**{'Heading ' * 5}Heading**", f"<{address}>", "and more"]


def test_many_small_nodes_part_a_paragraph_before_the_client_would() -> None:
    source = " ".join(f"`c{number}`" for number in range(400))
    texts = [card.description or "" for card in packed(source)]
    assert " ".join(texts) == source
    assert [text.count("`") // 2 for text in texts] == [178, 178, 44]


def test_a_card_ends_after_its_picture() -> None:
    cards = packed("a\n\n![one two](https://a.example/1.png)\n\nb\n\nc")
    assert [(card.description, card.image) for card in cards] == [
        ("a\n\n-# one two", "https://a.example/1.png"),
        ("b\n\nc", None),
    ]
    assert [(card.title, card.author, card.colour) for card in cards] == [
        ("T (1/2)", None, 1),
        (None, "T (2/2)", 1),
    ]


def test_a_line_that_ends_in_a_colon_goes_before_what_it_leads_into() -> None:
    filler = "x" * 40
    source = f"{filler}\n\n{filler}\n\n**Look:**\n\n{filler}"
    assert [card.description for card in packed(source, 110)] == [
        f"{filler}\n\n{filler}",
        f"**Look:**\n\n{filler}",
    ]


def test_a_section_begins_at_the_end_of_a_message_where_there_is_room() -> None:
    groups = [
        Group(card=Card(title=name), blocks=blocks_of("\n\n".join(["word " * 20 + name] * count)), name=name)
        for name, count in (("A", 38), ("B", 30), ("C", 8))
    ]
    messages = pack(groups)
    assert [[card.title or card.author for card in message.cards] for message in messages] == [
        ["A", "B (1/2)"],
        ["B (2/2)", "C"],
    ]
    sizes = [sum(len(card.description or "") for card in message.cards) for message in messages]
    assert all(size <= limits.MESSAGE_CARD_CHARACTERS for size in sizes)


def test_the_eleventh_card_opens_a_message() -> None:
    groups = [Group(card=Card(title=str(number)), blocks=blocks_of("x")) for number in range(11)]
    assert [len(message.cards) for message in pack(groups)] == [10, 1]


def test_a_title_without_room_for_the_mark_stays_as_it_is() -> None:
    text = "x" * 90 + "\n\n" + "y" * 90
    for length, marked in ((250, True), (251, False)):
        card = pack([Group(card=Card(title="t" * length), blocks=blocks_of(text))], 100)[0].cards[0]
        assert card.title == "t" * length + (" (1/2)" if marked else "")
