"""History from a file: JSON Lines, CSV, mbox and .eml, also packed with gzip."""

from rapport.channels.files.channel import FilesChannel, Reading, guess
from rapport.channels.files.guessing import Guess
from rapport.channels.files.mapping import Mapped, parse_map, write_map
from rapport.channels.files.position import Position
from rapport.channels.files.safename import safe_name

__all__ = ["FilesChannel", "Guess", "Mapped", "Position", "Reading", "guess", "parse_map", "safe_name", "write_map"]
