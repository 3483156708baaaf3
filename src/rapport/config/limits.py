"""What the gate allows: sizes, times and places, as one frozen value, so that a test can make them small."""

from __future__ import annotations

from dataclasses import dataclass

KB, MB = 1024, 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """Sizes in bytes, times in seconds. Paths are compared segment by segment; ``*`` stands for any one segment."""

    body: int = 1 * MB
    bodies: tuple[tuple[str, int], ...] = (
        ("/in", 2 * MB),
        ("/chat/*/say", 16 * MB),
        ("/w/*/c/*/files", 24 * MB),
        ("/w/*/c/*/reply", 24 * MB),
        ("/w/*/import", 64 * MB),
    )
    memory: int = 64 * KB
    """A body longer than this waits in a temporary file."""
    held: int = 512 * MB
    """All bodies together that may be waiting here at one moment."""
    folder: str | None = None
    """Where temporary files go; None is the system's own place."""

    first_byte: float = 10.0
    pause: float = 20.0
    """The longest silence inside a body."""
    grace: float = 10.0
    rate: int = 1 * KB
    """Bytes per second that a body must average once ``grace`` is over."""
    whole: float = 900.0
    """A body must be complete after this, however steadily it drips."""
    stall: float = 30.0
    """A client that takes nothing of its answer for so long is cut off."""
    linger: float = 2.0
    """How long the rest of a refused body is read and thrown away, so that the sender gets to read why."""

    public: tuple[str, ...] = ("/in", "/f", "/chat", "/shop", "/p", "/login", "/welcome")
    """Places open to anybody: one address may have only ``per_address`` requests there at one moment."""
    per_address: int = 32

    def body_at(self, path: str) -> int:
        """How long a body may be at this path: the longest pattern that fits decides."""
        fitting = [(pattern.count("/"), size) for pattern, size in self.bodies if fits(pattern, path)]
        return max(fitting)[1] if fitting else self.body

    def is_public(self, path: str) -> bool:
        return any(fits(pattern, path) for pattern in self.public)


def fits(pattern: str, path: str) -> bool:
    """Does the path lie at or below the pattern? ``/w/*/import`` holds ``/w/acme/import/upload``, not ``/w/import``."""
    wanted, given = pattern.strip("/").split("/"), path.strip("/").split("/")
    return len(given) >= len(wanted) and all(w in ("*", g) for w, g in zip(wanted, given, strict=False))
