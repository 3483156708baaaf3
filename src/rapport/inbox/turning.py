"""How a conversation turns, pure: its state, and what was just said, give its next state (DOMAIN: *Conversation*)."""

from __future__ import annotations

from rapport.inbox.triage.disposition import Disposition

QUIET, NEEDS_ANSWER, SETTLED = "quiet", "needs_answer", "settled"
WAITING_ON_THEM, WAITING_ON_COMMUNITY = "waiting_on_them", "waiting_on_community"
WAITING_INSIDE, SNOOZED = "waiting_inside", "snoozed"
AT_ONCE = 3
"""The urgency of danger and death (DOMAIN: *Urgency*)."""
IN_HAND = frozenset({NEEDS_ANSWER, WAITING_ON_THEM, WAITING_INSIDE, WAITING_ON_COMMUNITY})
"""Neither done nor put off: what counts as somebody's own work."""


def on_arrival(state: str, decided: Disposition, *, first: bool) -> str:
    """Their message arrived. Needs yes or unsure: the desk, unless a peer is already answering.

    Whatever they say wakes what was snoozed. Else needs no leaves the state as it is, but a closing courtesy settles what
    waited on them, and a first arrival is quiet.
    """
    if decided.needs != "no" or state == SNOOZED:
        return NEEDS_ANSWER
    if decided.peer_answering and state == NEEDS_ANSWER:
        return WAITING_ON_COMMUNITY
    if first:
        return WAITING_ON_COMMUNITY if decided.peer_answering else QUIET
    return SETTLED if decided.settles and state == WAITING_ON_THEM else state


def on_reply(*, asks: bool) -> str:
    """Our visible reply went out: we wait on them if it asks something, else the matter is settled."""
    return WAITING_ON_THEM if asks else SETTLED


def stays_grave(state: str, urgency: int) -> bool:
    """What was to be answered at once (danger, a death) stays so while we wait for what they say to our answer: the words
    in which somebody answers a question of ours seldom name it again. Settled, it is over."""
    return state == WAITING_ON_THEM and urgency >= AT_ONCE
