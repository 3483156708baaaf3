"""Times in words. Pages show how long ago; the absolute time is in the title and the accessible name."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.dates import MONTHS, MONTHS_3, WEEKDAYS_ABBR
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rapport.core.database import now

_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_COUNTED = timedelta(days=40)


def span(length: timedelta) -> str:
    """A length in its largest unit, short: ``4 m``, ``3 h``, ``12 d``, ``2 y``."""
    seconds = abs(int(length.total_seconds()))
    if seconds < _MINUTE:
        return _("%(n)s s") % {"n": seconds}
    if seconds < _HOUR:
        return _("%(n)s m") % {"n": seconds // _MINUTE}
    if seconds < 2 * _DAY:
        return _("%(n)s h") % {"n": seconds // _HOUR}
    if seconds < 730 * _DAY:
        return _("%(n)s d") % {"n": seconds // _DAY}
    return _("%(n)s y") % {"n": seconds // (365 * _DAY)}


def ago(moment: datetime) -> str:
    """How long ago, short enough for a row; from some weeks on the day, since nobody counts 208 days back."""
    moment_now = now()
    passed = moment_now - moment
    if passed >= _COUNTED:
        there = timezone.localtime(moment)
        month = str(MONTHS_3[there.month]).capitalize()
        near = there.year == timezone.localtime(moment_now).year
        return _("%(day)s %(month)s") % {"day": there.day, "month": month} if near else f"{month} {there.year}"
    return _("now") if passed < timedelta(seconds=45) else span(passed)


def since(moment: datetime) -> str:
    """How long ago, as a sentence says it: ``just now``, ``4 minutes ago``."""
    seconds = int((now() - moment).total_seconds())
    if seconds < 45:
        return _("just now")
    if seconds < _HOUR:
        n = max(1, seconds // _MINUTE)
        return ngettext("%(n)s minute ago", "%(n)s minutes ago", n) % {"n": n}
    if seconds < 2 * _DAY:
        n = seconds // _HOUR
        return ngettext("%(n)s hour ago", "%(n)s hours ago", n) % {"n": n}
    if seconds < 730 * _DAY:
        n = seconds // _DAY
        return ngettext("%(n)s day ago", "%(n)s days ago", n) % {"n": n}
    n = seconds // (365 * _DAY)
    return ngettext("%(n)s year ago", "%(n)s years ago", n) % {"n": n}


def until(moment: datetime) -> str:
    """The clock in words: ``due in 2 h``, or ``late 3 h``."""
    left = moment - now()
    return (
        _("due in %(span)s") % {"span": span(left)}
        if left >= timedelta(0)
        else _("late %(span)s") % {"span": span(left)}
    )


def absolute(moment: datetime) -> str:
    """Day and time in the reader's zone. (``date_format`` costs ten times as much, and a stream asks for a hundred.)"""
    there = timezone.localtime(moment)
    return _("%(date)s, %(time)s") % {"date": _date(there), "time": f"{there.hour:02}:{there.minute:02}"}


def _date(there: datetime) -> str:
    return _("%(day)s %(month)s %(year)s") % {"day": there.day, "month": MONTHS[there.month], "year": there.year}


def weekday(moment: datetime) -> str:
    """A time that is near, as one says it: ``Mon 9:00``, with the day of the month where it is a week away or more."""
    there = timezone.localtime(moment)
    day = f"{WEEKDAYS_ABBR[there.weekday()]} {there:%H:%M}"
    return day if moment - now() < timedelta(days=6) else f"{there.day} {MONTHS[there.month]}, {day}"


def iso(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")


def clock_of_day(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "H:i")


def named_day(moment: datetime) -> str:
    """A day as one promises it: ``Tue 3 November``, with its year where that is another."""
    there = timezone.localtime(moment)
    short = f"{WEEKDAYS_ABBR[there.weekday()]} {there.day} {MONTHS[there.month]}"
    return short if there.year == timezone.localtime(now()).year else f"{short} {there.year}"


def day(moment: datetime) -> str:
    return _date(timezone.localtime(moment))
