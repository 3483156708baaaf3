"""Health: how each source of a workspace does, and which jobs gave up, measured and in sentences.

The page and ``rapport check`` both ask here, so that they say the same.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Count, F, Min
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from rapport.accounts.models import Workspace
from rapport.core.models import Work
from rapport.core.saying import grouped, said
from rapport.inbox import rhythm, scanning, vouching
from rapport.inbox.models import Arrival, Message, Pulse, Source
from rapport.inbox.standing import SOON

LATE = timedelta(minutes=15)
"""A lag, or a wait for the line, that somebody should know of."""
A_MOMENT = timedelta(minutes=2)
"""A silence, or a lag, that nobody would call one."""
LAG_OF = 2_000
"""The newest messages of the workspace of which the lag is told."""
JOBS = {
    "import": gettext_lazy("An import"),
    "mail.vouch": gettext_lazy("Looking up who vouches for your mail"),
    "backfill": gettext_lazy("Bringing along what was said before"),
    "export": gettext_lazy("An export"),
    "forget": gettext_lazy("Forgetting a person"),
    "outgoing.send": gettext_lazy("An answer on its way out"),
    "chat.letter": gettext_lazy("A letter to somebody who left a chat"),
    "reprocess": gettext_lazy("Reading everything again"),
    "event.read": gettext_lazy("What follows from an event"),
}


@dataclass(frozen=True)
class Sentence:
    """One thing to know about a source. ``bad``: somebody should look."""

    text: str
    bad: bool = False
    elsewhere: bool = False
    """The page says it at a place of its own; the command says it here."""


@dataclass(frozen=True)
class SourceHealth:
    """One source: what is measured of it. ``lag`` is the median of arrived − said over its newest messages."""

    source: Source
    verdict: rhythm.Verdict | None
    lag: timedelta | None
    waiting: int
    waiting_since: datetime | None
    set_aside: int
    now: datetime

    @property
    def vouched(self) -> vouching.Vouched | None:
        """Who vouches for a mailbox's mail, as it was looked up last."""
        return vouching.of(self.source)

    @property
    def sentences(self) -> list[Sentence]:
        return [*_silence(self), *_lag(self), *_rows(self), *_vouching(self)]

    @property
    def well(self) -> bool:
        return not any(sentence.bad for sentence in self.sentences)


@dataclass(frozen=True)
class Health:
    """All sources of a workspace, and the jobs of it that gave up, the newest first."""

    sources: list[SourceHealth]
    dead: list[Work]
    unscanned: int = 0
    unscanned_since: datetime | None = None
    now: datetime | None = None

    @property
    def sentences(self) -> list[Sentence]:
        """What concerns no source alone."""
        if not self.unscanned or self.unscanned_since is None or self.now is None:
            return []
        words = ngettext(
            "%(n)s file waits for the virus scanner, the oldest for %(span)s. Is it running?",
            "%(n)s files wait for the virus scanner, the oldest for %(span)s. Is it running?",
            self.unscanned,
        )
        facts = {"n": grouped(self.unscanned), "span": length(self.now - self.unscanned_since)}
        return [Sentence(words % facts, bad=True)]

    @property
    def well(self) -> bool:
        return not self.dead and not self.sentences and all(one.well for one in self.sources)


def look(workspace: Workspace, now: datetime) -> Health:
    """How everything stands at ``now``: six queries, whatever the number of sources."""
    sources = list(Source.objects.filter(workspace=workspace).order_by("name", "pk"))
    judged, lags = verdicts(workspace, sources, now), _lags(workspace, now)
    waiting = Arrival.objects.filter(workspace=workspace, done_at=None, poison_at=None).order_by()
    waits = {id: (n, since) for id, n, since in waiting.values_list("source").annotate(Count("pk"), Min("arrived_at"))}
    aside = Arrival.objects.filter(workspace=workspace).exclude(poison_at=None).order_by()
    stuck = dict(aside.values_list("source").annotate(Count("pk")))
    found = [
        SourceHealth(
            source=source,
            verdict=judged.get(source.pk),
            lag=lags.get(source.pk),
            waiting=waits.get(source.pk, (0, None))[0],
            waiting_since=waits.get(source.pk, (0, None))[1],
            set_aside=stuck.get(source.pk, 0),
            now=now,
        )
        for source in sources
    ]
    dead = Work.objects.filter(workspace_id=workspace.pk).exclude(dead_at=None).order_by("-dead_at", "-pk")
    return Health(found, list(dead), *scanning.waits(workspace.pk, now), now)


def verdicts(workspace: Workspace, sources: list[Source], now: datetime) -> dict[int, rhythm.Verdict]:
    """source → whether its silence is unusual, in one query; none for files of history and for what is paused."""
    zone = ZoneInfo(workspace.zone)
    live = [source for source in sources if source.kind != "files" and source.paused_at is None]
    counts = _counts(live, now)
    return {source.pk: rhythm.judge(counts[source.pk], source.last_arrival_at, now, zone) for source in live}


def _counts(sources: list[Source], now: datetime) -> Mapping[int, dict[int, int]]:
    """source → hour → arrivals, for the eight weeks before each source's last arrival."""
    found: dict[int, dict[int, int]] = defaultdict(dict)
    spoken = [source for source in sources if source.last_arrival_at]
    first = min((Pulse.hour_of(s.last_arrival_at) for s in spoken if s.last_arrival_at), default=Pulse.hour_of(now))
    rows = Pulse.objects.filter(source__in=spoken, hour__gte=first - rhythm.HOURS)
    for id, hour, count in rows.values_list("source", "hour", "count"):
        found[id][hour] = count
    return found


def _lags(workspace: Workspace, now: datetime) -> dict[int, timedelta]:
    """source → median lag of what arrived in the last day, among the newest messages of the workspace.

    What was said before the source was connected is history brought along, and tells of no lag.
    """
    since = Message.objects.filter(workspace=workspace, said_at__gte=F("source__created_at"))
    newest = since.order_by("-pk").values_list("source", "arrived_at", "said_at")
    lags: dict[int, list[timedelta]] = defaultdict(list)
    for id, arrived_at, said_at in newest[:LAG_OF]:
        if now - arrived_at <= timedelta(days=1):
            lags[id].append(arrived_at - said_at)
    return {id: sorted(values)[len(values) // 2] for id, values in lags.items()}


def _silence(one: SourceHealth) -> list[Sentence]:
    verdict = one.verdict
    if one.source.paused_at is not None:
        span = length(one.now - one.source.paused_at)
        return [Sentence(_("Paused for %(span)s: it takes nothing until somebody opens it again.") % {"span": span})]
    if verdict is None:
        return []
    if verdict.word == "never":
        return [Sentence(_("Nothing has arrived yet."))]
    if verdict.silent_for < A_MOMENT:
        return []
    span, day = length(verdict.silent_for), WEEKDAYS[verdict.weekday]
    if verdict.word == "thin":
        return [Sentence(_("Silent for %(span)s. There is not enough history to say whether that is usual.")
                         % {"span": span})]  # fmt: skip
    if verdict.word == "usual":
        return [Sentence(_("Silent for %(span)s, as is usual.") % {"span": span})]
    words = _("Silent for %(span)s, unusual for a %(day)s: some %(n)s messages were to be expected.")
    return [Sentence(words % {"span": span, "day": day, "n": grouped(verdict.expected)}, bad=True)]


def _lag(one: SourceHealth) -> list[Sentence]:
    found = []
    if one.lag is not None and one.lag >= A_MOMENT and one.verdict is not None:
        words = _("Messages of the last day came %(span)s after they were said (half of them sooner).")
        found.append(Sentence(words % {"span": length(one.lag)}, bad=one.lag > LATE))
    if one.waiting:
        late = one.waiting_since is not None and one.now - one.waiting_since > LATE
        words = ngettext("%(n)s arrival waits for the line", "%(n)s arrivals wait for the line", one.waiting)
        since = _("the oldest for %(span)s") % {"span": length(one.now - (one.waiting_since or one.now))}
        found.append(Sentence(f"{words % {'n': grouped(one.waiting)}}, {since}.", bad=late))
    return found


def _rows(one: SourceHealth) -> list[Sentence]:
    source = one.source
    found = [Sentence(source.error, bad=True)] if source.error else []
    if source.reauthorise_at is not None:
        found.append(
            Sentence(_("Its network no longer takes our credentials: sign in again in its settings."), bad=True)
        )
    if source.expires_at is not None and source.expires_at - one.now <= SOON:
        span = length(source.expires_at - one.now)
        found.append(Sentence(_("Its credentials die in %(span)s: sign in again before.") % {"span": span}, bad=True))
    if n := one.source.unreadable:
        words = ngettext("%(n)s row could not be read and is kept.", "%(n)s rows could not be read and are kept.", n)
        found.append(Sentence(words % {"n": grouped(n)}))
    if n := one.source.passed:
        words = ngettext(
            "%(n)s post was about nothing you listen for.", "%(n)s posts were about nothing you listen for.", n
        )
        found.append(Sentence(words % {"n": grouped(n)}))
    if n := one.set_aside:
        words = ngettext("%(n)s message is set aside.", "%(n)s messages are set aside.", n)
        found.append(Sentence(words % {"n": grouped(n)}, bad=True))
    return found


def _vouching(one: SourceHealth) -> list[Sentence]:
    """What is wrong with the records that vouch for our mail; what is well with them stands on the page alone."""
    found = one.vouched.findings if one.vouched else ()
    return [
        Sentence(f"{finding.kind}: {said(finding.words)}", bad=True, elsewhere=True) for finding in found if finding.bad
    ]


def gave_up(row: Work) -> str:
    """A dead job in words: what it was, and why it gave up."""
    return f"{JOBS.get(row.kind, row.kind)}: {row.error}"


def length(span: timedelta) -> str:
    """A length in its largest whole unit, in words short enough for a sentence."""
    minutes = max(0, int(span.total_seconds())) // 60
    if minutes < 120:
        return _("%(n)s min") % {"n": minutes}
    return _("%(n)s h") % {"n": minutes // 60} if minutes < 2880 else _("%(n)s days") % {"n": minutes // 1440}
