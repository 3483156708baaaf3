"""A feed read in bounded time and memory: by a process of its own, which is ended when it takes too long.

Feeds are written by strangers and read by loose parsers, which hold the whole interpreter while they work: in our own
process a large one would stop every page. JSON is read at once, since that is fast whatever it holds.
"""

from __future__ import annotations

import resource
import signal
import subprocess
import sys

import msgspec

from rapport.channels import syndication
from rapport.channels.base import ChannelError
from rapport.channels.syndication import Feed

SECONDS = 15
"""Of work that a feed may cost."""
PATIENCE = 45.0
"""Seconds that we wait for it: where a machine has much else to do, little work takes long; no feed is to blame for it."""
MEMORY = 1024 * 1024 * 1024
COMMAND = (sys.executable, "-m", "rapport.channels.bounded")


class Asked(msgspec.Struct, frozen=True):
    """What the process is told."""

    type: str
    body: bytes


class Told(msgspec.Struct, frozen=True, omit_defaults=True):
    """What it tells: the feed, or why there is none."""

    feed: Feed | None = None
    error: str = ""


def read(body: bytes, content_type: str = "") -> Feed:
    """The feed in these bytes, within seconds. Raises :class:`ChannelError` with a sentence: a permanent one, unless it
    is this machine that had no time."""
    if body.lstrip()[:1] == b"{" or len(body) < 64 or len(body) > syndication.MOST_BYTES:
        return syndication.read(body, content_type)
    asked = msgspec.msgpack.encode(Asked(content_type, body))
    try:
        done = subprocess.run([*COMMAND, str(SECONDS)], input=asked, capture_output=True, timeout=PATIENCE)  # noqa: S603  our own module
        told = msgspec.msgpack.decode(done.stdout, type=Told)
    except subprocess.TimeoutExpired as error:
        raise ChannelError("There was no time here to read this feed. It is asked for again.", status=503) from error
    except msgspec.DecodeError as error:
        if done.returncode == -signal.SIGXCPU:
            said = "This feed takes too long to read: it is too large, or made to be slow."
            raise ChannelError(said, permanent=True) from error
        raise ChannelError(
            "This feed cannot be read: it needs more memory than it may have.", permanent=True
        ) from error
    if told.feed is None:
        raise ChannelError(told.error, permanent=True)
    return told.feed


def _main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    seconds = int(sys.argv[1])
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 2))
    asked = msgspec.msgpack.decode(sys.stdin.buffer.read(), type=Asked)
    try:
        told = Told(syndication.read(asked.body, asked.type))
    except ChannelError as error:
        told = Told(error=error.message)
    sys.stdout.buffer.write(msgspec.msgpack.encode(told))


if __name__ == "__main__":
    _main()
