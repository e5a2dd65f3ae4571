"""Looks whether the bot can bring posts to a server's channels, and tells the server what is wrong."""
