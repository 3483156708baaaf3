"""Backup and restore of everything an installation keeps but its secret key: see docs/decisions/0014."""
