"""Real databases: SQLite in a file, PostgreSQL from a wheel."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.adapters.database.engine import open_database
from tests.support.databases import Opened, migrated_file
from tests.support.postgres import fresh_database, lent_database, start_postgres


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a PostgreSQL server that lives as long as the test run."""
    with start_postgres() as address:
        yield address


@pytest.fixture(params=["sqlite", "postgresql"])
async def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path}/ainews.db"
    return await fresh_database(request.getfixturevalue("postgres"))


@pytest.fixture
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Opened:
    """Opens databases that last as long as the test."""

    @asynccontextmanager
    async def open_one(kind: str, name: str = "ainews") -> AsyncIterator[AsyncEngine]:
        async with AsyncExitStack() as stack:
            if kind == "sqlite":
                url = migrated_file(tmp_path / f"{name}.db")
            else:
                lent = lent_database(request.getfixturevalue("postgres"))
                url = await stack.enter_async_context(lent)
            yield await stack.enter_async_context(open_database(url))

    return open_one


@pytest.fixture(params=["sqlite", "postgresql"])
async def engine(request: pytest.FixtureRequest, opened: Opened) -> AsyncIterator[AsyncEngine]:
    """A database of each kind with our tables."""
    async with opened(request.param) as one:
        yield one
