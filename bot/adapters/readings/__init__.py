"""Posts as their readers page through them, composed ahead of time and kept on the disk."""
