"""What the process tells its supervisor when it ends."""

from __future__ import annotations

import enum


class ExitCode(enum.IntEnum):
    """SETTINGS and TOKEN need a person before a restart helps; FAILED and DATABASE may pass by themselves."""

    OK = 0
    FAILED = 1
    SETTINGS = 2
    TOKEN = 3
    DATABASE = 4
