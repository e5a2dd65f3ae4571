"""Keeps Python's collector of garbage away from what is made at the start and stays."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def staying() -> Iterator[None]:
    """What is made inside stays: the collector looks at it neither meanwhile nor ever after.

    It would look at hundreds of thousands of modules, classes and posts again and again: a tenth of a start,
    and pauses of a tenth of a second later. Garbage in cycles that is made inside stays as well.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was_on:
            gc.enable()
