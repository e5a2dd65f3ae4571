"""What the bot answers over HTTP: its health, its figures, and calls from the posts' repository."""
