"""The fair write lock: first come, first served, re-entrant within a thread, never lost with a thread that ends."""

from __future__ import annotations

import logging
import threading
from collections import deque
from types import TracebackType

PATIENCE = 1.0
"""Seconds after which whoever waits looks whether the thread they wait for still lives."""
log = logging.getLogger(__name__)


class FairLock:
    """A re-entrant lock that serves threads in the order in which they asked.

    A thread that ends with the turn in its hands loses it (its connection, and with it its transaction, ended too).
    """

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._waiting: deque[threading.Lock] = deque()
        self._owner: threading.Thread | None = None
        self._passing = False
        """The turn is given to somebody who has not woken up yet: nobody may slip in between."""
        self._depth = 0

    def acquire(self) -> None:
        me = threading.current_thread()
        with self._guard:
            if self._owner is me:
                self._depth += 1
                return
            if self._owner is None and not self._passing:
                self._owner, self._depth = me, 1
                return
            turn = threading.Lock()
            turn.acquire()
            self._waiting.append(turn)
        try:
            while not turn.acquire(timeout=PATIENCE):  # released by whoever hands us the turn
                self._take_from_the_dead()
        except BaseException:  # Ctrl-C while waiting: nobody may hand the turn to us any more
            self._give_up(turn)
            raise
        with self._guard:
            self._owner, self._depth, self._passing = me, 1, False

    def release(self) -> None:
        with self._guard:
            if self._owner is not threading.current_thread():
                raise RuntimeError("A thread gave back a write turn that it does not hold.")
            self._depth -= 1
            if not self._depth:
                self._hand_over()

    def _hand_over(self) -> None:
        self._owner, self._passing = None, bool(self._waiting)
        if self._waiting:
            self._waiting.popleft().release()

    def _take_from_the_dead(self) -> None:
        with self._guard:
            if self._owner is not None and not self._owner.is_alive():
                log.error("The thread %s ended while it held the write turn; the turn goes on.", self._owner.name)
                self._hand_over()

    def _give_up(self, turn: threading.Lock) -> None:
        with self._guard:
            if turn in self._waiting:
                self._waiting.remove(turn)
            else:
                self._hand_over()

    def __enter__(self) -> None:
        self.acquire()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self.release()


WRITES = FairLock()
