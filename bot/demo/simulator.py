"""The simulated Discord: the one module that knows simcord, and the only one that touches its internals.

simcord is a test framework. It owns the tasks that a bot starts while it logs in, waits until all of
them rest ("settles") after every click, moves its clock only on request, and refuses operations that
overlap. A bot that runs for hours needs things of it that it does not offer; each has a function here:

- ``_outside_settlement``: the bot's background work (scheduler, watcher) lives on real time, unwatched;
- ``_wall_clock``: simulated time begins now and follows the real one;
- ``World._speak_the_readers_language``: interactions carry it, which simcord always calls ``en-US``;
- ``Page._in_turn``: clicks and pumping take turns, and a click is not lost to a refresh it crossed;
- ``_reading_like_discord``: texts are drawn as Discord's client reads them, not as CommonMark;
- ``_forget``: what simcord records for assertions is dropped, so that memory stays bounded.
"""

from __future__ import annotations

import asyncio
import contextvars
import logging
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime
from typing import Any

import discord
from discord.ext import commands
from msgspec import Struct
from simcord import ChannelHandle, Env, GuildHandle, MemberActor, Preview, SetupError, UserHandle
from simcord._clock import Clock
from simcord._runtime import _BOT_SCOPE
from simcord.backend import Backend
from simcord.backend.cdn import CDN_BASE
from simcord.backend.models import Channel, Guild, Role, User
from simcord.preview import _component_projection, _messages, _queries, _snapshot
from simcord.preview._markdown import markdown_tokens

from bot.demo.drawing import as_discord
from bot.errors import DemoError

log = logging.getLogger(__name__)

_SETTLE_SECONDS = 2.0
"""How long a click may wait for the bot's answer; Discord itself allows three seconds."""

_MESSAGES_KEPT = 100
_ANSWERS_KEPT = 10
"""How many messages of a channel stay, and how many of them that only one person sees."""

_STYLE = """
/* The box of a command's option is measured in Latin letters; Hangul and Hanja are twice as wide. */
.command-option-input { min-width: 9em; }
/* The demo refreshes itself, and captures are made in test code. */
#refresh, #capture-open, #capture-tab { display: none; }
"""

Now = Callable[[], datetime]
"""Tells the present instant, aware."""

Hook = Callable[[], Coroutine[Any, Any, None]]


class Person(Struct, frozen=True, kw_only=True):
    """Somebody in the simulated server; ``colour`` (``#rrggbb``) shows on the name, ``picture`` is a PNG."""

    name: str
    colour: str
    picture: bytes
    administrator: bool = False


class Scene(Struct, frozen=True, kw_only=True):
    """What the simulated Discord holds when the page opens; ``bot.administrator`` means nothing."""

    server: str
    channel: str
    topic: str
    bot: Person
    people: tuple[Person, ...]
    locale: str
    timezone: str


class World:
    """One server, one channel and its people, made before the bot so that settings can name them."""

    def __init__(self, scene: Scene, now: Now) -> None:
        self._scene = scene
        self._now = now
        self._backend = Backend(clock=_wall_clock(now))
        self._pictures: dict[str, tuple[str, bytes]] = {}
        self._guild, self._channel = self._build_server()
        self._users = tuple(self._add(person) for person in scene.people)
        self._dress(self._backend.bot_user, scene.bot)

    @property
    def server_id(self) -> int:
        """The server's id."""
        return self._guild.id

    @property
    def channel_id(self) -> int:
        """The channel's id."""
        return self._channel.id

    @property
    def people_ids(self) -> tuple[int, ...]:
        """User ids in the order of ``Scene.people``."""
        return tuple(user.id for user in self._users)

    @asynccontextmanager
    async def page(self, bot: commands.AutoShardedBot, *, port: int) -> AsyncIterator[Page]:
        """Log the bot in and serve the channel on 127.0.0.1; ``port`` 0 lets the system choose.

        Raises:
            DemoError: the port is taken, or simcord's preview lacks a part.
        """
        env = Env(bot, shard_count=1, settle_timeout=_SETTLE_SECONDS, check_errors=False)
        env.backend = self._backend
        self._speak_the_readers_language()
        _outside_settlement(env, bot)
        try:
            await env.start()
            with env.time_context():
                async with _preview(self._open_preview(env, port)) as preview:
                    yield Page(preview, self._now)
        finally:
            # In this order a message in flight is still confirmed by the simulated Discord.
            await bot.close()
            await env.shutdown()

    def _speak_the_readers_language(self) -> None:
        """Interactions carry it, and the list of commands is shown in it; simcord knows ``en-US`` alone."""
        backend, locale = self._backend, self._scene.locale
        visible_commands = backend.visible_commands

        def in_language(**query: Any) -> list[dict[str, Any]]:
            return [_localised(command, locale) for command in visible_commands(**query)]

        def listen(event: str, payload: Mapping[str, Any]) -> None:
            if event == "INTERACTION_CREATE" and isinstance(payload, dict):
                payload.update(locale=locale, guild_locale=locale)

        backend.visible_commands = in_language  # type: ignore[method-assign] # on this instance only
        backend.subscribers.insert(0, listen)  # the bot's own listener comes later and sees the change

    def _open_preview(self, env: Env, port: int) -> Preview:
        server = GuildHandle(env, self._guild)
        members = [MemberActor(env, server, UserHandle(env, user)) for user in self._users]
        return env.preview(
            ChannelHandle(env, server, self._channel),
            viewers=members,
            layout="channel",
            locale=self._scene.locale,
            timezone=self._scene.timezone,
            assets=self._pictures,
            port=port,
        )

    def _build_server(self) -> tuple[Guild, Channel]:
        scene, backend = self._scene, self._backend
        backend.bot_user.name = scene.bot.name
        guild = backend.create_guild(scene.server, preferred_locale=scene.locale)
        return guild, backend.create_channel(guild.id, scene.channel, topic=scene.topic)

    def _add(self, person: Person) -> User:
        user = self._backend.make_user(person.name)
        self._backend.add_member(self._guild.id, user.id)
        self._dress(user, person)
        return user

    def _dress(self, user: User, person: Person) -> None:
        """Give somebody a role with a colour, and a picture under the address where simcord looks for it."""
        backend, guild = self._backend, self._guild
        rights = discord.Permissions(administrator=person.administrator)
        role = Role(
            id=backend.snowflake(),
            name=person.name,
            permissions=rights.value,
            position=len(guild.roles),
            color=int(person.colour.removeprefix("#"), 16),
        )
        guild.roles[role.id] = role
        guild.members[user.id].role_ids.append(role.id)
        user.avatar = "portrait"
        address = f"{CDN_BASE}/avatars/{user.id}/{user.avatar}.png"
        self._pictures[address] = ("portrait.png", person.picture)


class Page:
    """The running page. Call ``tick`` about once a second: nothing in it moves by itself."""

    def __init__(self, preview: Preview, now: Now) -> None:
        self._preview = preview
        self._env: Env = preview.env
        self._now = now
        self._newest = 0
        self._turn = asyncio.Lock()
        self._act = preview._action
        preview._action = self._in_turn  # type: ignore[method-assign] # replaced on this instance only

    @property
    def url(self) -> str:
        """The page's address; whoever has it can drive the bot."""
        return self._preview.url

    async def closed(self) -> None:
        """Return when somebody ends the session from the page's menu."""
        await self._preview.wait_closed()

    async def tick(self) -> None:
        """Let simulated time catch up, and show what the bot did since the last call."""
        async with self._turn:
            try:
                await self._catch_up()
            except TimeoutError as error:
                log.warning("The bot was still busy when the page was refreshed: %s", error)
            except SetupError:
                if not self._preview._closed:  # else the session was ended from the page meanwhile
                    raise

    async def _catch_up(self) -> None:
        if self._preview._closed:
            return
        lag = (self._now() - self._env.now()).total_seconds()
        if lag > 0:
            await self._env.advance_time(lag)
        if self._env.http_requests:
            self._go_to_new_posts()
            await self._preview.refresh()
            _forget(self._env)

    async def _in_turn(self, context_id: str | None, body: Mapping[str, Any]) -> dict[str, Any]:
        """Simcord's ``_action``, one at a time, bound to what the page shows now, and scrolled to the answer.

        A page polls twice a second; a click on what it showed before the last refresh would be refused as
        stale, though the button is still there. simcord looks it up anyway, so the number may move on.
        """
        async with self._turn:
            page = self._preview._pages.get(context_id or "")
            if page is None:
                return await self._act(context_id, body)
            if "published_revision" in body:
                body = {**body, "published_revision": page.revision}
            answer = await self._act(context_id, body)
            if body.get("kind") == "viewer":
                page.window_end_id = None  # follow the channel's end, not the message shown first
            elif reply := _message_in(answer):
                page.target_id = reply
                self._preview._publish(page, reason="navigation")
            return answer

    def _go_to_new_posts(self) -> None:
        """Scroll every page to the first post that the bot sent by itself since the last refresh."""
        backend = self._env.backend
        posts = [
            message.id
            for message in backend.messages[self._preview.channel.id].values()
            if message.id > self._newest
            and message.author_id == backend.bot_user.id
            and message.interaction_metadata is None
        ]
        if posts:
            self._newest = max(posts)
            for page in self._preview._pages.values():
                page.target_id = min(posts)


@asynccontextmanager
async def _preview(preview: Preview) -> AsyncIterator[Preview]:
    """Enter simcord's preview; its set-up errors (a taken port, a missing part) become DemoError."""
    _restyle(preview)
    with _reading_like_discord():
        try:
            await preview.__aenter__()
        except SetupError as error:
            raise DemoError(f"The demo page cannot be served: {error}") from error
        try:
            # New pages inherit this window; None is the channel's end, so that they follow what arrives.
            if preview._python is not None:
                preview._python.window_end_id = None
            yield preview
        finally:
            await preview.close()


def _restyle(preview: Preview) -> None:
    """Add our few rules to the page's style sheet, which simcord reads from its package at each request."""
    server = preview._server
    serve = server._static

    async def with_our_rules(request: Any) -> Any:
        response = await serve(request)
        if request.path == "/preview.css":
            response.text += _STYLE
        return response

    server._static = with_our_rules  # type: ignore[method-assign] # replaced on this instance only


@contextmanager
def _reading_like_discord() -> Iterator[None]:
    """Put our reading of Markdown into each of simcord's modules that imported its own."""
    readers = (_component_projection, _messages, _queries, _snapshot)
    for module in readers:
        vars(module)["markdown_tokens"] = as_discord(markdown_tokens)
    try:
        yield
    finally:
        for module in readers:
            vars(module)["markdown_tokens"] = markdown_tokens


def _message_in(answer: Mapping[str, Any]) -> int | None:
    """The message that answered a command or a click, if it is a new one."""
    new = {"response", "followup", "deferred"}
    ids = [item["messageId"] for item in answer["outcomes"] if item["kind"] in new and "messageId" in item]
    return int(ids[-1]) if ids else None


def _localised(command: Mapping[str, Any], locale: str) -> dict[str, Any]:
    """A command or option with its descriptions in the reader's language; names stay, being what is typed."""
    options = [_localised(option, locale) for option in command.get("options") or ()]
    words = (command.get("description_localizations") or {}).get(locale, command.get("description"))
    return {**command, "options": options, "description": words}


def _wall_clock(now: Now) -> Clock:
    """Simcord's clock, which begins on 2026-01-01, begun at the present instant."""
    clock = Clock()
    clock._epoch = now()
    return clock


def _outside_settlement(env: Env, bot: commands.AutoShardedBot) -> None:
    """Run the bot's start where simcord does not count its tasks and timers as answers to wait for.

    simcord recognises the bot's work by a context variable. A watcher waits in a thread for as long as the
    demo runs; counted, it would time every click out. Both hooks are awaited as ever, so errors stay theirs.
    """
    setup_hook, on_ready = bot.setup_hook, getattr(bot, "on_ready", None)

    async def unwatched(hook: Hook) -> None:
        context = contextvars.copy_context()
        context.run(_BOT_SCOPE.set, None)
        await context.run(asyncio.create_task, hook())

    async def unwatched_setup_hook() -> None:
        await unwatched(setup_hook)

    async def unwatched_on_ready() -> None:
        if on_ready is not None:
            await env.external_wait(unwatched(on_ready), reason="the bot starts its own background work")

    bot.setup_hook = unwatched_setup_hook  # type: ignore[method-assign] # replaced on this instance only
    bot.on_ready = unwatched_on_ready  # type: ignore[attr-defined] # discord.py looks handlers up by name


def _forget(env: Env) -> None:
    """Drop what simcord keeps for assertions, interactions whose token has expired, and old messages.

    A page gets all it shows twice a second, hence the small number of long answers.
    """
    backend = env.backend
    backend.http_requests.clear()
    backend.transcript.clear()
    env._errors.clear()
    env._error_ids.clear()
    env._errors_acknowledged = 0
    now = backend.now_iso()
    for record in list(backend.interactions.values()):
        if record.expires_at is not None and record.expires_at < now:
            del backend.interactions[record.id]
            backend.interaction_tokens.pop(record.token, None)
    for channel in backend.messages.values():
        answers = [message.id for message in channel.values() if message.is_ephemeral]
        for message_id in {*answers[:-_ANSWERS_KEPT], *list(channel)[:-_MESSAGES_KEPT]}:
            del channel[message_id]
