"""Faults on demand: what goes wrong, for which requests, how often."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, field
from typing import Any, Literal

Kind = Literal["reset", "hang", "answer"]
"""``reset``: the connection breaks; ``hang``: it goes on after ``seconds``; ``answer``: ``status``."""


@dataclass(slots=True, kw_only=True)
class Fault:
    """One rule.

    Attributes:
        after: strike once the request has been carried out, rather than before.
        skip: let so many matching requests pass first; those that an earlier rule struck are not seen.
        times: strike at most so often; None means without end.
        probability: of striking, drawn from a generator of ``seed``.
    """

    kind: Kind
    method: str = "POST"
    path: str = r"/channels/\d+/messages"
    after: bool = False
    skip: int = 0
    times: int | None = 1
    probability: float = 1.0
    seed: int = 0
    seconds: float = 3600.0
    status: int = 500
    code: int = 0
    text: str = "a fault on demand"
    dice: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)  # noqa: S311 - no secret

    def strikes(self, method: str, path: str) -> bool:
        """Whether this request meets it; counts it if so."""
        if method != self.method or not re.fullmatch(self.path, path) or self.times == 0:
            return False
        if self.skip:
            self.skip -= 1
            return False
        if self.probability < 1 and self.dice.random() >= self.probability:
            return False
        self.times = None if self.times is None else self.times - 1
        return True


def fault_of(rule: dict[str, Any]) -> Fault:
    """A fault from JSON.

    Raises:
        TypeError: it has a key that no fault has.
    """
    return Fault(**rule)


def struck(faults: list[Fault], method: str, path: str) -> Fault | None:
    """The first of the rules that this request meets."""
    return next((fault for fault in faults if fault.strikes(method, path)), None)
