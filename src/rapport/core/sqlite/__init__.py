"""Django's SQLite backend with one fair write lock for the whole process (see docs/decisions/0002)."""
