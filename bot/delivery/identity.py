"""How a message is known again: its nonce, its payload's hash, its fingerprint."""

from __future__ import annotations

import base64
import hashlib
import json

from bot.delivery.models import DeliveryKey
from bot.formatting.messages import Message

NONCE_LENGTH = 25
"""Discord's limit (https://discord.com/developers/docs/resources/message#create-message-jsonform-params)."""


def nonce_of(key: DeliveryKey) -> str:
    """A nonce that is the same for the same delivery, whoever sends it and however often."""
    digest = hashlib.sha256(f"{key.slug}\0{key.channel_id}\0{key.part}".encode()).digest()
    return base64.b32encode(digest).decode()[:NONCE_LENGTH].lower()


def payload_hash(message: Message) -> str:
    """Hex SHA-256 of exactly what is sent: it changes when a correction must be made."""
    body = json.dumps(message.to_payload(), ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(body.encode("utf-8", "surrogatepass")).hexdigest()


def fingerprint(texts: list[str]) -> str:
    """Hex SHA-256 of the letters and digits of a message's texts, in order.

    Discord trims and may re-space what it stores; letters and digits stay. ``texts`` are the content, then
    each card's author, title, description and footer (which tell parts apart that say the same).
    """
    said = "".join(character for text in texts for character in text if character.isalnum())
    return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()


def fingerprint_of(message: Message) -> str:
    """The fingerprint of a message about to be sent."""
    texts = [message.content or ""]
    for card in message.cards:
        texts += [card.author or "", card.title or "", card.description or "", card.footer or ""]
    return fingerprint(texts)
