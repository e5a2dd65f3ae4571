"""Posts from a git repository: fetched, looked over, and kept in a folder that the library reads."""
