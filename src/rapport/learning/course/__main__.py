"""The course as a process of its own: an Errand on stdin, an Outcome on stdout, its progress as lines on stderr.

So that the libraries that learn take no memory of the server, hold up none of its threads, and can be stopped.
"""

from __future__ import annotations

import os
import sys

import msgspec

from rapport.learning.course.teaching import decoded, teach


def main() -> None:
    os.nice(10)
    errand = decoded(sys.stdin.buffer.read())
    outcome = teach(errand, lambda share: print(f"{share:.3f}", file=sys.stderr, flush=True))  # noqa: T201
    sys.stdout.buffer.write(msgspec.msgpack.encode(outcome))


if __name__ == "__main__":
    main()
