"""The operators in words: what the help beside the search says, example by example."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

HELP = (
    (
        _("Words"),
        (
            (
                ("kettle refund",),
                _("both words, in what was said; of people in their names, of orders in number, status and goods"),
            ),
            (('"lost bag"',), _("exactly this phrase")),
            (("-refund",), _("not this; a minus may stand before everything")),
            (("refund OR money",), _("one of the two; OR in capitals, between any two conditions")),
        ),
    ),
    (
        _("Who and where"),
        (
            (("from:ann", 'from:"Ann Lee"', "from:@ann"), _("written by somebody of this name or handle")),
            (("org:berg",), _("written by somebody of this organisation")),
            (("from:us", "from:me"), _("written by us, by yourself")),
            (("to:us", "about:us", "about:rival"), _("said to us; said about us, about a rival")),
            (
                ("channel:mail", 'to:"Support desk"'),
                _("on this network or channel, or through the source of this name"),
            ),
            (("assigned:bea", "assigned:me", "assigned:nobody"), _("whose matter it is")),
        ),
    ),
    (
        _("What it is"),
        (
            (("is:open", "is:needs", "is:waiting", "is:answered", "is:quiet"), _("its state")),
            (("is:late", "is:snoozed", "is:mine", "is:unassigned"), _("how it stands on the desk")),
            (("is:frustrated",), _("its turns say that somebody is stuck with us")),
            (("is:public", "is:private", "is:ours", "is:theirs"), _("where it was said, and by which side")),
            (
                ("is:question", "is:complaint", "is:praise", "is:thanks", "is:leaving", "is:danger", "is:hardship"),
                _("what the message is, as the program or a colleague read it"),
            ),
            (
                ("is:rumour", "is:advice", "is:pledge", "is:helped", "is:rant", "is:spam", "is:unsure"),
                _("the rarer ones"),
            ),
            (("tag:refund", "has:tag"), _("it bears this tag, any tag")),
            (("has:note", "has:draft", "has:answer"), _("a note, a draft of yours, an answer of ours hangs on it")),
            (("has:link", "has:promise", "has:rating"), _("the message holds one")),
            (("lang:de",), _("the language it is written in, as a code")),
        ),
    ),
    (
        _("When"),
        (
            (
                ("after:2026-03-01", "before:2026-03", "on:yesterday"),
                _("a day, a month, a year; days begin in your zone"),
            ),
            (("after:7d", "before:2w"), _("in the last seven days; longer ago than two weeks (h, d, w, m, y)")),
        ),
    ),
    (
        _("Orders beside words"),
        (
            (
                ("has:order", "order:A-77", "order:shipped"),
                _("whoever wrote it has an order; this number, this status"),
            ),
            (("bought:kettle", 'bought:"tea pot"'), _("they bought something of this name")),
            (
                ("delivered:<7d", "placed:>30d", "delivered:2026-03"),
                _("less than 7 days ago; more than 30; in that month"),
            ),
            (("within:7d-of-delivery",), _("written within 7 days of a delivery to them, before or after")),
            (("within:2d-after-delivery", "within:1w-after-order"), _("only after it (or: before)")),
        ),
    ),
)
"""Groups of (examples, what they find)."""
