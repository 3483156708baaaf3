"""Rapport: relationship management that works both ways."""

__version__ = "0.1.0"
