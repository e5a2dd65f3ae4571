"""All I/O: files, database, scheduler, Discord, terminal."""
