"""Draws the small pictures of the demo's people, so that none needs to be shipped or fetched."""

from __future__ import annotations

from io import BytesIO

from PIL import Image, ImageDraw

_SIZE = 128
"""Side of a finished picture in pixels; Discord shows avatars at 40."""
_FINE = 4
"""Drawn this many times larger and scaled down, which smooths the edges."""

_WHITE = "#ffffff"


def newspaper(background: str) -> bytes:
    """A folded newspaper on ``background`` (``#rrggbb``), as PNG."""
    canvas, draw = _canvas(background)
    draw.rounded_rectangle(_scaled(28, 34, 100, 96), radius=6 * _FINE, fill=_WHITE)
    draw.rectangle(_scaled(36, 43, 92, 51), fill=background)
    draw.rectangle(_scaled(36, 58, 60, 86), fill=background)
    for top in (58, 68, 78):
        draw.rectangle(_scaled(67, top, 92, top + 5), fill=background)
    return _png(canvas)


def silhouette(background: str) -> bytes:
    """Head and shoulders on ``background`` (``#rrggbb``), as PNG."""
    canvas, draw = _canvas(background)
    draw.ellipse(_scaled(44, 26, 84, 66), fill=_WHITE)
    draw.ellipse(_scaled(26, 74, 102, 150), fill=_WHITE)
    return _png(canvas)


def _canvas(background: str) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    canvas = Image.new("RGB", (_SIZE * _FINE, _SIZE * _FINE), background)
    return canvas, ImageDraw.Draw(canvas)


def _scaled(left: int, top: int, right: int, bottom: int) -> tuple[int, int, int, int]:
    return left * _FINE, top * _FINE, right * _FINE, bottom * _FINE


def _png(canvas: Image.Image) -> bytes:
    target = BytesIO()
    canvas.resize((_SIZE, _SIZE), Image.Resampling.LANCZOS).save(target, format="PNG", optimize=True)
    return target.getvalue()
