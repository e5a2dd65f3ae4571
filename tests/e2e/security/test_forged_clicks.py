"""Buttons, selects and forms with ids that nobody made for the one who sends them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import discord
import pytest

from bot.adapters import views
from bot.adapters.doctor import items as doctor
from bot.adapters.operating import buttons as operating
from bot.adapters.setup import items as setup
from bot.adapters.views import ITEMS
from bot.formatting import custom_ids, doctor_ids
from bot.formatting.operating import ids as operating_ids
from bot.formatting.places import Kind, Place
from bot.formatting.setup.ids import Verb, setup_id
from bot.posts.keys import short_key
from tests.support.answers import parts, shown
from tests.support.forging import GARBAGE, People, Person, nothing_happens, told
from tests.support.operating import in_doubt
from tests.support.posts import write_post
from tests.support.stage import Play, Stage

Item = type[discord.ui.DynamicItem[Any]]
OPERATORS_ONLY = "봇 운영자만"
MANAGERS_ONLY = ("이 서버를 관리할 수 있는 사람만", "‘서버 관리하기’ 권한이 있는 사람만")
FORMS = (Verb.TAGS_GIVEN, Verb.MINUTE_GIVEN, Verb.SEARCH_GIVEN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """An item's ids as they are in the first server, and what its select offers; None: a button."""

    ids: tuple[str, ...]
    values: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """The first server: a channel that is served, a delivery in doubt, a panel with a draft."""

    people: People
    cases: dict[Item, Case]
    token: str


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    stage = Stage(tmp_path, settings={"post_time": "immediately"})
    write_post(
        stage.content, "2024-05-03-a.md", "첫째", "## 하나\n\n글\n\n## 둘\n\n글", slug="a", tags="[LLM]"
    )
    return stage


async def drawn_token(person: Person) -> str:
    """Of the draft behind a new panel."""
    panel = await person.member.slash(person.channel, "setup")
    if add := [part["custom_id"] for part in parts(shown(panel)) if part["custom_id"] == setup_id(Verb.ADD)]:
        panel = await person.member.click(shown(panel), custom_id=add[0])
    ids = [part["custom_id"].split(":") for part in parts(shown(panel))]
    return str(next(each[2] for each in ids if each[1] == Verb.SAVE))


async def prepare(stage: Stage, play: Play) -> Scene:
    people = People.of(stage, play)
    await play.env.settle()
    stage.now += timedelta(minutes=1)
    await play.deliver()
    await in_doubt(play, "b")
    token, channel = await drawn_token(people.manager), str(stage.channel.id)
    key = short_key("a")
    delivery = f"{short_key('b')}:{channel}:0"
    cases: dict[Item, Case] = {
        views.TurnButton: Case(
            ids=tuple(custom_ids.turn_id(Place(kind=kind, what=what), "x") for kind, what in places(key))
        ),
        views.JumpSelect: Case(ids=(custom_ids.jump_id(),), values=(key,)),
        views.OpenSelect: Case(ids=(custom_ids.open_id(),), values=(key,)),
        views.GotoSelect: Case(ids=(custom_ids.goto_id(key),), values=("1",)),
        views.SectionSelect: Case(ids=(custom_ids.section_id(key),), values=("1",)),
        views.ShareButton: Case(ids=(custom_ids.share_id(),)),
        views.OutdatedItem: Case(ids=("news:page:1", "doctor:", "doctor:check", "admin:", "admin:post:a")),
        doctor.CheckButton: Case(ids=(f"doctor:check:{channel}",)),
        doctor.ServerButton: Case(ids=(doctor_ids.SERVER,)),
        doctor.PickSelect: Case(ids=(doctor_ids.PICK,), values=(channel,)),
        doctor.TestButton: Case(ids=(f"doctor:test:{channel}",)),
        doctor.RetryButton: Case(ids=(f"doctor:retry:{channel}",)),
        doctor.RemoveButton: Case(ids=(doctor_ids.REMOVE,)),
        setup.SetupItem: Case(
            ids=tuple(setup_id(verb, subject) for verb in Verb for subject in (token, channel))
        ),
        operating.StatusButton: Case(ids=(operating_ids.STATUS,)),
        operating.DoubtButton: Case(ids=(operating_ids.DOUBT,)),
        operating.CancelButton: Case(ids=(operating_ids.CANCEL,)),
        operating.PostButton: Case(ids=(f"admin:post:{key}",)),
        operating.WithdrawButton: Case(ids=(f"admin:withdraw:{key}",)),
        operating.AgainButton: Case(ids=(f"admin:again:{delivery}",)),
        operating.MarkButton: Case(ids=(f"admin:mark:{delivery}",)),
    }
    return Scene(people=people, cases=cases, token=token)


def places(key: str) -> Iterator[tuple[Kind, str]]:
    held = {Kind.POST: key, Kind.TAG: "LLM", Kind.TOPIC: "LLM"}
    held |= {Kind.DAY: "2024-05-03", Kind.WEEK: "2024-05-03", Kind.MONTH: "2024-05"}
    return ((kind, held.get(kind, "")) for kind in Kind)


def refusals(item: Item) -> tuple[str, ...]:
    """What others are told; nothing where readers may."""
    if item in operating.OPERATING_ITEMS:
        return (OPERATORS_ONLY,)
    return MANAGERS_ONLY if item in (*doctor.DOCTOR_ITEMS, *setup.SETUP_ITEMS) else ()


async def test_no_registered_item_is_missing_here(stage: Stage) -> None:
    async with stage.play() as play:
        scene = await prepare(stage, play)
        registered = set(play.app.bot._connection._view_store._dynamic_items.values())
        assert set(scene.cases) == set(ITEMS) == registered
        for item, case in scene.cases.items():
            assert all(item.__discord_ui_compiled_template__.fullmatch(one) for one in case.ids), item


@pytest.mark.parametrize("own", [True, False])
async def test_members_reach_what_is_for_readers_and_nothing_else(stage: Stage, *, own: bool) -> None:
    async with stage.play() as play:
        scene = await prepare(stage, play)
        for item, case in scene.cases.items():
            for custom_id in case.ids:
                with nothing_happens(stage, play):
                    said = told(await scene.people.member.clicks(custom_id, case.values, own=own))
                refused = [words in said for words in refusals(item)]
                assert any(refused) or not refused, (custom_id, said)


async def test_ids_of_another_server_reach_nothing_of_it(stage: Stage) -> None:
    async with stage.play() as play:
        scene = await prepare(stage, play)
        stranger = scene.people.stranger
        own = await drawn_token(stranger)
        role, channel = next(iter(stage.guild.roles)), str(stage.channel.id)
        with nothing_happens(stage, play, but=scene.people.theirs):
            for item, case in scene.cases.items():
                for custom_id in case.ids:
                    said = told(await stranger.clicks(custom_id, case.values))
                    assert item not in operating.OPERATING_ITEMS or OPERATORS_ONLY in said, custom_id
                    assert "ai-news" not in said, custom_id
            for verb, value in ((Verb.CHANNEL, channel), (Verb.ROLE, str(role)), (Verb.EDIT, channel)):
                told(await stranger.clicks(setup_id(verb, own), [value]))
            told(await stranger.clicks(setup_id(Verb.SAVE, own)))
        theirs = await play.app.subscriptions.of_guild(int(scene.people.theirs[0]))
        assert [(one.channel_id, one.role_id) for one in theirs] == [(stranger.channel.id, None)]


async def test_garbage_in_any_place_of_an_id_is_answered_and_changes_nothing(stage: Stage) -> None:
    """Also where somebody who may do everything sends it; a panel that opens a new draft may do so."""
    async with stage.play() as play:
        scene = await prepare(stage, play)
        play.app.bot.owner_ids = {scene.people.manager.member.id}
        forged = {
            (one, case.values)
            for item, case in scene.cases.items()
            for custom_id in case.ids
            for one in spoiled(custom_id, item)
            if one not in case.ids
        }
        with nothing_happens(stage, play, but=('INTO "drafts"', 'INTO "audit"')):
            for custom_id, values in sorted(forged, key=str):
                told(await scene.people.manager.clicks(custom_id, values))


def spoiled(custom_id: str, item: Item) -> Iterator[str]:
    """The id with garbage in place of each thing that its template names."""
    match = item.__discord_ui_compiled_template__.fullmatch(custom_id)
    assert match is not None, custom_id
    for name in match.groupdict():
        start, end = match.span(name)
        yield from (
            (custom_id[:start] + garbage + custom_id[end:])[:100] for garbage in GARBAGE if start >= 0
        )


async def test_garbage_out_of_a_select_is_answered_and_changes_nothing(stage: Stage) -> None:
    async with stage.play() as play:
        scene = await prepare(stage, play)
        play.app.bot.owner_ids = {scene.people.manager.member.id}
        selects = [one for case in scene.cases.values() if case.values is not None for one in case.ids]
        selects += [setup_id(Verb(verb), scene.token) for verb in setup._VALUES]
        with nothing_happens(stage, play, but=('INTO "drafts"', 'INTO "audit"')):
            for custom_id in selects:
                for values in ([], *([garbage] for garbage in GARBAGE)):
                    told(await scene.people.manager.clicks(custom_id, values))


async def test_forms_that_were_never_opened_are_answered_and_change_nothing(stage: Stage) -> None:
    async with stage.play() as play:
        scene = await prepare(stage, play)
        people = scene.people
        rows: list[list[dict[str, Any]]] = [[], [{"type": 1}], [{"type": 18, "component": None}]]
        fields = ("include", "exclude", "forum_tags", "time", "zone")
        for garbage in (*GARBAGE, "가" * 4000, None):
            inputs = [{"type": 4, "custom_id": field, "value": garbage} for field in fields]
            rows.append([{"type": 1, "components": inputs}])
        for verb in FORMS:
            for token in (scene.token, "f" * 16, "\n"):
                with nothing_happens(stage, play):
                    said = told(await people.member.submits(setup_id(verb, token), rows[-1]))
                    assert MANAGERS_ONLY[0] in said
                    said = told(await people.stranger.submits(setup_id(verb, token), rows[-1]))
                    assert "더 쓸 수 없어요" in said
            with nothing_happens(stage, play, but=('INTO "drafts"',)):
                for each in rows:
                    told(await people.manager.submits(setup_id(verb, scene.token), each))
