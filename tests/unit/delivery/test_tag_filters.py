"""What chosen tags leave of an archive."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.delivery.models import Subscription
from bot.delivery.tag_filters import RECENT, Drought, drought, in_both
from bot.delivery.timetable import Timetable
from bot.posts.archive import Archive
from bot.posts.search.aliases import Aliases
from tests.support.posts import tagged

OLD = tagged("2023-01-01-old", "Mamba")
NEW = [tagged(f"2024-01-{day + 1:02}-a", "LLM", "OpenAI") for day in range(RECENT)]
ARCHIVE = Archive.of([OLD, *NEW])


def chosen(include: tuple[str, ...] = (), exclude: tuple[str, ...] = ()) -> Subscription:
    return Subscription(
        channel_id=1,
        timetable=Timetable(),
        created_at=datetime(2024, 5, 4, tzinfo=UTC),
        include=frozenset(include),
        exclude=frozenset(exclude),
    )


@pytest.mark.parametrize(
    ("subscription", "found"),
    [
        (chosen(), None),
        (chosen(("llm",)), None),
        (chosen(exclude=("Mamba",)), None),
        (chosen(exclude=("LLM",)), Drought(posts=RECENT, ever=True)),
        (chosen(("mamba",)), Drought(posts=RECENT, ever=True)),
        (chosen(("Mamba",), ("Mamba",)), Drought(posts=RECENT, ever=False)),
        (chosen(("OpenA",)), Drought(posts=RECENT, ever=False, nearest=("OpenAI",))),
        (chosen(("OpenA",), ("openai",)), Drought(posts=RECENT, ever=False)),
    ],
)
def test_a_drought_is_that_none_of_the_newest_posts_passes(
    subscription: Subscription, found: Drought | None
) -> None:
    assert drought(subscription, ARCHIVE) == found


def test_without_any_post_there_is_no_telling() -> None:
    assert drought(chosen(("없는 태그",)), Archive()) is None


def test_a_tag_is_in_both_whatever_its_spelling_but_a_word_of_several_meanings_is_none_of_them() -> None:
    aliases = Aliases.parse("OpenAI, 오픈AI\ninference, 추론?\nreasoning, 추론?")
    assert in_both(("Open-AI", "LLM"), ("오픈ai",), aliases) == ("Open-AI",)
    assert in_both(("추론",), ("inference",), aliases) == ()
    assert in_both(("추론",), ("#추론",), aliases) == ("추론",)
    assert in_both(("LLM",), (), aliases) == ()
