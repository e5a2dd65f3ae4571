"""The commands of who hosts the bot: ``ainews doctor``, ``backup`` and ``restore``."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from bot.errors import SettingsError
from bot.redaction import visible
from bot.settings import ENV_FILE, Settings
from bot.version import own_version

if TYPE_CHECKING:
    from bot.adapters.backup.file import Contents
    from bot.adapters.backup.restoring import Restored
    from bot.adapters.backup.saving import Progress as Told

app = typer.Typer()


@app.command()
def doctor(
    *,
    online: Annotated[bool, typer.Option("--online", help="Ask Discord too: token, channel, clock.")] = False,
    json_wanted: Annotated[bool, typer.Option("--json", help="Print the findings as a JSON list.")] = False,
) -> None:
    """Say whether the bot can start and work here, and how to mend what is wrong. Changes nothing."""
    from bot.adapters.preflight import showing  # noqa: PLC0415 - the other commands start faster without it
    from bot.adapters.preflight.findings import exit_code  # noqa: PLC0415 - the same
    from bot.adapters.preflight.look import look  # noqa: PLC0415 - the same
    from bot.adapters.preflight.settings import look_at_file, wrong  # noqa: PLC0415 - the same

    try:
        settings = Settings.load()
    except SettingsError as error:
        findings, secrets = (*wrong(error), *look_at_file(ENV_FILE)), tuple[str, ...]()
    else:
        looking = look(settings, Path.cwd(), datetime.now(UTC), online=online)
        findings, secrets = asyncio.run(looking), settings.secrets
    findings = showing.without_secrets(findings, secrets)
    if json_wanted:
        typer.echo(showing.as_json(findings))
    else:
        showing.show(findings)
    raise typer.Exit(exit_code(findings))


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(help="Where to write it; an earlier backup there is replaced.")],
) -> None:
    """Write all of the bot's state into one file, of one moment, also while the bot runs."""
    from bot.adapters.backup import saving  # noqa: PLC0415 - the other commands start faster without it
    from bot.adapters.database.engine import open_as_it_is  # noqa: PLC0415 - the same

    settings = Settings.load()

    async def save() -> saving.Saved:
        async with open_as_it_is(settings.database_url) as engine:
            with _progress("Backing up") as told:
                return await saving.save(engine, file, own_version(), datetime.now(UTC), told)

    saved = asyncio.run(save())
    counts = ", ".join(f"{number:,} {name.replace('_', ' ')}" for name, number in saved.counts.items())
    typer.echo(f"{file}: {counts or 'nothing yet'}.")
    if not saved.noted:
        typer.echo(
            "The database could not note that it was taken: restoring it, even here, counts all posts "
            "that are out by then as past.",
            err=True,
        )


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(help="A file that `ainews backup` wrote.")],
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    moved: Annotated[
        bool,
        typer.Option(
            "--moved",
            help="The bot has not run since the backup: what was pending stays so. For a new database.",
        ),
    ] = False,
) -> None:
    """Bring the state back from a backup, all or nothing, also while the bot runs; nothing is sent twice."""
    from bot.adapters.backup import restoring  # noqa: PLC0415 - the other commands start faster without it
    from bot.adapters.backup.file import examine  # noqa: PLC0415 - the same
    from bot.adapters.database.engine import open_database  # noqa: PLC0415 - the same

    settings = Settings.load()
    contents = examine(file)
    typer.echo(_said_of(contents))
    if not yes:
        typer.confirm(
            "The database's subscriptions become these. Unless it went on from this backup, posts that are "
            "out now are not sent by themselves any more. Restore?",
            abort=True,
        )

    async def bring_back() -> Restored:
        async with open_database(settings.database_url) as engine:
            with _progress("Restoring") as told:
                return await restoring.restore(engine, contents, datetime.now(UTC), told, moved=moved)

    typer.echo(_said_after(asyncio.run(bring_back())))


def _said_of(contents: Contents) -> str:
    head, counts = contents.head, contents.counts
    taken = datetime.fromisoformat(head.taken_at)
    return (
        f"A backup of {taken:%Y-%m-%d %H:%M} UTC from {visible(head.database)}, "
        f"version {visible(head.program)}: "
        f"{counts.get('subscriptions', 0):,} subscriptions, {counts.get('deliveries', 0):,} deliveries."
    )


def _said_after(done: Restored) -> str:
    lines = [f"Restored: {done.subscriptions:,} subscriptions, {done.deliveries:,} deliveries."]
    match str(done.way):
        case "continued":
            lines.append("The database went on from this backup: its own deliveries were kept.")
        case "unknown":
            lines.append(
                "Posts that are out now count as past, and those of the backup are not corrected by "
                "themselves; `/admin post now` sends one."
            )
    if done.unfinished:
        lines.append(
            f"{done.unfinished:,} unfinished deliveries were given up: they may have been sent since."
        )
    return "\n".join(lines)


@contextmanager
def _progress(title: str) -> Iterator[Told]:
    """A bar on a terminal, nothing elsewhere."""
    from rich.progress import Progress  # noqa: PLC0415 - the other commands start faster without it

    with Progress(console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task(title, total=None)

        def told(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        yield told
