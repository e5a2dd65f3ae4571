"""Repositories of posts as a blog keeps them, and a server on loopback that may want a token."""

from __future__ import annotations

import base64
import stat
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from dulwich.objects import Blob, Commit, ObjectID, Tree
from dulwich.refs import Ref
from dulwich.repo import Repo
from dulwich.server import BackendRepo, DictBackend
from dulwich.web import make_wsgi_chain

FILE, LINK, FOLDER = 0o100644, stat.S_IFLNK, stat.S_IFDIR
Files = Mapping[str, str]


def post(title: str, day: str = "2024-05-04") -> str:
    return f'---\ntitle: "{title}"\ndate: {day}\n---\n\n본문이에요.\n'


@dataclass(slots=True)
class Blog:
    """A bare repository; ``push`` makes a branch hold these files and no others."""

    folder: Path
    commits: list[ObjectID] = field(default_factory=list)

    def __post_init__(self) -> None:
        Repo.init_bare(str(self.folder), mkdir=True, default_branch=b"main").close()

    @property
    def url(self) -> str:
        return self.folder.as_uri()

    def push(self, files: Files, branch: str = "main", *, force: bool = False) -> ObjectID:
        """Commit on top of the branch, or where forced in place of all its history."""
        with Repo(str(self.folder)) as repository:
            tree = _tree_of(repository, {tuple(path.split("/")): text for path, text in files.items()})
            return self._commit(repository, tree, branch, force=force)

    def push_entries(self, entries: Iterable[tuple[bytes, int, bytes]], branch: str = "main") -> ObjectID:
        """Commit a root folder with any names and modes; a FOLDER's bytes are one post's, ``x.md``."""
        with Repo(str(self.folder)) as repository:
            tree = Tree()
            for name, mode, data in entries:
                blob = Blob.from_string(data)
                repository.object_store.add_object(blob)
                inner = blob.id
                if mode == FOLDER:
                    below = Tree()
                    below.add(b"x.md", FILE, blob.id)
                    repository.object_store.add_object(below)
                    inner = below.id
                tree.add(name, mode, inner)
            repository.object_store.add_object(tree)
            return self._commit(repository, tree.id, branch, force=False)

    def remove_branch(self, branch: str = "main") -> None:
        with Repo(str(self.folder)) as repository:
            del repository.refs[Ref(b"refs/heads/" + branch.encode())]

    def _commit(self, repository: Repo, tree: ObjectID, branch: str, *, force: bool) -> ObjectID:
        ref = Ref(b"refs/heads/" + branch.encode())
        commit = Commit()
        commit.tree = tree
        commit.parents = [repository.refs[ref]] if ref in repository.refs and not force else []
        commit.author = commit.committer = b"An editor <editor@example.com>"
        commit.author_time = commit.commit_time = 1_714_780_800 + len(self.commits)
        commit.author_timezone = commit.commit_timezone = 0
        commit.message = b"posts"
        repository.object_store.add_object(commit)
        repository.refs[ref] = commit.id
        self.commits.append(commit.id)
        return commit.id


def _tree_of(repository: Repo, files: Mapping[tuple[str, ...], str]) -> ObjectID:
    tree = Tree()
    for name in sorted({path[0] for path in files}):
        if (name,) in files:
            blob = Blob.from_string(files[name,].encode())
            repository.object_store.add_object(blob)
            tree.add(name.encode(), FILE, blob.id)
        else:
            below = {path[1:]: text for path, text in files.items() if path[0] == name}
            tree.add(name.encode(), FOLDER, _tree_of(repository, below))
    repository.object_store.add_object(tree)
    return tree.id


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@dataclass(slots=True)
class Served:
    """Where a repository is served, and with which ``Authorization`` it was asked for."""

    url: str
    asked_with: list[str | None] = field(default_factory=list)


@contextmanager
def served(blog: Blog, token: str | None = None) -> Iterator[Served]:
    """The repository over HTTP by dulwich's own server, which with a ``token`` wants it as the password."""
    there = Served("")
    repository = Repo(str(blog.folder))
    repositories: dict[str, BackendRepo] = {"/blog.git": repository}
    serve = make_wsgi_chain(DictBackend(repositories))

    def guarded(environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        login = environ.get("HTTP_AUTHORIZATION")
        there.asked_with.append(login)
        if token is not None and _password(login) != token:
            start_response("401 Unauthorized", [("WWW-Authenticate", 'Basic realm="git"')])
            return [b"no"]
        return serve(environ, start_response)

    server: WSGIServer = make_server("127.0.0.1", 0, guarded, handler_class=_Quiet)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    there.url = f"http://127.0.0.1:{server.server_port}/blog.git"
    try:
        yield there
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        repository.close()


def _password(login: str | None) -> str | None:
    if login is None or not login.lower().startswith("basic "):
        return None
    return base64.b64decode(login[6:]).decode().partition(":")[2]
