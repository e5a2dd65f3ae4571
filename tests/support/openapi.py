"""Checks what the bot requests against Discord's own description of its API."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import Any

import jsonschema

from tests.support.corpus import openapi

EXTRA = {"nsfw", "tts", "flags"}
"""What discord.py sends beside the published description."""


def is_checked(request: Any) -> bool:
    """Validate a recorded request's body; False where the API takes none there.

    Raises:
        jsonschema.ValidationError: Discord would not take it.
    """
    description = _description()
    operation = _operation(description, request.method.lower(), request.path)
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    if request.json is None or content is None:
        return False
    schema = {**content["schema"], "components": description["components"]}
    body = json.loads(json.dumps(_without_extra(request.json)))
    jsonschema.Draft202012Validator(schema).validate(body)
    return True


@lru_cache(maxsize=1)
def _description() -> dict[str, Any]:
    description: dict[str, Any] = json.loads(openapi().read_text("utf-8"))
    return description


def _operation(description: dict[str, Any], method: str, path: str) -> dict[str, Any]:
    for template, operations in description["paths"].items():
        pattern = re.sub(r"\\\{[^/]+?\\\}", "[^/]+", re.escape(template))
        if method in operations and re.fullmatch(pattern, path):
            found: dict[str, Any] = operations[method]
            return found
    raise AssertionError(f"Discord has no {method} {path}")


def _without_extra(body: Any) -> Any:
    """The body without the keys that discord.py adds, integer ids as the strings they are on the wire."""
    if isinstance(body, dict) and "filename" in body:  # a file that is sent with the message
        return {**body, "id": str(body["id"])}
    if isinstance(body, dict):
        return {key: _without_extra(value) for key, value in body.items() if key not in EXTRA}
    if isinstance(body, list):
        return [_without_extra(item) for item in body]
    return str(body) if isinstance(body, int) and body > 2**32 else body
