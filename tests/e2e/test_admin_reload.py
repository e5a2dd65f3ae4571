"""/admin reload: content and cogs in place, the broken leave the running in service, operators only."""

from __future__ import annotations

import asyncio
import shutil
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType

import discord
import pytest
from simcord import SetupError

from bot.adapters.cogs import CogModules, CogResult
from bot.adapters.database.seen import SqlPostsSeen
from bot.adapters.lookups import Lookups
from bot.adapters.reloading import Scope, reload
from bot.adapters.reports import BAD, reload_message
from bot.errors import SettingsError, StoreError
from bot.formatting.messages import Message
from bot.i18n import Words
from bot.replacing import replace
from bot.settings import Settings
from tests.support.answers import shown
from tests.support.git import Blog
from tests.support.git import post as file_of
from tests.support.posts import write_post
from tests.support.stage import Play, Stage, text_of

BROKEN = 'raise RuntimeError("이 코그는 깨졌어요")\n'


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path)


async def test_the_operator_takes_new_content_into_service(stage: Stage) -> None:
    write_post(stage.content, "2024-05-04-a.md", "첫째")
    async with stage.play() as play:
        write_post(stage.content, "2024-05-04-b.md", "둘째")
        (stage.content / "2024-05-06-c.md").write_bytes(b"\xff\xfe\x00broken")
        report = text_of(await play.operator.slash(play.channel, "admin reload"))
        assert "추가 1" in report
        assert "거부 1" in report
        assert "2024-05-06-c.md" in report
        assert "✅ `cogs.admin`" in report
        assert "✅ `cogs.news`" in report
        assert "둘째" in text_of(await play.reader.slash(play.channel, "news latest"))


async def test_a_broken_post_leaves_its_older_good_version_in_service(stage: Stage) -> None:
    path = write_post(stage.content, "2024-05-04-a.md", "첫째")
    async with stage.play() as play:
        path.write_bytes(b"\xff\xfe\x00broken")
        assert "거부 1" in text_of(await play.operator.slash(play.channel, "admin reload"))
        assert "첫째" in text_of(await play.reader.slash(play.channel, "news latest"))


async def test_a_broken_cog_leaves_the_running_one_in_service(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_post(stage.content, "2024-05-04-a.md", "첫째")
    async with stage.play() as play:
        original = SourceFileLoader.get_code

        def get_code(loader: SourceFileLoader, name: str) -> object:
            return compile(BROKEN, name, "exec") if name == "cogs.news" else original(loader, name)

        with monkeypatch.context() as patch:
            patch.setattr(SourceFileLoader, "get_code", get_code)
            report = text_of(await play.operator.slash(play.channel, "admin reload"))
        assert "❌ `cogs.news` RuntimeError: 이 코그는 깨졌어요" in report
        assert "첫째" in text_of(await play.reader.slash(play.channel, "news latest"))
        again = text_of(await play.operator.slash(play.channel, "admin reload"))
        assert "✅ `cogs.news`" in again


async def test_others_neither_see_nor_may_use_it(stage: Stage) -> None:
    stage.settings["owner_ids"] = (1,)
    async with stage.play() as play:
        assert "admin reload" not in play.reader.available_commands(play.channel)
        with pytest.raises(SetupError):
            await play.reader.slash(play.channel, "admin reload")
        refused = await play.operator.slash(
            play.channel, "admin reload"
        )  # sees it as the server's administrator
        assert "봇 운영자만" in text_of(refused)
        assert [type(error).__name__ for error in play.env.errors] == ["CheckFailure"]


def command_syncs(play: Play) -> list[str]:
    """The paths at which Discord was told of commands in this run."""
    requests = play.env.http_requests[play.before :]
    return [request.path for request in requests if request.method == "PUT" and "commands" in request.path]


def breaking(monkeypatch: pytest.MonkeyPatch, broken: str, code: str) -> None:
    """From now on the module has this code, at the end of its own."""
    original = SourceFileLoader.get_code

    def get_code(loader: SourceFileLoader, name: str) -> object:
        if name != broken:
            return original(loader, name)
        return compile(Path(loader.path).read_text("utf-8") + code, loader.path, "exec")

    monkeypatch.setattr(SourceFileLoader, "get_code", get_code)


async def test_a_cog_that_does_not_start_sends_the_ones_before_it_back_as_well(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_post(stage.content, "2024-05-04-a.md", "첫째")
    async with stage.play() as play:
        before = set(play.app.bot.cogs)
        write_post(stage.content, "2024-05-04-b.md", "둘째")
        with monkeypatch.context() as patch:
            breaking(patch, "cogs.news", "\nasync def setup(bot):\n    raise ValueError('시작 못 해요')\n")
            report = text_of(await play.operator.slash(play.channel, "admin reload"))
        assert "아무것도 바꾸지 않았어요" in report
        assert "❌ `cogs.news` ValueError: 시작 못 해요" in report
        assert "➖ `cogs.admin`" in report
        classes = {type(cog).__module__ for cog in play.app.bot.cogs.values()}
        assert classes == {"cogs.admin", "cogs.news", "cogs.server"}
        assert set(play.app.bot.cogs) == before
        assert len(play.app.library.archive) == 1
        assert "첫째" in text_of(await play.reader.slash(play.channel, "news latest"))
        assert "✅ `cogs.news`" in text_of(await play.operator.slash(play.channel, "admin reload"))


async def test_a_broken_cog_keeps_new_posts_out_until_everything_is_whole(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_post(stage.content, "2024-05-03-a.md", "첫째")
    async with stage.play() as play:
        write_post(stage.content, "2024-05-04-b.md", "둘째")
        with monkeypatch.context() as patch:
            breaking(patch, "cogs.news", "\nraise RuntimeError\n")
            await play.operator.slash(play.channel, "admin reload")
        assert len(play.app.library.archive) == 1
        report = text_of(await play.operator.slash(play.channel, "admin reload"))
        assert "추가 1" in report


async def test_discord_is_told_of_commands_only_when_they_changed(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with stage.play() as play:
        assert len(command_syncs(play)) == 2
        await play.operator.slash(play.channel, "admin reload")
        assert len(command_syncs(play)) == 2
    async with stage.play() as play:
        assert command_syncs(play) == []
        with monkeypatch.context() as patch:
            other = "\nNews.latest.description = 'Another one'\n"
            breaking(patch, "cogs.news", other)
            await play.operator.slash(play.channel, "admin reload", what="cogs")
        (path,) = command_syncs(play)
        assert "guilds" not in path


@pytest.mark.parametrize("refused", ["/applications/*/commands", "/applications/*/guilds/*/commands"])
async def test_definitions_that_discord_refuses_leave_everything_as_it_was(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, refused: str
) -> None:
    write_post(stage.content, "2024-05-03-a.md", "첫째")
    async with stage.play() as play:
        bot = play.app.bot
        running, settings = dict(bot.cog_modules.running), bot.services.settings
        commands = await bot.tree.fetch_commands(), await bot.tree.fetch_commands(guild=bot.operator_guild)
        write_post(stage.content, "2024-05-04-b.md", "둘째")
        other = settings.model_copy(update={"owner_ids": (play.reader.id,)})
        bot.services = replace(bot.services, read_settings=lambda: other)
        with monkeypatch.context() as patch:
            original = SourceFileLoader.get_code

            def get_code(loader: SourceFileLoader, name: str) -> object:
                text = Path(loader.path).read_text("utf-8")
                if name == "cogs.news":
                    return compile(text + "\nNews.latest.description = 'Other'\n", name, "exec")
                if name == "cogs.admin":
                    return compile(text + "\nAdmin.reload.description = 'Other'\n", name, "exec")
                return original(loader, name)

            patch.setattr(SourceFileLoader, "get_code", get_code)
            play.env.inject_error("PUT", refused, status=400, code=50035, message="Invalid Form Body")
            report = text_of(await play.operator.slash(play.channel, "admin reload"))
        assert "아무것도 바꾸지 않았어요" in report
        assert "50035" in report
        assert bot.cog_modules.running == running
        assert bot.services.settings == settings
        assert len(play.app.library.archive) == 1
        told = await bot.tree.fetch_commands(), await bot.tree.fetch_commands(guild=bot.operator_guild)
        assert [[each.to_dict() for each in some] for some in told] == [
            [each.to_dict() for each in some] for some in commands
        ]
        assert bot.tree.get_command("admin", guild=bot.operator_guild), "where it was"
        assert "첫째" in text_of(await play.reader.slash(play.channel, "news latest"))


async def test_a_cog_that_leaves_the_process_sends_the_others_back_and_the_bot_runs_on(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_post(stage.content, "2024-05-03-a.md", "첫째")
    async with stage.play() as play:
        running = dict(play.app.bot.cog_modules.running)
        breaking(monkeypatch, "cogs.news", "\nasync def setup(bot):\n    raise SystemExit(3)\n")
        report = text_of(await play.operator.slash(play.channel, "admin reload"))
        assert "❌ `cogs.news` SystemExit: 3" in report
        assert play.app.bot.cog_modules.running == running
        assert "첫째" in text_of(await play.reader.slash(play.channel, "news latest"))


async def test_a_reload_that_is_cancelled_leaves_the_running_cogs_in_service(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_post(stage.content, "2024-05-03-a.md", "첫째")
    async with stage.play() as play:
        running = dict(play.app.bot.cog_modules.running)
        breaking(
            monkeypatch, "cogs.news", "\nasync def setup(bot):\n    import asyncio; await asyncio.sleep(60)\n"
        )
        reloading = asyncio.create_task(reload(play.app.bot, Scope.COGS))
        async with asyncio.timeout(5):
            while "News" in play.app.bot.cogs:  # noqa: ASYNC110 - nobody tells
                await asyncio.sleep(0.01)
        reloading.cancel()
        await asyncio.wait({reloading})
        assert reloading.cancelled()
        assert play.app.bot.cog_modules.running == running
        assert "첫째" in text_of(await play.reader.slash(play.channel, "news latest"))


async def test_a_failed_sync_is_told_and_tried_again(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    async with stage.play() as play:
        breaking(monkeypatch, "cogs.news", "\nNews.latest.description = 'Another one'\n")
        play.env.inject_error("PUT", "/applications/*/commands", status=400, code=50035, message="No")
        report = text_of(await play.operator.slash(play.channel, "admin reload"))
        assert "아무것도 바꾸지 않았어요" in report
        assert "Discord was not told of the commands" in report
        before = len(command_syncs(play))
        await play.operator.slash(play.channel, "admin reload")
        assert len(command_syncs(play)) == before + 1


async def test_settings_are_read_anew_and_those_that_need_a_restart_are_named(stage: Stage) -> None:
    write_post(stage.content, "2024-05-03-a.md", "첫째")
    async with stage.play() as play:
        old = play.app.bot.services
        other = old.settings.model_copy(
            update={"owner_ids": (play.operator.id, play.reader.id), "timezone": "UTC"}
        )
        play.app.bot.services = replace(old, read_settings=lambda: other)
        report = text_of(await play.operator.slash(play.channel, "admin reload", what="settings"))
        assert "바로 적용된 설정 `OWNER_IDS`" in report
        assert "다시 시작해야 적용되는 설정 `TIMEZONE`" in report
        assert play.app.bot.services.settings.timezone == "Asia/Seoul"
        assert play.app.bot.owner_ids == {play.operator.id, play.reader.id}


async def test_who_is_the_operator_follows_the_setting_at_once(stage: Stage) -> None:
    stage.settings["owner_ids"] = ()
    async with stage.play() as play:
        bot = play.app.bot
        named = (await bot.application_info()).owner.id

        async def operators(owner_ids: tuple[int, ...]) -> list[bool]:
            settings = bot.services.settings.model_copy(update={"owner_ids": owner_ids})
            bot.services = replace(bot.services, read_settings=lambda: settings)
            await reload(bot, Scope.SETTINGS)
            return [
                await bot.is_owner(discord.Object(somebody))  # type: ignore[arg-type]  # only its id is looked at
                for somebody in (named, play.operator.id, play.reader.id)
            ]

        assert await operators(()) == [True, False, False]
        assert await operators((play.operator.id,)) == [False, True, False]
        assert await operators((play.reader.id,)) == [False, False, True]
        assert await operators(()) == [True, False, False]


async def test_the_operators_commands_leave_the_server_that_is_theirs_no_more(stage: Stage) -> None:
    other = stage.backend.create_guild("운영")
    stage.settings["admin_guild_id"] = stage.guild.id

    async def at(play: Play, guild_id: int) -> list[str]:
        commands = await play.app.bot.tree.fetch_commands(guild=discord.Object(guild_id))
        return [command.name for command in commands]

    async with stage.play() as play:
        assert await at(play, stage.guild.id) == ["admin"]
        old = play.app.bot.services
        moved = old.settings.model_copy(update={"admin_guild_id": other.id})
        play.app.bot.services = replace(old, read_settings=lambda: moved)
        await play.operator.slash(play.channel, "admin reload", what="settings")
        assert await at(play, stage.guild.id) == []
        assert await at(play, other.id) == ["admin"]
    async with stage.play() as play:  # the setting of before, and a restart
        assert await at(play, stage.guild.id) == ["admin"]
        assert await at(play, other.id) == []


async def test_wrong_settings_change_nothing(stage: Stage) -> None:
    async with stage.play() as play:
        write_post(stage.content, "2024-05-03-a.md", "첫째")

        def read_settings() -> Settings:
            raise SettingsError(("TIMEZONE: is no IANA time zone.",))

        play.app.bot.services = replace(play.app.bot.services, read_settings=read_settings)
        report = text_of(await play.operator.slash(play.channel, "admin reload"))
        assert "아무것도 바꾸지 않았어요" in report
        assert "TIMEZONE: is no IANA time zone" in report
        assert len(play.app.library.archive) == 0


async def test_a_command_in_flight_ends_before_its_code_is_replaced(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_post(stage.content, "2024-05-03-a.md", "첫째")
    order: list[str] = []
    async with stage.play() as play:
        newest, swap = Lookups.newest, CogModules.swap
        begun, may_end = asyncio.Event(), asyncio.Event()

        async def slowly(lookups: Lookups, words: Words) -> Message:
            begun.set()
            await may_end.wait()
            order.append("answered")
            return await newest(lookups, words)

        async def swapping(cogs: CogModules, fresh: dict[str, ModuleType]) -> CogResult | None:
            order.append("swapped")
            return await swap(cogs, fresh)

        monkeypatch.setattr(Lookups, "newest", slowly)
        monkeypatch.setattr(CogModules, "swap", swapping)
        reading = asyncio.create_task(play.reader.slash(play.channel, "news latest"))
        await begun.wait()
        reloading = asyncio.create_task(reload(play.app.bot, Scope.COGS))
        await asyncio.sleep(0.2)
        may_end.set()
        await asyncio.gather(reading, reloading)
        assert order == ["answered", "swapped"]
        assert "첫째" in text_of(reading.result())


async def test_a_database_out_of_reach_sends_the_new_commands_back_as_well(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_post(stage.content, "2024-05-03-a.md", "첫째")
    async with stage.play() as play:
        running = dict(play.app.bot.cog_modules.running)

        async def out_of_reach(*_: object) -> None:
            raise StoreError("the database does not answer")

        with monkeypatch.context() as patch:
            patch.setattr(SqlPostsSeen, "register", out_of_reach)
            report = text_of(await play.operator.slash(play.channel, "admin reload"))
        assert "아무것도 바꾸지 않았어요" in report
        assert "the database does not answer" in report
        assert play.app.bot.cog_modules.running == running
        assert "첫째" in text_of(await play.reader.slash(play.channel, "news latest"))


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"TIMEZONE=UTC\nOWNER_IDS='123456789012345678\n", ".env, line 2 (OWNER\\_IDS): cannot be read"),
        ("TIMEZONE=UTC\n".encode("utf-16"), "save it as UTF-8"),
    ],
)
async def test_a_file_of_settings_that_cannot_be_read_changes_nothing(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, data: bytes, says: str
) -> None:
    async with stage.play() as play:
        monkeypatch.chdir(tmp_path)
        (tmp_path / ".env").write_bytes(data)
        play.app.bot.services = replace(play.app.bot.services, read_settings=Settings.load)
        report = text_of(await play.operator.slash(play.channel, "admin reload", what="settings"))
        assert "아무것도 바꾸지 않았어요" in report
        assert says in report
        assert await play.app.bot.is_owner(discord.Object(play.operator.id))  # type: ignore[arg-type]


async def test_every_reload_names_a_file_that_stays_refused(stage: Stage) -> None:
    (stage.content / "2024-05-03-broken.md").write_text("제목도 없는 글", "utf-8")
    async with stage.play() as play:
        for _ in range(2):
            answer = await play.operator.slash(play.channel, "admin reload")
            (card,) = shown(answer).embeds
            assert card.colour == discord.Colour(BAD)
            assert "2024-05-03-broken.md" in text_of(answer)


async def test_a_reload_does_not_wait_without_end_and_says_how_many_commands_run_on(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.adapters.reloading.PATIENCE", 0.2)
    async with stage.play() as play:
        bot = play.app.bot
        bot.commands_running.add(1)  # of somebody whose command hangs
        report = await reload(bot, Scope.COGS)
        assert report.taken
        (card,) = reload_message(report, bot.catalogues.words("ko")).cards
        assert "⏳ 아직 끝나지 않은 명령 1개" in card.fields[0].value


async def test_a_reload_does_not_wait_for_another_that_waits_for_its_turn(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.adapters.reloading.PATIENCE", 30.0)
    async with stage.play() as play:
        bot = play.app.bot
        bot.commands_running.add(1)
        first = asyncio.create_task(reload(bot, Scope.COGS))
        second = asyncio.create_task(play.operator.slash(play.channel, "admin reload", what="cogs"))
        await asyncio.sleep(1)
        assert not first.done()
        bot.commands_running.discard(1)
        bot.command_ended.set()
        async with asyncio.timeout(5):
            assert (await first).running == 0
        assert "⏳" not in text_of(await second)


NOT_STARTING = "\nasync def setup(bot):\n    raise ValueError('시작 못 해요')\n"


@pytest.fixture
def blog(stage: Stage) -> Blog:
    blog = Blog(stage.folder / "blog")
    blog.push({"2024-05-03-a.md": file_of("첫째", "2024-05-03")})
    stage.settings["content_git_url"] = blog.url
    return blog


async def test_a_pushed_post_is_not_taken_in_by_a_reload_that_changed_nothing(
    stage: Stage, blog: Blog, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with stage.play() as play:
        git = play.app.git
        assert git is not None
        before = git.commit
        blog.push({"2024-05-03-a.md": file_of("첫째", "2024-05-03"), "2024-05-04-b.md": file_of("둘째")})
        with monkeypatch.context() as patch:
            breaking(patch, "cogs.news", NOT_STARTING)
            report = text_of(await play.operator.slash(play.channel, "admin reload"))
        assert "아무것도 바꾸지 않았어요" in report
        assert git.commit == before
        await play.app.content_changed()
        assert len(play.app.library.archive) == 1
        assert "추가 1" in text_of(await play.operator.slash(play.channel, "admin reload"))
        assert git.commit != before


async def test_a_database_out_of_reach_sends_the_posts_repository_back_as_well(
    stage: Stage, blog: Blog, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def out_of_reach(*_: object) -> None:
        raise StoreError("the database does not answer")

    async with stage.play() as play:
        git = play.app.git
        assert git is not None
        before = git.commit
        blog.push({"2024-05-03-a.md": file_of("고친 글", "2024-05-03")})
        with monkeypatch.context() as patch:
            patch.setattr(SqlPostsSeen, "register", out_of_reach)
            report = text_of(await play.operator.slash(play.channel, "admin reload"))
        assert "아무것도 바꾸지 않았어요" in report
        assert "the database does not answer" in report
        assert git.commit == before
        await play.app.content_changed()
        assert "첫째" in text_of(await play.reader.slash(play.channel, "news latest"))


async def test_a_posts_repository_that_cannot_go_back_is_told_as_it_is(
    stage: Stage, blog: Blog, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with stage.play() as play:
        git = play.app.git
        assert git is not None
        blog.push({"2024-05-03-a.md": file_of("고친 글", "2024-05-03")})

        async def out_of_reach(*_: object) -> None:
            shutil.rmtree(git.root / "repository.git")
            raise StoreError("the database does not answer")

        with monkeypatch.context() as patch:
            patch.setattr(SqlPostsSeen, "register", out_of_reach)
            report = text_of(await play.operator.slash(play.channel, "admin reload"))
        assert "The new commit’s posts come with the next look all the same" in report
