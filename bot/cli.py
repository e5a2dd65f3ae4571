"""The ``ainews`` command: each sub-command parses its options and calls one thing."""

from __future__ import annotations

import typer

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


def main() -> None:
    """The console script's entry."""
    app()
