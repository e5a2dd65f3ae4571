"""Real posts to test on, where they are at hand."""

from __future__ import annotations

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[3] / "shared"


def corpus(name: str = "") -> Path:
    """A file or folder of the corpus; skips the test where there is none."""
    return _shared(f"corpus/{name}")


def openapi() -> Path:
    """Discord's API description; skips the test where there is none."""
    return _shared("discord/openapi.json")


def _shared(name: str) -> Path:
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"needs ../shared/{name} beside the project, which is not here")
    return path
