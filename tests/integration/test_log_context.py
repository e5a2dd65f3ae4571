"""Every line of a delivery says which one it is about."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from datetime import timedelta

import pytest
import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.errors import SendRefused
from bot.logs import set_up_logging
from tests.support.delivering import CHANNEL, World, once
from tests.support.posts import post


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    stream = io.StringIO()
    set_up_logging("INFO", stream)
    yield stream
    root.handlers, root.level = handlers, level
    structlog.reset_defaults()


async def test_every_line_of_a_delivery_has_its_id_also_of_one_that_failed(
    engine: AsyncEngine, logged: io.StringIO
) -> None:
    world = World(engine)
    await world.subscribe(post("a"))
    refusal = SendRefused("no", status=400, code=0, permanent=False)
    world.postbox.before = once(refusal)
    await world.publisher().deliver_due()
    world.now += timedelta(hours=1)
    await world.publisher().deliver_due()
    lines = [json.loads(line) for line in logged.getvalue().splitlines()]
    assert {line["level"] for line in lines} == {"warning", "info"}
    assert {line.get("delivery") for line in lines} == {f"a/{CHANNEL}/0"}


async def test_what_is_logged_after_a_delivery_is_no_part_of_it(
    engine: AsyncEngine, logged: io.StringIO
) -> None:
    world = World(engine)
    await world.subscribe(post("a"))
    await world.publisher().deliver_due()
    logging.getLogger("bot.x").info("after")
    assert "delivery" not in json.loads(logged.getvalue().splitlines()[-1])
