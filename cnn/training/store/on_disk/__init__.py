"""The file of a SQLite store, and the copies of it that are kept."""
