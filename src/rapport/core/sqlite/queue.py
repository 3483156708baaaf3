"""The fair write lock: first come, first served, re-entrant within a thread."""

from __future__ import annotations

import threading
from collections import deque
from types import TracebackType


class FairLock:
    """A re-entrant lock that serves threads in the order in which they asked."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._waiting: deque[threading.Lock] = deque()
        self._owner: int | None = None
        self._depth = 0

    def acquire(self) -> None:
        me = threading.get_ident()
        with self._guard:
            if self._owner == me:
                self._depth += 1
                return
            if self._owner is None:
                self._owner, self._depth = me, 1
                return
            turn = threading.Lock()
            turn.acquire()
            self._waiting.append(turn)
        turn.acquire()  # released by whoever hands us the turn
        with self._guard:
            self._owner, self._depth = me, 1

    def release(self) -> None:
        with self._guard:
            if self._owner != threading.get_ident():
                raise RuntimeError("A thread gave back a write turn that it does not hold.")
            self._depth -= 1
            if self._depth:
                return
            if self._waiting:
                self._owner = -1  # taken: nobody may slip in between hand-over and wake-up
                self._waiting.popleft().release()
            else:
                self._owner = None

    def __enter__(self) -> None:
        self.acquire()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self.release()


WRITES = FairLock()
