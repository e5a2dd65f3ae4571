"""Spellings that mean the same: the bundled ones, the operator's, and what is wrong with a file of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.adapters.alias_files import MAX_BYTES, load_aliases
from bot.errors import SettingsError
from bot.posts.search.aliases import Aliases


def test_the_bundled_spellings_meet_in_every_direction() -> None:
    aliases = load_aliases()
    for spelling in ("OpenAI", "오픈AI", "오픈에이아이", "open-ai"):
        assert {"OpenAI", "오픈AI", "오픈에이아이"} <= set(aliases.spellings(spelling)), spelling
    assert "라마" in aliases.spellings("LLAMA")
    assert aliases.spellings("아무것도 아닌 말") == ("아무것도 아닌 말",)


def test_an_operators_group_joins_a_bundled_one_that_shares_a_spelling(tmp_path: Path) -> None:
    own = tmp_path / "own.txt"
    own.write_bytes("\ufeff# 우리 말\r\n\r\nOpenAI, 열린인공지능 # 번역\r\n달무리, Moonhalo\r\n".encode())
    aliases = load_aliases(own)
    assert "오픈AI" in aliases.spellings("열린인공지능")
    assert aliases.spellings("moonhalo") == ("달무리", "Moonhalo")


def test_groups_that_share_a_spelling_are_one_whatever_their_order() -> None:
    aliases = Aliases.parse("가나, 다라\n마바, 사아", "사아, 가나")
    assert set(aliases.spellings("다라")) == {"가나", "다라", "마바", "사아"}
    assert len(aliases.groups) == 1


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ("가나, 다라\n\n마바\n".encode(), "line 3: has one spelling alone. Write another one behind a comma"),
        (b"a, b\nc, " + b"x" * 61, "line 2: has a spelling of over 60 characters. Shorten it."),
        (b"a, b\n\xb0\xa1, c\n", "line 2: is not UTF-8. Save the file as UTF-8."),
        (b"#" * (MAX_BYTES + 1), "has over 1,048,576 bytes. Shorten it."),
    ],
)
def test_a_wrong_line_is_told_with_file_line_and_fix(tmp_path: Path, data: bytes, says: str) -> None:
    own = tmp_path / "own.txt"
    own.write_bytes(data)
    with pytest.raises(SettingsError) as caught:
        load_aliases(own)
    (problem,) = caught.value.problems
    assert problem.startswith(f"SEARCH_ALIASES: {own}")
    assert says in problem


def test_at_most_five_wrong_lines_are_told(tmp_path: Path) -> None:
    own = tmp_path / "own.txt"
    own.write_text("alone\n" * 9)
    with pytest.raises(SettingsError) as caught:
        load_aliases(own)
    assert len(caught.value.problems) == 5


@pytest.mark.parametrize("name", ["none.txt", "."])
def test_a_file_that_cannot_be_read_is_told_with_what_to_do(tmp_path: Path, name: str) -> None:
    with pytest.raises(SettingsError, match=r"cannot be read .*Correct the path, or leave SEARCH_ALIASES"):
        load_aliases(tmp_path / name)


def test_spellings_that_differ_by_a_space_alone_are_one_name_and_each_is_looked_for() -> None:
    aliases = Aliases.parse("machine learning, 머신러닝, 머신 러닝, 머신-러닝")
    for spelling in ("Machine-Learning", "머신러닝", "머신 러닝"):
        assert aliases.spellings(spelling) == ("machine learning", "머신러닝", "머신 러닝")


def test_a_spelling_with_two_meanings_stands_for_both_and_does_not_make_them_one() -> None:
    aliases = Aliases.parse("inference, 추론?", "추론, 推理, reasoning\nreasoning, 논증")
    assert set(aliases.spellings("추론")) == {"inference", "추론", "推理", "reasoning", "논증"}
    assert aliases.spellings("inference") == ("inference", "추론")
    assert set(aliases.spellings("논증")) == {"추론", "推理", "reasoning", "논증"}
    assert aliases.spellings("추론")[0] == "inference"
