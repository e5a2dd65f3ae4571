"""The posts of a repository in service: fetched now and then, taken in where usable, else left alone."""

from __future__ import annotations

import asyncio
import logging
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager, contextmanager, suppress
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from dulwich.repo import Repo
from filelock import FileLock, Timeout
from msgspec import Struct, field

from bot.adapters.content_git.fetching import FETCH_SECONDS, Remote, fetch
from bot.adapters.content_git.mirror import Mirror, State
from bot.adapters.content_git.tree import Listing, post_files, read_blob
from bot.errors import PostError, ReloadError, SettingsError
from bot.posts.parsing import parse_post
from bot.settings import Settings

log = logging.getLogger(__name__)

Result = TypeVar("Result")
Undisturbed = Callable[[], AbstractAsyncContextManager[None]]
"""Gives a context inside which nobody reads the folder."""

_PATIENCE = 60.0
"""Seconds that another process which fetches into the same folder is waited for."""
_MOST_LINES = 20


class GitContent(Struct, kw_only=True):
    """A repository's folder of posts, kept below ``root``.

    Attributes:
        path: the folder of posts in the repository; "" is all of it.
        zone: as ``bot.adapters.files.ContentFolder`` has it.
        seconds: how long a fetch may take.
        stopping: once set, a fetch is no longer waited for.
        failure: why the newest posts are not in service, as far as is known; None where nothing went wrong.
    """

    remote: Remote
    root: Path
    path: str = ""
    zone: tzinfo = UTC
    seconds: float = FETCH_SECONDS
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    failure: str | None = None
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    _said: frozenset[str] = frozenset()

    @classmethod
    def of(cls, settings: Settings) -> GitContent | None:
        """The posts of CONTENT_GIT_URL, where that is set."""
        url = settings.content_git_url
        if url is None:
            return None
        return cls(
            remote=Remote(url=url, branch=settings.content_git_branch, token=settings.content_git_token),
            root=settings.git_folder,
            path=settings.content_git_path,
            zone=ZoneInfo(settings.timezone),
        )

    @property
    def posts(self) -> Path:
        """The folder that the library reads."""
        return self._mirror.posts

    @property
    def is_kept(self) -> bool:
        """Whether there is a good state of this very source, so that a start needs no repository."""
        states = (self._mirror.in_service, self._mirror.torn)
        return any(state is not None and state.source == self._source for state in states)

    async def open(self) -> None:
        """Have something to read: the last good state, or else what the repository holds now.

        Raises:
            SettingsError: there is none yet, and the repository cannot be fetched.
        """
        try:
            if await asyncio.to_thread(self._end_what_was_torn):
                return
            ready = await _in_a_thread(self._fetched, self.stopping, self.seconds + _PATIENCE)
            if ready:
                await asyncio.to_thread(self._take_in, ready)
        except ReloadError as error:
            raise SettingsError(
                (f"CONTENT_GIT_URL: {error}; there is no earlier state of it to start with.",)
            ) from error

    async def pull(self, undisturbed: Undisturbed) -> str | None:
        """Fetch, and take in what is new. Gives what went wrong, in a line, None where nothing did.

        What was in service then stays so.
        """
        try:
            if ready := await self.fetch():
                await self.take_in(ready, undisturbed)
        except ReloadError as error:
            return str(error)
        return None

    async def fetch(self) -> State | None:
        """Bring the newest usable state without using it; None where it is in service.

        Raises:
            ReloadError: there is none to be had. The log says the same cause once.
        """
        async with self._turn:
            with self._remembering_failure():
                ready = await _in_a_thread(self._fetched, self.stopping, self.seconds + _PATIENCE)
            if ready is None:
                self._is_fine()
            return ready

    async def take_in(self, state: State, undisturbed: Undisturbed) -> State | None:
        """Have the folder hold a state that was brought before; gives the one that it held.

        Raises:
            ReloadError: it cannot be written; what the folder held stays.
        """
        async with self._turn:
            before = self._mirror.in_service
            with self._remembering_failure():
                async with undisturbed():
                    await asyncio.to_thread(self._take_in, state)
            log.info("the posts are now those of commit %s", state.commit[:12])
            self._is_fine()
            return before

    @contextmanager
    def _remembering_failure(self) -> Iterator[None]:
        try:
            yield
        except ReloadError as error:
            self.failure = str(error)
            self._say(logging.ERROR, f"the posts stay as they are: {error}")
            raise

    def _is_fine(self) -> None:
        self.failure = None
        if any(said.startswith("the posts stay") for said in self._said):
            log.info("the posts' repository is fine again")
            self._said = frozenset()

    @property
    def commit(self) -> str | None:
        """The commit that is in service; reads a file."""
        state = self._mirror.in_service
        return state.commit if state else None

    def _end_what_was_torn(self) -> bool:
        """Whether there is a good state of this very source, a change that a crash broke off ended."""
        torn = self._mirror.torn
        if torn is not None:
            try:
                with self._alone():
                    self._write(torn)
            except ReloadError as error:
                log.error("what a crash broke off could not be ended: %s", error)
                return False
        state = self._mirror.in_service
        return state is not None and state.source == self._source

    def _fetched(self) -> State | None:
        """The newest usable state; None where it is in service."""
        with self._alone():
            commit = fetch(self.remote, self._repository, seconds=self.seconds)
            state = self._mirror.in_service
            is_known = state is not None and (state.source, state.commit) == (self._source, commit.decode())
            if is_known and self._mirror.torn is None:
                return None
            with self._reading(commit.decode()):
                listing = post_files(self._repository, commit, self.path)
                for line in listing.refused[:_MOST_LINES]:
                    self._say(logging.WARNING, f"not taken from the repository: {line}")
                if state is not None and state.files:
                    self._refuse_if_hopeless(listing)
            return State(source=self._source, commit=commit.decode(), files=listing.files)

    def _refuse_if_hopeless(self, listing: Listing) -> None:
        """A push that leaves no post at all is an accident."""
        if not listing.files:
            raise ReloadError("there is no post in it any more")
        now = datetime.now(self.zone)
        first = ""
        with Repo(str(self._repository)) as repository:
            for path, blob in listing.files.items():
                try:
                    parse_post(read_blob(repository, blob), path, today=now.date(), zone=self.zone)
                except PostError as error:
                    first = first or str(error.problems[0])
                else:
                    return
        raise ReloadError(f"none of its {len(listing.files)} posts can be used; the first: {first}")

    def _take_in(self, state: State) -> None:
        with self._alone():
            self._write(state)

    def _write(self, state: State) -> None:
        with self._reading(state.commit), Repo(str(self._repository)) as repository:
            self._mirror.change_to(state, lambda blob: read_blob(repository, blob))

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Keep other processes out. Raises ReloadError where one has the folder for too long."""
        self.root.mkdir(parents=True, exist_ok=True)
        try:
            with FileLock(self.root / "lock", timeout=_PATIENCE):
                yield
        except Timeout:
            raise ReloadError(f"another process has been fetching into {self.root} for too long") from None

    @contextmanager
    def _reading(self, commit: str) -> Iterator[None]:
        """Whatever fails while a commit is read or written becomes ReloadError.

        A repository that dulwich cannot read is removed: the next pull fetches it anew.
        """
        try:
            yield
        except ReloadError:
            raise
        except OSError as error:
            raise ReloadError(f"commit {commit[:12]} cannot be written: {error}") from error
        except Exception as error:
            # The named boundary: one commit. What is broken in a repository fails in any corner of dulwich.
            shutil.rmtree(self._repository, ignore_errors=True)
            raise ReloadError(
                f"commit {commit[:12]} cannot be read, and is fetched anew: {error!r}"
            ) from error

    def _say(self, level: int, line: str) -> None:
        if line not in self._said:
            log.log(level, "%s", line)
            self._said |= {line}

    @property
    def _mirror(self) -> Mirror:
        return Mirror(self.root)

    @property
    def _repository(self) -> Path:
        return self.root / "repository.git"

    @property
    def _source(self) -> str:
        return f"{self.remote.url} {self.remote.branch or 'HEAD'} {self.path}"


async def _in_a_thread(work: Callable[[], Result], stopping: asyncio.Event, seconds: float) -> Result:
    """The result of work that blocks, in a thread that the end of the process does not wait for.

    Raises:
        ReloadError: it takes longer, or the bot stops; the thread is left to its own time-outs.
    """
    loop = asyncio.get_running_loop()
    done: asyncio.Future[Result] = loop.create_future()

    def tell(settle: Callable[[Any], None], value: object) -> None:
        def settle_if_awaited() -> None:
            if not done.done():
                settle(value)

        with suppress(RuntimeError):  # the loop is closed: nobody waits
            loop.call_soon_threadsafe(settle_if_awaited)

    def run() -> None:
        try:
            result = work()
        except Exception as error:  # noqa: BLE001 - handed to whoever waits
            tell(done.set_exception, error)
        else:
            tell(done.set_result, result)

    threading.Thread(target=run, name="git", daemon=True).start()
    stopped = asyncio.create_task(stopping.wait())
    try:
        both: set[asyncio.Future[Any]] = {done, stopped}
        await asyncio.wait(both, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        if done.done():
            return done.result()
        raise ReloadError("the bot is about to stop" if stopping.is_set() else "it takes too long")
    finally:
        stopped.cancel()
        done.cancel()
