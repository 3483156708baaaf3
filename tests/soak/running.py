"""One soak, from its first word to its account: threads that speak, answer, repair and do harm, and one that kills."""

from __future__ import annotations

import contextlib
import queue
import random
import sqlite3
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import httpx
import psycopg

from tests.soak import ledger
from tests.soak.desk import Agent
from tests.soak.doors import Chat, Files
from tests.soak.house import House
from tests.soak.ledger import THEIRS, Facts
from tests.soak.places import Place

GROWTH = 1.25
"""How much more memory a process may hold in the last third of a life than in its second quarter."""
MOST_MB = 700
"""What one process may hold at any moment."""

MOST_PENDING = 3
"""Troubles that wait for one place at a time."""


@dataclass(frozen=True)
class Plan:
    """``seconds`` of traffic, and more (three times as many at most) until ``least`` answers were given; a trouble every
    ``pause`` seconds for the first nine tenths of them; then up to ``settle`` seconds until all is at its end. ``kills``:
    how often Rapport dies."""

    seconds: float
    seed: int = 7
    pause: float = 2.0
    kills: int = 2
    settle: float = 60.0
    agents: int = 2
    least: int = 0


@dataclass
class Report:
    """What came of it; ``wrong`` is empty where all is as it must be."""

    facts: Facts
    wrong: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    log: list[str] = field(default_factory=list)
    """All that Rapport printed."""


class Soak:
    """``run`` once."""

    def __init__(self, house: House, places: list[Place], plan: Plan, tell: Callable[[str], object]) -> None:
        self.house, self.places, self.plan, self.tell = house, places, plan, tell
        self.named = {place.name: place for place in places}
        self.dice = random.Random(plan.seed)
        self.facts = Facts()
        self.wrong: list[str] = []
        self.waiting: queue.Queue[tuple[int, str]] = queue.Queue()
        self.quiet, self.over = threading.Event(), threading.Event()
        self.threads: list[threading.Thread] = []
        self.first = Agent(house)
        self.spans: dict[str, float] = {}
        """How many seconds each part of it took."""
        self.last: list[str] = []
        """What came to its end last."""

    def run(self) -> Report:
        house, plan, opened = self.house, self.plan, time.monotonic()
        connected = {one.name: (one.kind, one.settings()) for one in self.places if not isinstance(one, Files)}
        house.connect(connected)
        house.start()
        self.first.log_in()
        for place in self.places:
            place.begin(house)
        began = time.monotonic()
        talking = [self._thread(self._talk, place) for place in self.places]
        working = [self._thread(self._answer) for _ in range(plan.agents)]
        for act in (self._watch, self._keep):
            self._thread(act)
        self._storm(began)
        self._until(began + plan.seconds)
        while len(self.facts.given) < plan.least and time.monotonic() < began + 3 * plan.seconds:
            time.sleep(0.2)
        self.quiet.set()
        for place in self.places:
            place.calm()
        for thread in [*talking, *working]:
            thread.join(300)
        self.spans = {"until it began": began - opened, "of traffic": time.monotonic() - began}
        calm = time.monotonic()
        self._settle()
        self.spans["until all was settled"] = time.monotonic() - calm
        return self._report(time.monotonic() - began)

    def _thread(self, act: Callable[..., None], *given: object) -> threading.Thread:
        def run() -> None:
            try:
                act(*given)
            except Exception as error:  # whatever fails in the soak itself is told in its report
                self.wrong.append(f"{act.__name__} {given[0].name if given else ''}: {error!r}")  # type: ignore[attr-defined]

        thread = threading.Thread(target=run, daemon=True, name=act.__name__)
        thread.start()
        self.threads.append(thread)
        return thread

    def _until(self, moment: float) -> None:
        time.sleep(max(0.0, moment - time.monotonic()))

    def _talk(self, place: Place) -> None:
        if isinstance(place, Files):
            self._import(place)
            return
        dice, number = random.Random(f"{self.plan.seed} {place.name}"), 0
        while not self.quiet.wait(dice.uniform(0.3, 1.7) * place.pace):
            number += 1
            mark = f"{place.name}-{number}"
            self.facts.said[mark] = place.say(mark)

    def _import(self, place: Files) -> None:
        first, desk = 1, Agent(self.house, self.first)
        while not self.quiet.is_set():
            file, began = place.file(first), time.time()
            self.facts.said |= {f"{place.name}-{n}": began for n in range(first, first + place.rows)}
            while not self.over.is_set():
                try:
                    desk.bring(f"history-{first}.jsonl", file)
                    break
                except (OSError, ValueError, httpx.HTTPError):
                    time.sleep(0.5)
            first += place.rows
            self.quiet.wait(place.pace)

    def _watch(self) -> None:
        """Whatever is new on the desk is noted with its moment; some of it is for an agent to answer."""
        after, dice, beat = 0, random.Random(self.plan.seed), 0
        while not self.over.wait(0.25):
            beat += 1
            if beat % 8 == 0:
                self.house.measure()
            if beat % 240 == 0:
                self.tell(self._so_far())
            with contextlib.suppress(sqlite3.OperationalError, psycopg.OperationalError):
                for id, talk, text in self.house.fresh(after - 200):
                    after = max(after, id)
                    for mark in THEIRS.findall(text):
                        if mark not in self.facts.known:
                            self.facts.known[mark] = time.time()
                            if dice.random() < self.named[ledger.place(mark)].answered:
                                self.waiting.put((talk, mark))

    def _so_far(self) -> str:
        facts, most = self.facts, [kb for life in self.house.lives.values() for _, kb in life[-1:]]
        return (
            f"{len(facts.said)} said, {len(facts.known)} on the desk, {len(facts.given)} answered, "
            f"{sum(facts.troubles.values())} troubles, life {self.house.life}, {(most or [0])[-1] // 1024} MB"
        )

    def _answer(self) -> None:
        desk = Agent(self.house, self.first)
        while not self.quiet.is_set():  # what nobody has begun to answer by then stays for tomorrow
            try:
                talk, mark = self.waiting.get(timeout=0.3)
            except queue.Empty:
                continue
            if desk.answer(talk, f"Your parcel left on Monday, number {mark.rpartition('-')[2]}. [{mark}]", self.over):
                self.facts.given.add(mark)
            else:
                self.wrong.append(f"The answer to {mark} was not taken.")

    def _keep(self) -> None:
        """Somebody gives new credentials to whatever asks for them, and looks after the rest."""
        desk, beat = Agent(self.house, self.first), 0
        while not self.over.wait(1.0):
            beat += 1
            with contextlib.suppress(sqlite3.OperationalError, psycopg.OperationalError):
                for name in self.house.refused():
                    desk.repair(name, self.named[name].settings())
                    self.facts.troubles[f"{name}: repaired by hand"] += 1
            if beat % 20 == 0:
                for place in self.places:
                    place.mend(desk)

    def _storm(self, began: float) -> None:
        """Every trouble of every place, in an order of chance, again and again; and Rapport dies ``kills`` times."""
        end = began + self.plan.seconds * 0.9
        deaths = [began + self.plan.seconds * 0.75 * (n + 1) / (self.plan.kills + 1) for n in range(self.plan.kills)]
        todo: list[tuple[Place, str, Callable[[], object]]] = []
        while (now := time.monotonic()) < end:
            if deaths and now >= deaths[0]:
                deaths.pop(0)
                self.facts.troubles["rapport: killed"] += 1
                self.house.kill()
                time.sleep(self.dice.uniform(0.2, 1.5))
                self.house.start()
            if not todo:
                todo = [(one, what, act) for one in self.places for what, act in one.troubles().items()]
                self.dice.shuffle(todo)
            place, what, act = todo.pop()
            if place.pending() >= MOST_PENDING:  # more than it meets would only be one long trouble
                time.sleep(0.05)
                continue
            act()
            self.facts.troubles[f"{place.name}: {what}"] += 1
            time.sleep(self.dice.uniform(0.5, 1.5) * self.plan.pause)

    def _settle(self) -> None:
        """Until everything is at its end. A person looks after what waits for a person, as before."""
        due = time.monotonic() + self.plan.settle
        desk = Agent(self.house, self.first)
        for place in self.places:
            place.mend(desk)
        for name in self.house.failing():  # it would come back by itself, within a quarter of an hour at the latest
            desk.look_now(name)
            self.facts.troubles[f"{name}: looked at by hand"] += 1
        while time.monotonic() < due:
            self._account()
            if not (waits := ledger.unsettled(self.facts)):
                break
            self.last = waits
            time.sleep(0.5)
        time.sleep(1.0)  # a double would come now
        self._account()

    def _account(self) -> None:
        self.house.account(self.facts)
        self.facts.heard = sum((one.heard() for one in self.places), start=type(self.facts.heard)())

    def _report(self, seconds: float) -> Report:
        self.over.set()
        for place in self.places:
            if isinstance(place, Chat):
                place.over.set()
        for thread in self.threads:
            thread.join(5)
        code = self.house.stop()
        wrong = [*self.wrong, *ledger.wrong(self.facts), *self.house.complaints()]
        wrong += [f"Rapport ended with {code}."] if code else []
        wrong += self._memory()
        report = Report(self.facts, wrong, log=self.house.lines)
        rows = ledger.table(self.facts, [place.name for place in self.places])
        widths = [max(len(row[n]) for row in rows) for n in range(len(ledger.HEAD))]
        report.lines = ["  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]
        report.lines += ["", *self._figures(seconds)]
        return report

    def _memory(self) -> list[str]:
        most = max((kb for life in self.house.lives.values() for _, kb in life), default=0) // 1024
        wrong = [f"The process held {most} MB, more than {MOST_MB}."] if most > MOST_MB else []
        for life, long, early, late in ledger.growth(self.house.lives):
            if long >= 300 and late > early * GROWTH:
                wrong.append(f"In its life {life} the process grew from {early} to {late} MB within {long:.0f} s.")
        return wrong

    def _figures(self, seconds: float) -> list[str]:
        house, troubles = self.house, self.facts.troubles
        most = max((kb for life in house.lives.values() for _, kb in life), default=0) // 1024
        found = [
            f"{seconds:.0f} s on {'PostgreSQL' if house.database else 'SQLite'}, seed {self.plan.seed}; "
            f"{sum(troubles.values())} troubles; Rapport was killed {troubles['rapport: killed']} times.",
            ", ".join(f"{long:.0f} s {what}" for what, long in self.spans.items()) + ".",
            f"The last to come to its end: {', '.join(self.last[:5]) or 'nothing in particular'}.",
            f"At most {most} MB, {house.most['threads']} threads, {house.most['files']} open files.",
        ]
        found += [
            f"Life {life}, {long:.0f} s: {early} MB early, {late} MB late."
            for life, long, early, late in ledger.growth(house.lives)
        ]
        found += [f"  {what}: {n}" for what, n in sorted(troubles.items())]
        return found
