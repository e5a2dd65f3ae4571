"""Fetches the newest commit of a repository's branch, and nothing of its history."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

from dulwich.client import HTTPUnauthorized, LocalGitClient, Urllib3HttpGitClient
from dulwich.errors import GitProtocolError, NotGitRepository
from dulwich.objects import ObjectID
from dulwich.refs import Ref
from dulwich.repo import Repo
from msgspec import Struct
from pydantic import SecretStr
from urllib3 import BaseHTTPResponse, Retry

from bot.errors import ReloadError
from bot.patterns import regex

if TYPE_CHECKING:
    from dulwich.client import HTTPResponse

READ_SECONDS = 20.0
"""How long a server may be silent."""
FETCH_SECONDS = 300.0
"""How long a fetch may take in all."""
MOST_BYTES = 2 * 1024**3
"""How much a fetch may bring: a blog with its pictures has some hundred megabytes."""
_MOST_PACKS = 50
_FETCHED = Ref(b"refs/heads/fetched")
_ADDRESS = regex(r" at 0x[0-9a-f]+")
"""Of an object in memory: it would make the same failure another one each time."""
_ANYONE = "x-access-token"
"""The user that GitHub wants with a token; GitLab takes any."""


class Remote(Struct, frozen=True, kw_only=True):
    """Where posts come from.

    Attributes:
        url: https, http or file, without user or password.
        branch: None means the repository's own default.
        token: the password, or ``user:password``.
    """

    url: str
    branch: str | None = None
    token: SecretStr | None = None

    @property
    def login(self) -> tuple[str, str] | None:
        """User and password."""
        if self.token is None:
            return None
        user, colon, password = self.token.get_secret_value().strip().partition(":")
        return (user, password) if colon else (_ANYONE, user)


def fetch(remote: Remote, folder: Path, *, seconds: float = FETCH_SECONDS) -> bytes:
    """Bring the branch's newest commit into the bare repository at ``folder``, and give its id.

    A repository that cannot be read, or has grown too many packs, is fetched anew. This blocks.

    Raises:
        ReloadError: it cannot be reached or read, or has no such branch; the words hold no secret.
    """
    with _refusals(remote, at_nonsense=lambda: shutil.rmtree(folder, ignore_errors=True)):
        if folder.exists() and _is_worn(folder):
            shutil.rmtree(folder)
        repository = Repo(str(folder)) if folder.exists() else Repo.init_bare(str(folder), mkdir=True)
        with repository:
            return _fetch(remote, repository, seconds)


def ask(remote: Remote, *, seconds: float = READ_SECONDS) -> None:
    """See that the repository answers and has the branch; nothing of it is fetched. This blocks.

    Raises:
        ReloadError: as ``fetch`` does.
    """
    with _refusals(remote):
        client, path = _client_of(remote, seconds)
        try:
            _tip(remote, client.get_refs(path).refs)
        finally:
            client.close()


@contextmanager
def _refusals(remote: Remote, at_nonsense: Callable[[], None] = lambda: None) -> Iterator[None]:
    """Whatever is raised inside becomes ReloadError, without secrets; ``at_nonsense`` cleans up."""
    try:
        yield
    except ReloadError:
        raise
    except HTTPUnauthorized:
        raise ReloadError(f"{remote.url} wants another CONTENT_GIT_TOKEN, or one at all") from None
    except NotGitRepository:
        raise ReloadError(f"{remote.url} is no git repository, or needs CONTENT_GIT_TOKEN") from None
    except (GitProtocolError, OSError) as error:
        raise ReloadError(f"{remote.url} could not be fetched: {_words(error)}") from error
    except Exception as error:
        # The named boundary: one fetch. Nonsense from server or disk fails in any corner of dulwich.
        at_nonsense()
        raise ReloadError(f"{remote.url} could not be fetched: {_words(error)}") from error


def _tip(remote: Remote, refs: Mapping[Ref, ObjectID | None]) -> ObjectID:
    """The branch's newest commit."""
    tip = refs.get(Ref(b"HEAD" if remote.branch is None else b"refs/heads/" + remote.branch.encode()))
    if tip is None:
        raise ReloadError(f"{remote.url} has no branch {remote.branch or 'that is its default'}")
    return tip


def _fetch(remote: Remote, repository: Repo, seconds: float) -> bytes:
    client, path = _client_of(remote, seconds)
    found: list[ObjectID] = []

    def wanted(refs: Any, depth: int | None = None) -> list[ObjectID]:  # noqa: ARG001 - dulwich's signature
        tip = _tip(remote, refs)
        found.append(tip)
        return [] if tip in repository.object_store else [tip]

    try:
        client.fetch(path, repository, determine_wants=wanted, depth=1)
    finally:
        client.close()
    repository.refs[_FETCHED] = found[0]
    return bytes(found[0])


def _client_of(remote: Remote, seconds: float) -> tuple[LocalGitClient | Urllib3HttpGitClient, str]:
    parts = urlsplit(remote.url)
    if parts.scheme == "file":
        return LocalGitClient(), url2pathname(parts.path)
    user, password = remote.login or (None, None)
    base = f"{parts.scheme}://{parts.netloc}"
    return _Patient(base, username=user, password=password, seconds=seconds), parts.path


class _Patient(Urllib3HttpGitClient):
    """A client whose servers may neither be silent, nor slow, nor talk without end."""

    def __init__(self, base_url: str, *, username: str | None, password: str | None, seconds: float) -> None:
        super().__init__(
            base_url, username=username, password=password, timeout=min(READ_SECONDS, seconds), quiet=True
        )
        # The next fetch is the retry; urllib3's own would fill the log.
        self.pool_manager.connection_pool_kw["retries"] = Retry(0, redirect=3)
        self._until = monotonic() + seconds
        self._room = MOST_BYTES
        self._answers: list[BaseHTTPResponse] = []
        request = self.pool_manager.request

        def remembered(*args: Any, **kwargs: Any) -> BaseHTTPResponse:
            answer = request(*args, **kwargs)
            self._answers.append(answer)
            return answer

        self.pool_manager.request = remembered  # type: ignore[method-assign]  # dulwich leaves refusals open

    def close(self) -> None:
        """Leave no connection open, whatever the fetch ended with."""
        for answer in self._answers:
            answer.close()
        self.pool_manager.clear()

    def _http_request(
        self,
        url: str,
        headers: dict[str, str] | None = None,
        data: bytes | Iterator[bytes] | None = None,
        raise_for_status: bool = True,  # noqa: FBT001, FBT002 - dulwich's signature
    ) -> tuple[HTTPResponse, Callable[[int], bytes]]:
        response, read = super()._http_request(url, headers, data, raise_for_status)

        def bounded(size: int = -1) -> bytes:
            if monotonic() > self._until:
                raise GitProtocolError("it takes too long")
            data = read(size)
            self._room -= len(data)
            if self._room < 0:
                raise GitProtocolError("it is too large")
            return data

        return response, bounded


def _is_worn(folder: Path) -> bool:
    packs = folder / "objects" / "pack"
    return not (folder / "HEAD").is_file() or sum(1 for _ in packs.glob("*.pack")) > _MOST_PACKS


def _words(error: Exception) -> str:
    text = _ADDRESS.sub("", " ".join(str(error).split()))[:300]
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
