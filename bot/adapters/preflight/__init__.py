"""Looks whether the bot can start and work here, and changes nothing: ``ainews doctor``."""
