"""Takes GitHub's word that posts were pushed: signed, once, and of bounded size.

Each process knows its own calls again, not the others': each has a copy of the posts to pull, and GitHub
signs the same push alike for all. After a start an older call can be repeated once, and finds nothing new.

https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import logging
from collections import OrderedDict
from collections.abc import Callable
from http import HTTPStatus
from time import monotonic

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError
from msgspec import Struct, field
from pydantic import SecretStr

MOST_BYTES = 1_000_000
"""A push's body is some ten thousand; GitHub's own ceiling is 25 MB."""
PATIENCE = 10.0
"""Seconds until the whole body must be here; GitHub waits as long for the answer."""
REMEMBERED = 1_000
"""Calls that are known again."""
QUIET_SECONDS = 60.0
"""How long the log keeps quiet about further refusals after it has told of one."""
_LONGEST_ID = 100

log = logging.getLogger(__name__)


class _Refused(Exception):  # noqa: N818 - an answer, not an error of ours
    def __init__(self, status: HTTPStatus, why: str) -> None:
        super().__init__(why)
        self.status = status


class ContentHook(Struct, kw_only=True):
    """``POST /hooks/content``. Without a secret there is none (404): it is never open.

    Attributes:
        pushed: called at once for a push that concerns the posts; does its work later.
        refused: called for every call that is refused.
        behind: whether the last fetch brought not all there is: then a call that is known is heard again,
            such as GitHub's "Redeliver".
        branch: the only branch that concerns them; None means any.
        patience: seconds until the whole body must be here.
    """

    secret: SecretStr | None
    pushed: Callable[[], None]
    refused: Callable[[], None] = lambda: None
    behind: Callable[[], bool] = lambda: False
    branch: str | None = None
    patience: float = PATIENCE
    _known: OrderedDict[str, None] = field(default_factory=OrderedDict)
    _unsaid: int = 0
    _said_at: float | None = None

    async def handle(self, request: web.Request) -> web.Response:
        """Aiohttp's handler: 202 once the reload is asked for, which then runs by itself."""
        try:
            return _answer(HTTPStatus.ACCEPTED, await self._heard(request))
        except _Refused as refusal:
            self.refused()
            self._say(refusal)
            response = _answer(refusal.status, str(refusal))
            response.force_close()  # what is left of a body that was refused is not read
            return response

    def _say(self, refusal: _Refused) -> None:
        """Once a minute at most: whoever calls in vain, and anybody can, must not fill the log."""
        if refusal.status is HTTPStatus.NOT_FOUND:
            log.debug("the content hook was called: %s", refusal)
            return
        now = monotonic()
        if self._said_at is not None and now - self._said_at < QUIET_SECONDS:
            self._unsaid += 1
            return
        more = f" ({self._unsaid} more since the last such line)" if self._unsaid else ""
        log.warning("a call of the content hook was refused: %s%s", refusal, more)
        self._said_at, self._unsaid = now, 0

    async def _heard(self, request: web.Request) -> str:
        if self.secret is None or not self.secret.get_secret_value():
            raise _Refused(HTTPStatus.NOT_FOUND, "there is no such hook")
        body = await self._body(request)
        signature = request.headers.get("X-Hub-Signature-256", "")
        if not _is_signed(body, signature, self.secret):
            raise _Refused(HTTPStatus.UNAUTHORIZED, "the signature is missing or wrong")
        number = request.headers.get("X-GitHub-Delivery", "")
        if not 0 < len(number) <= _LONGEST_ID:
            raise _Refused(HTTPStatus.BAD_REQUEST, "X-GitHub-Delivery is missing or too long")
        payload = _payload(body)
        # The number is not signed: whoever repeats a call under another one repeats its signature.
        is_new = self._is_new(f"number {number}", f"signature {signature}")
        if not is_new and not self.behind():
            return "known already"
        event = request.headers.get("X-GitHub-Event", "push")
        if event != "push":
            return f"nothing to do for {event[:_LONGEST_ID]}"
        if self.branch and payload.get("ref") != f"refs/heads/{self.branch}":
            return "another branch"
        self.pushed()
        return "reloading"

    async def _body(self, request: web.Request) -> bytes:
        if (request.content_length or 0) > MOST_BYTES:
            raise _Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"more than {MOST_BYTES} bytes")
        body = bytearray()
        try:
            async with asyncio.timeout(self.patience):
                async for chunk in request.content.iter_any():
                    body += chunk
                    if len(body) > MOST_BYTES:
                        raise _Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"more than {MOST_BYTES} bytes")
        except TimeoutError:
            raise _Refused(HTTPStatus.REQUEST_TIMEOUT, "the body came too slowly") from None
        except (web.RequestPayloadError, HttpProcessingError):
            raise _Refused(HTTPStatus.BAD_REQUEST, "the body is not encoded as it says") from None
        except ConnectionError:
            raise _Refused(HTTPStatus.BAD_REQUEST, "the body broke off") from None
        return bytes(body)

    def _is_new(self, *marks: str) -> bool:
        is_known = any(mark in self._known for mark in marks)
        self._known.update(dict.fromkeys(marks))
        while len(self._known) > 2 * REMEMBERED:
            self._known.popitem(last=False)
        return not is_known


def signature_of(body: bytes, secret: SecretStr) -> str:
    """What GitHub puts into ``X-Hub-Signature-256``."""
    return "sha256=" + hmac.new(secret.get_secret_value().encode(), body, hashlib.sha256).hexdigest()


def _is_signed(body: bytes, signature: str, secret: SecretStr) -> bool:
    """Compared in constant time, as bytes: a text with other letters would raise."""
    return hmac.compare_digest(signature_of(body, secret).encode(), signature.encode(errors="replace"))


def _payload(body: bytes) -> dict[str, object]:
    try:
        payload = json.loads(body)
    except (ValueError, RecursionError):
        raise _Refused(
            HTTPStatus.BAD_REQUEST, "the body is no JSON: choose application/json as the content type"
        ) from None
    if not isinstance(payload, dict):
        raise _Refused(HTTPStatus.BAD_REQUEST, "the body is no JSON object")
    return payload


def _answer(status: HTTPStatus, text: str) -> web.Response:
    return web.json_response({"status": text}, status=status)
