"""Words on the screen for the codes of the engine: states, rows of the decision table, networks. Nothing is decided."""

from __future__ import annotations

from urllib.parse import urlsplit
from zlib import crc32

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rapport.core.saying import said
from rapport.inbox.triage import words as reasons
from rapport.web.habits import habit

STREAMS = {
    "needs": _("Needs an answer"),
    "mine": _("Mine"),
    "waiting": _("Waiting"),
    "answered": _("Answered"),
    "quiet": _("No answer needed"),
    "all": _("All"),
}
FOUND = {
    "messages": _("Messages"),
    "conversations": _("Conversations"),
    "people": _("People"),
    "orders": _("Orders"),
}
EMPTY_STREAM = {
    "needs": (
        _("Nobody is waiting for an answer."),
        _("New messages appear here by themselves, the most pressing first."),
    ),
    "mine": (
        _("Nothing is assigned to you."),
        _("Open a conversation and choose Assign, or answer one: then it is yours."),
    ),
    "waiting": (
        _("Nothing is waiting."),
        _("When you ask somebody something, or snooze, the conversation waits here."),
    ),
    "answered": (_("Nothing has been answered yet."), _("What you answer or settle is kept here.")),
    "quiet": (_("Nothing here yet."), _("Messages that ask nothing of you are kept here, each with its reason.")),
    "all": (_("No conversations yet."), _("Import a file or connect a webhook, and they appear here.")),
}
EMPTY_VIEW = (
    _("Nothing fits this view now."),
    _("What fits it comes by itself. A view is changed, or removed, on the page Views."),
)
STATES = {
    "quiet": _("No answer needed"),
    "needs_answer": _("Needs an answer"),
    "waiting_on_them": _("Waiting on them"),
    "waiting_inside": _("Waiting inside"),
    "waiting_on_community": _("Waiting on the community"),
    "snoozed": _("Snoozed"),
    "settled": _("Answered"),
}
SNOOZES = {
    "hour": _("In an hour"),
    "afternoon": _("This afternoon"),
    "tomorrow": _("Tomorrow morning"),
    "monday": _("Monday morning"),
}
BULK = {
    "settle": _("Settled"),
    "silence": _("No answer needed"),
    "assign": _("Assigned"),
    "tag": _("Tagged"),
    "snooze": _("Snoozed"),
}
MOVED = {
    "conversation.quieted": _("%(name)s decided so"),
    "conversation.settled": _("settled by %(name)s"),
    "conversation.replied": _("answered by %(name)s"),
    "conversation.answered_there": _("answered there by %(name)s"),
    "conversation.snoozed": _("snoozed by %(name)s"),
    "conversation.asked": _("asked by %(name)s"),
}
"""Who brought a conversation where it stands, in its head."""
NEEDS = {"yes": _("needs an answer"), "no": _("no answer needed"), "unsure": _("unsure, so it is shown")}
URGENCY = {0: _("nothing presses"), 1: _("ordinary"), 2: _("pressing"), 3: _("at once")}
ROWS = {
    1: _("Danger, law, or a data breach"),
    2: _("Bereavement, illness, hardship"),
    3: _("Question or request to us"),
    4: _("Complaint to us"),
    5: _("Complaint about us, not addressed"),
    6: _("Wrong facts spreading"),
    7: _("Asks others for advice"),
    8: _("Praise to us"),
    9: _("Praise among friends"),
    10: _("A promise made to us"),
    11: _("Leaving, or comparing rivals"),
    12: _("Thank-you, closing courtesy"),
    13: _("A peer is already answering"),
    14: _("Rant, joke, or not about us"),
    15: _("Basher, bait, spam"),
    16: _("Unsure"),
}
OUTGOING = {
    "held": _("Held"),
    "queued": _("Queued"),
    "sending": _("Sending"),
    "sent": _("Sent"),
    "delivered": _("Delivered"),
    "read": _("Read"),
    "bounced": _("Came back"),
    "failed": _("Not sent"),
    "unknown": _("Nobody knows whether it left"),
    "withdrawn": _("Withdrawn"),
}
OUTGOING_BEFORE = {
    "sent": _("It had left before that."),
    "delivered": _("It had arrived before that."),
    "read": _("It had been read before that."),
}
"""Of an answer that was taken back, or deleted there: how far it had come."""
ACT = {
    "edit": _("Is being changed there"),
    "unsend": _("Is being taken back"),
    "react": _("Is being liked there"),
}
ACT_HELD = {"edit": _("Changed there in %n s"), "unsend": _("Taken back in %n s")}
ACT_FAILED = {
    "edit": _("Not changed there"),
    "unsend": _("Not taken back"),
    "react": _("Not liked there"),
}
STANDING = {
    "connected": _("connected"),
    "degraded": _("has trouble"),
    "needs_reauthorisation": _("sign in again"),
    "paused": _("paused"),
    "silent": _("silent"),
}
VISIBILITY = {
    "public": _("public"),
    "unlisted": _("public, not listed"),
    "followers": _("followers only"),
    "direct": _("private"),
}
SILENCE = {
    "not_about_us": _("Not about us"),
    "praise_to_friends": _("Praise among friends"),
    "already_settled": _("Already settled"),
    "being_helped": _("Somebody is helping"),
    "spam": _("Spam or bait"),
    "joke": _("Joke or rant"),
    "other": _("Another reason"),
}
TOLD = {"message": _("Messages"), "note": _("Notes"), "answer": _("On their way"), "order": _("Orders")}
"""The kinds of a timeline, in the order in which they are offered; notes of every kind are one."""
FEELINGS = {
    "joy": _("joy"),
    "gratitude": _("gratitude"),
    "admiration": _("admiration"),
    "optimism": _("hope"),
    "surprise": _("surprise"),
    "confusion": _("confusion"),
    "worry": _("worry"),
    "sadness": _("sadness"),
    "disappointment": _("disappointment"),
    "frustration": _("frustration"),
    "anger": _("anger"),
    "disgust": _("disgust"),
}
SIGN = {
    name: "positive" if name in {"joy", "gratitude", "admiration", "optimism"} else "negative" for name in FEELINGS
} | {"surprise": "neutral"}
"""Where a corrected emotion puts a message."""
TASKS = {"needs": _("Needs an answer"), "valence": _("How it was felt"), "row": _("What it is")}
TRAINED = {
    "used": _("in use"),
    "earlier": _("was in use"),
    "too_few": _("not tried: too few examples"),
    "one_sided": _("not tried: all examples say the same"),
    "no_better": _("refused: no better than what is in use"),
    "worse": _("refused: worse than the shipped model"),
    "worse_than_ours": _("refused: worse than the model in use"),
}
LOOKS = {
    "lifted": _("brought up"),
    "alike": _("seen, nothing changed"),
    "unknown": _("like nothing known"),
    "down": _("wanted less: discarded"),
    "garbage": _("no answer in it: discarded"),
    "schema": _("another form: discarded"),
    "uncited": _("cites what is not there: discarded"),
    "failed": _("failed"),
}
EXAMPLES = {
    "correction": _("corrections"),
    "label": _("labels"),
    "answered": _("answered"),
    "dismissed": _("no answer needed"),
    "reopened": _("reopened"),
    "assigned": _("assigned"),
    "stood": _("answered, and not called otherwise"),
}
LEVELS = {"low": _("displeased"), "even": _("even"), "high": _("pleased")}
VALENCES = {"negative": _("displeased"), "neutral": _("even"), "positive": _("pleased")}
FACTS = {
    "is": _("Is"),
    "works": _("Work:"),
    "lives": _("Lives in"),
    "has": _("Has"),
    "likes": _("Likes"),
    "dislikes": _("Dislikes"),
    "wants": _("Wants"),
}
RELATIONS = {
    "works_with": _("works with"),
    "family": _("is of one family with"),
    "friend": _("is a friend of"),
    "speaks_for": _("speaks for"),
    "recommends": _("recommends"),
    "asked_for": _("asked for"),
}
"""What stands between the names of two people; seen from the other end it is ``RELATED``."""
RELATED = {
    "works_with": _("works with"),
    "family": _("is of one family with"),
    "friend": _("is a friend of"),
    "speaks_for": _("is spoken for by"),
    "recommends": _("is recommended by"),
    "asked_for": _("was asked for by"),
}
SIGNS = {
    "same_mail": _("the same e-mail address"),
    "same_phone": _("the same telephone"),
    "same_handle": _("the same handle on two networks"),
    "wrote_mail": _("one wrote down the other's e-mail address"),
    "wrote_phone": _("one wrote down the other's telephone"),
    "wrote_order": _("one named the number of an order that the other placed"),
    "same_name": _("the same name"),
    "similar_name": _("similar names"),
    "same_organisation": _("the same organisation"),
    "lookalike_name": _("a name that only looks the same: written with other letters"),
    "household": _("other first names: perhaps a family with one address"),
    "other_names": _("other names"),
    "spoke_together": _("both spoke in one conversation"),
}
"""What speaks for two people being one human, and against it."""
FORMS = {
    "jsonl": _("JSON Lines"),
    "csv": _("a table (CSV)"),
    "mbox": _("a mailbox (mbox)"),
    "eml": _("an e-mail (.eml)"),
    "vcard": _("an address book (vCard)"),
    "feed": _("a feed (RSS, Atom or JSON Feed)"),
    "zip": _("an archive (ZIP)"),
    "tar": _("an archive (tar)"),
    "activitystreams": _("a Mastodon archive (ActivityStreams)"),
    "jetstream": _("a Bluesky repository (Jetstream)"),
    "tweets": _("an X archive (tweets.js)"),
    "reviews": _("Google reviews (Takeout)"),
    "zendesk": _("a Zendesk export"),
    "chatwoot": _("a Chatwoot export"),
}
KINDS = {"messages": _("It holds messages."), "people": _("It holds people."), "orders": _("It holds orders.")}
IMPORTS = {
    "waiting": _("Waiting for the worker to begin"),
    "reading": _("Reading"),
    "pausing": _("Pausing"),
    "paused": _("Paused"),
    "cancelling": _("Taking out what it brought"),
    "cancelled": _("Cancelled"),
    "failed": _("Stopped"),
    "done": _("Done"),
}
VOUCHED = {
    "good": _("good"),
    "weak": _("could be better"),
    "missing": _("missing"),
    "broken": _("broken"),
    "unknown": _("not known"),
    "theirs": _("your provider’s"),
}
HORIZONS = {
    "none": _("Nothing: only what is said from now on"),
    "7": _("The last 7 days"),
    "30": _("The last 30 days"),
    "365": _("The last year"),
    "all": _("Everything the network gives"),
}
"""How far back what was said before a source was connected is brought along."""
EXPORTS = {
    "waiting": _("Waiting for the worker to begin"),
    "writing": _("Writing"),
    "done": _("Ready"),
    "gone": _("No longer here"),
    "failed": _("Stopped"),
}
RECORDS = {
    "member": _("members"),
    "term": _("words about us"),
    "tag": _("tags"),
    "view": _("views"),
    "person": _("people"),
    "person_note": _("notes about people"),
    "merge": _("people joined"),
    "apart": _("pairs kept apart"),
    "organisation": _("organisations"),
    "belonging": _("places in organisations"),
    "union": _("organisations joined"),
    "identity": _("addresses"),
    "relation": _("relationships"),
    "order": _("orders"),
    "source": _("sources"),
    "conversation": _("conversations"),
    "message": _("messages"),
    "attachment": _("files"),
    "continuation": _("private threads that go on a conversation"),
    "act": _("changes, take-backs and likes"),
    "visit": _("visits"),
    "fact": _("facts"),
    "note": _("notes"),
    "mention": _("mentions"),
    "tagging": _("tags given"),
    "draft": _("drafts"),
    "answer": _("answers"),
    "event": _("events"),
}
ROLES = {"owner": _("Owner"), "manager": _("Manager"), "agent": _("Agent"), "observer": _("Observer")}
ROLE_MAY = {
    "owner": _("everything, and who may do what"),
    "manager": _("answers, and looks after sources and words"),
    "agent": _("reads and answers"),
    "observer": _("reads only"),
}
NOTICES = {
    "assigned": _("A conversation is given to me"),
    "mentioned": _("A colleague mentions me"),
    "needs": _("Somebody new needs an answer"),
    "late": _("An answer is late"),
    "failed": _("An answer of mine did not leave"),
    "silent": _("A source has fallen silent"),
    "frustrated": _("Somebody seems to be stuck with us"),
}
WAYS = {"page": _("In Rapport"), "mail": _("By e-mail"), "push": _("By push")}
UNITS = {
    "characters": _("characters"),
    "graphemes": _("characters"),
    "utf16": _("characters"),
    "bytes": _("bytes"),
}
_PERSON = {
    "person.yes": _("a colleague says it needs an answer"),
    "person.no": _("a colleague says it needs none"),
    "person.row": _("a colleague says what it is"),
}
_MINE = {
    "person.yes": _("you say it needs an answer"),
    "person.no": _("you say it needs none"),
    "person.row": _("you say what it is"),
}
_NETWORKS = {"mail": "e-mail", "email": "e-mail", "imap": "e-mail", "mbox": "e-mail", "sms": "SMS", "x": "X"}
_ICONS = {
    "mail": {"mail", "email", "imap", "mbox", "eml"},
    "chat": {"chat", "webhook", "form", "sms", "whatsapp", "telegram", "dm"},
    "post": {"social", "bluesky", "mastodon", "twitter", "x", "forum", "reddit"},
}


def felt(emotion: str, level: str) -> str | Promise:
    """A feeling in a word: the emotion where one was found, else only where it stands."""
    return FEELINGS[emotion] if emotion in FEELINGS else LEVELS[level]


def because(code: str, *, mine: bool = False, alike: float = 0) -> str | Promise:
    """A reason in words: a person's own (``mine``: the reader's), or triage's; ``alike``: see ``habits``."""
    words = (_MINE if mine else _PERSON).get(code) or said(reasons.explain(code))
    counted = habit(code, alike)
    return f"{words}: {counted}" if counted else words


def network(name: str) -> str:
    """A network's name as people write it."""
    plain = name.removeprefix("demo ")
    return _NETWORKS.get(plain.lower(), plain[:1].upper() + plain[1:])


def network_icon(name: str) -> str:
    """Which symbol of the sprite stands for a network."""
    plain = name.removeprefix("demo ").lower()
    return next((icon for icon, names in _ICONS.items() if plain in names), "post")


def initials(name: str) -> str:
    """Up to two letters that stand for somebody in a narrow place."""
    parts = [part for part in name.replace("@", " ").split() if part[0].isalnum()]
    return (parts[0][0] + (parts[-1][0] if len(parts) > 1 else "")).upper() if parts else "?"


def tint(name: str) -> int:
    """Which of the six papers stands behind somebody's initials: always the same one for the same name."""
    return crc32(name.casefold().encode()) % 6


def web_url(address: str) -> str:
    """A stranger's address if it is one that a browser may safely open, else nothing."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    return address if parts.scheme in {"http", "https"} and parts.netloc else ""
