"""Turns markdown-it's tokens into parts and blocks, one function a node type."""

from bot.formatting.render.document import render, render_inline

__all__ = ["render", "render_inline"]
