"""A place survives in a custom id, whatever it is; what does not fit is left out, never cut."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.formatting import custom_ids
from bot.formatting.places import MOST_CODE, MOST_INDEX, Kind, Place, post_parts, post_place

KEY = "0123456789abcdef"

PATTERNS = {
    name: getattr(custom_ids, name)
    for name in ("TURN", "JUMP", "OPEN", "SECTION", "GOTO", "SHARE", "OUTDATED")
}

one_line = st.text(st.characters(exclude_categories=["Cc", "Zl", "Zp", "Cs"]), max_size=300)
places = st.builds(Place, kind=st.sampled_from(Kind), what=one_line, index=st.integers(0, MOST_INDEX)).filter(
    lambda place: place.kind is not Kind.POST
)


def matching(custom_id: str) -> list[str]:
    return [name for name, pattern in PATTERNS.items() if re.fullmatch(pattern, custom_id)]


@given(places)
def test_a_place_that_fits_is_read_back_the_same(place: Place) -> None:
    read = Place.read(place.code)
    assert read is not None
    assert len(place.code) <= MOST_CODE
    assert (read.kind, read.index) == (place.kind, place.index)
    assert read.what in {place.what, ""}
    if len(place.what) <= 70:
        assert read == place


@given(st.sampled_from([None, 0, 7, 12345]), st.integers(0, MOST_INDEX))
def test_a_page_of_a_post_is_read_back_the_same(section: int | None, index: int) -> None:
    place = post_place(KEY, section, index)
    assert Place.read(place.code) == place
    assert post_parts(place.what) == (KEY, section)


@given(places, st.sampled_from(["prev", "next", "ta"]))
def test_a_button_is_recognised_by_one_pattern_alone(place: Place, slot: str) -> None:
    custom_id = custom_ids.turn_id(place, slot)
    assert len(custom_id) <= 100
    assert matching(custom_id) == ["TURN"]


@pytest.mark.parametrize(
    ("custom_id", "name"),
    [
        (custom_ids.jump_id(), "JUMP"),
        (custom_ids.open_id(1), "OPEN"),
        (custom_ids.section_id(KEY), "SECTION"),
        (f"{custom_ids.section_id(KEY)}:12", "SECTION"),
        (custom_ids.goto_id(KEY, 2), "GOTO"),
        (custom_ids.share_id(), "SHARE"),
        ("news:page:0123456789abcdef:all:1:next", "OUTDATED"),
        ("news:list:day:2024-05-04:1:next", "OUTDATED"),
        ("news:share:more", "OUTDATED"),
    ],
)
def test_every_id_of_ours_is_recognised_by_exactly_one_pattern(custom_id: str, name: str) -> None:
    assert matching(custom_id) == [name]


def test_ids_of_others_are_left_to_them() -> None:
    assert matching("server:settings") == []


@pytest.mark.parametrize("text", ["", "nonsense", "post", "where:0:x", "day:x:2024", "0123456789abcdeg"])
def test_what_is_no_place_is_none(text: str) -> None:
    assert Place.read(text) is None


def test_a_search_that_does_not_fit_is_left_out_rather_than_cut() -> None:
    place = Place(kind=Kind.SEARCH, what="긴 " * 60, index=3)
    assert Place.read(place.code) == Place(kind=Kind.SEARCH, what="", index=3)
