"""What a conversation holds, measured: promises by their spans, frustration by threads."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final

from rapport.understanding import Post, PromiseSpan, Turn, Us, read
from rapport.understanding.structure import frustration

TASKS: Final = ("promise", "frustration")
_BATCH: Final = 512
Rows = Sequence[dict[str, Any]]


def figures(task: str, labelled: Rows) -> dict[str, Any]:
    """The figures of one of TASKS. Raises ValueError with a sentence for a row that cannot be used."""
    return _promises(labelled) if task == "promise" else _frustration(labelled)


def _promises(labelled: Rows) -> dict[str, Any]:
    """``precision, recall`` by overlapping spans, each met once; of these ``who_accuracy`` and ``due_accuracy`` (the
    same day, or none on both sides); ``due_recall`` over the dated ones that were met."""
    posts, expected = [], []
    for number, row in enumerate(labelled, 1):
        posts.append(Post(text=row["text"], ours=row.get("from") == "us", said_at=_time(row.get("said_at"), number)))
        expected.append(_expected(row, number))
    met = said = true = who = due = dated = dated_right = 0
    for at in range(0, len(posts), _BATCH):
        for reading, wanted in zip(read(posts[at : at + _BATCH], Us()), expected[at : at + _BATCH], strict=True):
            said, true = said + len(reading.promises), true + len(wanted)
            for span, promise in _pairs(reading.promises, wanted):
                right = _due(span) == _day(promise.get("due"))
                met, who, due = met + 1, who + (str(span.who) == str(promise.get("who"))), due + right
                if promise.get("due"):
                    dated, dated_right = dated + 1, dated_right + right
    precision, recall = _share(met, said), _share(met, true)
    return {
        "n": len(labelled), "promises": true, "precision": precision, "recall": recall,
        "f1": _share(2 * precision * recall, precision + recall), "who_accuracy": _share(who, met),
        "due_accuracy": _share(due, met), "due_recall": _share(dated_right, dated),
        "trivial": {"every_message_is_a_promise": {"precision": _share(sum(map(bool, expected)), len(expected)),
                                                   "recall": _share(sum(map(bool, expected)), true)}},
    }  # fmt: skip


def _expected(row: dict[str, Any], number: int) -> list[dict[str, Any]]:
    wanted = row["promises"]
    if not isinstance(wanted, list) or not all(isinstance(one, dict) for one in wanted):
        raise ValueError(f"Post {number}: promises are a list of objects with a span.")
    for one in wanted:
        if str(one.get("span", "")) not in row["text"] or not one.get("span"):
            raise ValueError(f"Post {number}: {str(one.get('span'))[:60]!r} does not stand in its text.")
        _day(one.get("due"))
    return wanted


def _pairs(said: Sequence[PromiseSpan], wanted: Sequence[dict[str, Any]]) -> list[tuple[PromiseSpan, dict[str, Any]]]:
    pairs, free = [], list(wanted)
    for span in said:
        for promise in free:
            words = str(promise["span"])
            if words in span.text or span.text in words or _overlap(span, words, promise):
                pairs.append((span, promise))
                free.remove(promise)
                break
    return pairs


def _overlap(span: PromiseSpan, words: str, promise: dict[str, Any]) -> bool:
    """Whether at least a half of the shorter is shared, counted in words in a row."""
    one, other = span.text.split(), words.split()
    shared = len(set(one) & set(other))
    return shared * 2 >= min(len(one), len(other))


def _due(span: PromiseSpan) -> date | None:
    found = getattr(span, "due_on", None)
    return found if isinstance(found, date) else None


def _day(value: object) -> date | None:
    if not value:
        return None
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError as error:
        raise ValueError(f"{str(value)[:40]!r} is no date such as 2026-03-09.") from error


def _frustration(labelled: Rows) -> dict[str, Any]:
    """Counts of threads: ``stuck`` and of them ``in_time``, ``late``, ``missed``; ``calm`` and ``false_alarms``."""
    counts = dict.fromkeys(("n", "stuck", "in_time", "late", "missed", "calm", "false_alarms"), 0)
    for number, row in enumerate(labelled, 1):
        turns, bound = _turns(row, number), row["should_alarm_by_turn"]
        if bound is not None and (not isinstance(bound, int) or bound < 1):
            raise ValueError(f"Thread {number}: should_alarm_by_turn is the number of a turn, or null.")
        alarm = frustration(turns)
        counts["n"] += 1
        counts["calm" if bound is None else "stuck"] += 1
        if bound is None:
            counts["false_alarms"] += alarm is not None
        else:
            counts["missed" if alarm is None else "in_time" if alarm.turn <= bound else "late"] += 1
    return counts | {
        "in_time_share": _share(counts["in_time"], counts["stuck"]),
        "false_alarm_share": _share(counts["false_alarms"], counts["calm"]),
        "trivial": {
            "an_alarm_at_once_for_everybody": {"in_time": counts["stuck"], "missed": 0, "false_alarms": counts["calm"]},
            "never": {"in_time": 0, "missed": counts["stuck"], "false_alarms": 0},
        },
    }


def _turns(row: dict[str, Any], number: int) -> list[Turn]:
    turns = row["turns"]
    if not isinstance(turns, list) or not turns:
        raise ValueError(f"Thread {number} has no turns.")
    found = []
    for turn in turns:
        if (
            not isinstance(turn, dict)
            or not isinstance(turn.get("text"), str)
            or turn.get("from") not in ("us", "them")
        ):
            raise ValueError(f"Thread {number}: a turn has a text, and from is us or them.")
        ours = turn["from"] == "us"
        found.append(Turn(ours=ours, author="us" if ours else "them", text=turn["text"],
                          said_at=_time(turn.get("at"), number)))  # fmt: skip
    return found


def _time(value: object, number: int) -> datetime | None:
    if not value:
        return None
    try:
        return datetime.fromisoformat(str(value))
    except ValueError as error:
        raise ValueError(f"Row {number}: {str(value)[:40]!r} is no time such as 2026-03-02T08:00:00Z.") from error


def _share(part: float, whole: float) -> float:
    return round(part / whole, 4) if whole else 0.0
