"""Backups of the bot's state: one file that any of its databases can be restored from."""
