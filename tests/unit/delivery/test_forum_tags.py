"""A forum's tags are found by name, however they are spelled."""

from __future__ import annotations

from bot.delivery.forum_tags import ForumPost, ForumTag, chosen_tags

OFFERED = [
    ForumTag(id=number, name=name) for number, name in enumerate(["News", "Open AI", "claude-4", "뉴스"])
]


def test_the_servers_tags_come_first_then_the_posts_own() -> None:
    post = ForumPost(name="제목", tags=("뉴스", "없음"), own_tags=("openai", "Claude 4", "other"))
    assert chosen_tags(OFFERED, post) == (3, 1, 2)


def test_a_tag_is_applied_once_and_five_at_most() -> None:
    offered = [ForumTag(id=number, name=f"t{number}") for number in range(9)]
    names = [tag.name for tag in offered]
    assert chosen_tags(offered, ForumPost(name="", tags=("T1", "t1"), own_tags=names)) == (1, 0, 2, 3, 4)


def test_a_moderators_tag_is_used_only_where_the_server_asks_for_it() -> None:
    offered = [ForumTag(id=1, name="official", moderated=True)]
    assert chosen_tags(offered, ForumPost(name="", own_tags=("official",))) == ()
    assert chosen_tags(offered, ForumPost(name="", tags=("official",))) == (1,)
