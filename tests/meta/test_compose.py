"""The compose file's sizes: one process, one with PostgreSQL, a cluster; never two ledgers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

FILE = Path(__file__).parents[2] / "compose.yaml"


def services(*profiles: str) -> dict[str, Any]:
    """The services that start with these profiles."""
    every = yaml.safe_load(FILE.read_text("utf-8"))["services"]
    return {
        name: service
        for name, service in every.items()
        if not service.get("profiles") or set(profiles) & set(service["profiles"])
    }


def test_without_a_profile_there_is_one_process_and_nothing_else() -> None:
    assert list(services()) == ["bot"]


def test_with_postgresql_there_is_still_one_process() -> None:
    assert sorted(services("postgres")) == ["bot", "postgres"]


def test_a_cluster_is_two_processes_one_database_and_one_proxy() -> None:
    cluster = services("cluster")
    assert sorted(cluster) == ["bot", "bot-1", "postgres", "proxy"]
    second = cluster["bot-1"]["environment"]
    assert (second["SHARD_COUNT"], second["SHARD_IDS"]) == (2, 1)


def test_both_processes_get_database_and_proxy_from_the_same_file() -> None:
    for service in (services()["bot"], services("cluster")["bot-1"]):
        assert service["env_file"] == ".env"
        assert not {"DATABASE_URL", "DISCORD_API_URL"} & set(service["environment"])
        assert service["environment"]["CONTENT_DIR"] == "/app/content"


def test_the_second_process_meets_the_lock_of_a_ledger_in_sqlite() -> None:
    first, second = services()["bot"], services("cluster")["bot-1"]
    assert first["volumes"] == second["volumes"]
    assert second["environment"]["CACHE_DIR"].startswith("/app/data/")


def test_what_the_top_of_the_file_says_is_what_a_cluster_needs() -> None:
    head = FILE.read_text("utf-8").split("name: ainews")[0]
    for line in (
        "COMPOSE_PROFILES=cluster",
        "SHARD_COUNT=2",
        "SHARD_IDS=0",
        "DISCORD_API_URL=http://proxy:8080/api/v10",
    ):
        assert line in head
