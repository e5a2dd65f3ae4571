"""What a post is: pure models, parsing, the archive and its queries. No I/O beyond text handed in."""
