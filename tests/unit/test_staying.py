"""The collector of garbage leaves alone what is made at the start, and is back afterwards."""

from __future__ import annotations

import gc

import pytest

from bot.staying import staying


@pytest.fixture(autouse=True)
def _as_before() -> object:
    yield
    gc.unfreeze()
    gc.enable()


def test_what_is_made_inside_is_never_looked_at_again() -> None:
    with staying():
        assert not gc.isenabled()
        made = [[number] for number in range(50_000)]
    assert gc.isenabled()
    assert gc.get_freeze_count() > len(made)


def test_a_collector_that_was_off_stays_off_and_an_error_changes_nothing() -> None:
    gc.disable()
    with pytest.raises(KeyError), staying():
        raise KeyError
    assert not gc.isenabled()
