"""Thin command groups: parse the interaction, call one thing, reply."""
