"""The ``ainews`` command: each sub-command parses its options and calls one thing."""

from __future__ import annotations

import asyncio
import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.console import Console

from bot.cli_operating import app as operating
from bot.errors import AinewsError, DemoError, SettingsError, StoreError, TokenRefused
from bot.exit_codes import ExitCode
from bot.formatting.compose import ComposeOptions, Layout
from bot.i18n import LOCALES, load_catalogues
from bot.logs import set_up_logging
from bot.posts.language import language_code
from bot.redaction import redact, visible, visible_lines
from bot.settings import Settings
from bot.staying import staying

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
    settings = Settings.load()
    settings.require_token()
    with staying():
        from bot.running import run as run_bot  # noqa: PLC0415 - slow; wrong settings are told before

    set_up_logging(settings.log_level, readable=settings.readable_logs, secrets=settings.secrets)
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
    from bot.demo.requirements import require_free_port, require_simulator  # noqa: PLC0415 - the demo's alone

    settings = Settings.load()
    require_free_port(port)
    require_simulator()
    from bot.demo.session import run_demo  # noqa: PLC0415 - imports the optional extra, which is there now

    # What goes as it should is seen on the page; who asks for more by LOG_LEVEL gets it.
    level = settings.log_level if "log_level" in settings.model_fields_set else "WARNING"
    set_up_logging(level, readable=True)
    asyncio.run(run_demo(settings, Console(), port=port, open_browser=browser))


@app.command()
def check(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(exists=True, help="Files or folders; the content folder if none are given."),
    ] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print the problems as a JSON list.")] = False,
    fix: Annotated[bool, typer.Option("--fix", help="Mend what can be mended, and nothing else.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Let warnings fail the check too.")] = False,
) -> None:
    """Say what is wrong with posts: file, line, cause and fix. Exits with 1 if a post cannot be used."""
    from bot.adapters import checking  # noqa: PLC0415 - the other commands start faster without it

    settings = Settings.load()
    report = checking.check_paths(
        paths or [settings.require_content()], _here(settings), mend=fix, site_url=settings.site_url
    )
    if as_json:
        typer.echo(visible_lines(checking.as_json(report)))
    else:
        checking.show(report, checking.console_for(report))
    if report.failed(strict=strict):
        raise typer.Exit(ExitCode.FAILED)


@app.command()
def show(
    paths: Annotated[
        list[Path],
        typer.Argument(exists=True, help="Post files, or folders, which stand for every post below them."),
    ],
    *,
    layout: Annotated[Layout, typer.Option(help="How a post becomes messages.")] = Layout.FULL,
    locale: Annotated[
        str | None,
        typer.Option(help="Language of the bot's own words: ko or en; DEFAULT_LOCALE if not given."),
    ] = None,
    site_url: Annotated[
        str | None, typer.Option(help="What relative links resolve against; SITE_URL if not given.")
    ] = None,
    as_json: Annotated[
        bool,
        typer.Option(
            "--json",
            help="Print the bodies of the requests: a list for one file, else an object of lists by path.",
        ),
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option(file_okay=False, help="With --json: write <file stem>.json a post into a folder."),
    ] = None,
    html: Annotated[
        Path | None, typer.Option(dir_okay=False, help="Write a web page that looks like Discord.")
    ] = None,
) -> None:
    """Show posts as their readers will see them, with each card's counts against Discord's limits."""
    from bot.adapters import showing  # noqa: PLC0415 - the other commands start faster without it

    if locale not in {None, *LOCALES}:
        raise typer.BadParameter("--locale is ko or en.")
    if out and not as_json:
        raise typer.BadParameter("--out goes with --json.")
    if html and as_json:
        raise typer.BadParameter("--html and --json exclude each other.")
    settings = Settings.load()
    words = load_catalogues(settings.default_locale).words(locale)
    posts = showing.Showing(
        paths=paths,
        options=ComposeOptions(words=words, layout=layout, site_url=site_url or settings.site_url),
        now=_here(settings),
        complain=lambda line: typer.echo(visible(line), err=True),
    )
    if as_json:
        shown = posts.write_json(out) if out else posts.print_json(showing.echo)
    else:
        shown = posts.write_page(html) if html else posts.draw(Console())
    if not shown:
        raise typer.Exit(ExitCode.FAILED)


@app.command()
def new(
    title: Annotated[str, typer.Argument(help="The post's title.")],
    date: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The post's day; today if not given.")
    ] = None,
    lang: Annotated[str, typer.Option(help="The language it is written in: ko, en, zh ...")] = "ko",
    tags: Annotated[str, typer.Option(help="Its tags, with commas between them.")] = "",
    *,
    publish: Annotated[bool, typer.Option("--publish", help="No draft: a running bot sends it.")] = False,
) -> None:
    """Begin a post in the content folder: a draft with today's date and the usual headings."""
    from bot.adapters import checking  # noqa: PLC0415 - the other commands start faster without it

    if not title.strip():
        raise typer.BadParameter("The title is empty.")
    if language_code(lang) is None:
        raise typer.BadParameter("--lang takes a code such as ko, en or zh.")
    settings = Settings.load()
    day = (date or _here(settings)).date()
    names = [name.strip() for name in tags.split(",") if name.strip()]
    folder = settings.require_content()
    typer.echo(visible(str(checking.create_post(folder, title, day, lang, names, draft=not publish))))
    if not publish:
        typer.echo("It is a draft: remove the line `draft: true` to publish it.", err=True)


app.add_typer(operating)


def _here(settings: Settings) -> datetime:
    """The present in the operator's time zone: it decides which day is today."""
    return datetime.now(ZoneInfo(settings.timezone))


def main() -> None:
    """The console script's entry: our own errors end in lines on standard error, no traceback."""
    try:
        app()
    except AinewsError as error:
        print(visible_lines(redact(str(error))), file=sys.stderr)  # noqa: T201 - the command's own output
        sys.exit(_exit_code(error))


def _exit_code(error: AinewsError) -> ExitCode:
    if isinstance(error, SettingsError | DemoError):
        return ExitCode.SETTINGS
    if isinstance(error, TokenRefused):
        return ExitCode.TOKEN
    return ExitCode.DATABASE if isinstance(error, StoreError) else ExitCode.FAILED
