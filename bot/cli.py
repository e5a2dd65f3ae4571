"""The ``ainews`` command: each sub-command parses its options and calls one thing."""

from __future__ import annotations

import asyncio
import sys
from contextlib import suppress
from typing import Annotated

import typer
from rich.console import Console

from bot.errors import AinewsError, DemoError, SettingsError, StoreError
from bot.exit_codes import ExitCode
from bot.logs import redact, set_up_logging
from bot.settings import Settings

app = typer.Typer(
    name="ainews",
    help="A Discord bot that publishes a daily AI-news post.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def ainews() -> None:
    """A Discord bot that publishes a daily AI-news post and lets members look up past ones."""


@app.command()
def run() -> None:
    """Run the bot: connect to Discord and publish each post on time, until Ctrl-C or SIGTERM."""
    from bot.running import run as run_bot  # noqa: PLC0415 - the other commands start faster without discord.py

    settings = Settings.load()
    set_up_logging(settings.log_level)
    raise typer.Exit(asyncio.run(run_bot(settings)))


@app.command()
def demo(
    *,
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port on 127.0.0.1; 0 lets the system choose.")
    ] = 0,
    browser: Annotated[bool, typer.Option("--open/--no-open", help="Open the page in the browser.")] = True,
) -> None:
    """Try the real bot against a simulated Discord in the browser: no token, no network."""
    from bot.demo.requirements import require_simulator  # noqa: PLC0415 - the optional extra `demo`

    require_simulator()
    from bot.demo.session import run_demo  # noqa: PLC0415 - imports the extra, which is there now

    settings = Settings.load()
    set_up_logging(settings.log_level)
    with suppress(KeyboardInterrupt):
        asyncio.run(run_demo(settings, Console(), port=port, open_browser=browser))


def main() -> None:
    """The console script's entry: our own errors end in lines on standard error, no traceback."""
    try:
        app()
    except AinewsError as error:
        print(redact(str(error)), file=sys.stderr)  # noqa: T201 - the command's own output
        sys.exit(_exit_code(error))


def _exit_code(error: AinewsError) -> ExitCode:
    if isinstance(error, SettingsError | DemoError):
        return ExitCode.SETTINGS
    return ExitCode.DATABASE if isinstance(error, StoreError) else ExitCode.FAILED
