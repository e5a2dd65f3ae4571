"""Brings a database's tables to the newest revision, one process at a time."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from bot.adapters.database.alone import Turn, keep_others_out
from bot.errors import StoreError

MIGRATIONS = Path(__file__).parent / "migrations"


def bring_up_to_date(connection: Connection) -> None:
    """Make the tables, or change them where they are of an older revision; what is in them stays.

    Raises:
        StoreError: the tables are newer than this program.
    """
    keep_others_out(connection, Turn.MIGRATION)
    current = revision_of(connection)
    if current != newest_revision():
        _migrate(connection, current)


def newest_revision() -> str:
    """The revision that this program works with: what the last file's name in ``versions`` begins with."""
    return max(file.name.partition("_")[0] for file in (MIGRATIONS / "versions").glob("[0-9]*_*.py"))


def revision_of(connection: Connection) -> str | None:
    """The revision of the tables that are there; None where there are none."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    revision: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return revision


def _migrate(connection: Connection, current: str | None) -> None:
    # Imported here: most starts find nothing to do, and Alembic takes a third of a second.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    known = {revision.revision for revision in ScriptDirectory.from_config(config).walk_revisions()}
    if current is not None and current not in known:
        raise StoreError(
            f"the database is at revision {current}, which this program does not know: "
            "it was used by a newer version. Upgrade the program, or point DATABASE_URL elsewhere."
        )
    command.upgrade(config, "head")
