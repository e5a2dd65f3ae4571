"""A pytest plugin: a test fails if a secret of the tests is in what was printed or logged meanwhile.

It sees what pytest captures (standard output, standard error, the log) and what the processes that tests
start write into pipes. ``tests/conftest.py`` puts it on duty for the whole run.
"""

from __future__ import annotations

import subprocess
from asyncio.subprocess import SubprocessStreamProtocol
from collections.abc import Generator
from typing import Any

import pytest

SECRETS = (
    "MTIzNDU2Nzg5MDEyMzQ1Njc4.GabcDE." + "x" * 38,  # the bot's token
    "hunter2",  # the database's password
    "ghp_a-token-that-nobody-may-read",  # the posts' repository's
    "a secret that only",  # the webhook's
)
_LONGEST = max(map(len, SECRETS))


class SecretWatch:
    """Remembers what came out of which process, as far as a secret may be cut in two by two reads."""

    def __init__(self) -> None:
        self.found: set[str] = set()
        self._tails: dict[tuple[int, int], str] = {}

    def look(self, text: str) -> None:
        """Note the secrets in a text, by what they begin with."""
        self.found |= {f"{secret[:4]}…" for secret in SECRETS if secret in text}

    def look_at_piece(self, pipe: tuple[int, int], data: bytes) -> None:
        """The same for one read of a pipe."""
        text = self._tails.get(pipe, "") + data.decode("utf-8", "replace")
        self.look(text)
        self._tails[pipe] = text[-_LONGEST:]

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """The end of each part of a test: fail it if anything was found."""
        report = yield
        for _, text in report.sections:
            self.look(text)
        if self.found and not report.failed:
            report.outcome = "failed"
            report.longrepr = f"secrets were printed or logged: {', '.join(sorted(self.found))}"
        self.found.clear()
        return report


def pytest_configure(config: pytest.Config) -> None:
    """Go on duty."""
    watch = SecretWatch()
    config.pluginmanager.register(watch, "ainews-secret-watch")
    patch = pytest.MonkeyPatch()
    config.add_cleanup(patch.undo)
    received, communicate = SubprocessStreamProtocol.pipe_data_received, subprocess.Popen.communicate

    def heard(self: SubprocessStreamProtocol, fd: int, data: bytes | str) -> None:
        if isinstance(data, bytes):
            watch.look_at_piece((id(self), fd), data)
        received(self, fd, data)

    def asked(self: subprocess.Popen[Any], *args: Any, **options: Any) -> Any:
        answers = communicate(self, *args, **options)
        for answer in answers:
            watch.look(answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer or "")
        return answers

    patch.setattr(SubprocessStreamProtocol, "pipe_data_received", heard)
    patch.setattr(subprocess.Popen, "communicate", asked)
