"""What a network says later of our answers, and what it says of their target just before: truthfully on the desk."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from rapport.channels import envelopes, registry
from rapport.channels.base import Batch, ChannelError, Item, Manner, Report, Settings, Target
from rapport.channels.fake.channel import FakeChannel
from rapport.core import work
from rapport.core.models import Event, Work
from rapport.inbox import replying, reporting
from rapport.inbox.models import Conversation, Message, Notification, Outgoing
from rapport.ingest import accepting, pipeline
from tests.conftest import NOW, Cast


@dataclass
class Aimed(FakeChannel):
    """A network that can say how a message stands now."""

    now: dict[str, Target] = field(default_factory=dict)
    refuses: ChannelError | None = None

    def target(self, settings: Settings, external_id: str, version: str) -> Target:
        if self.refuses:
            raise self.refuses
        return self.now.get(external_id, Target("there"))


@pytest.fixture
def network(cast: Cast) -> Iterator[Aimed]:
    channel = Aimed()
    with registry.also(channel):
        yield channel


def asked(cast: Cast) -> Conversation:
    return cast.says("@ann", "@acme where is my parcel?", id="q1", direct=True)


def answered(cast: Cast, row: Conversation) -> Outgoing:
    outgoing = replying.reply(row, "It is on its way.", by=cast.bea)
    cast.clock.shift(30)
    run()
    return Outgoing.objects.get(pk=outgoing.pk)


def run() -> None:
    while work.run_due() or pipeline.run():
        pass


def says(cast: Cast, id: str, state: str, reason: str = "") -> None:
    report = Report(network="social", external_id=id, state=state, reason=reason)  # type: ignore[arg-type]
    accepting.accept(cast.source, Batch(reports=(report,)))
    run()


def test_what_comes_back_stands_on_the_desk_again_and_says_why(cast: Cast, network: Aimed) -> None:
    out = answered(cast, asked(cast))
    assert out.state == "delivered" and out.message is not None
    says(cast, out.message.external_id, "bounced", "The mailbox is full.")
    out.refresh_from_db()
    assert (out.state, out.error) == ("bounced", "The mailbox is full.")
    assert Conversation.objects.get(pk=out.conversation_id).state == "needs_answer"
    assert Notification.objects.filter(member=cast.bea, kind="failed").count() == 1
    says(cast, out.message.external_id, "bounced", "The mailbox is full.")
    says(cast, out.message.external_id, "delivered")
    out.refresh_from_db()
    assert out.state == "bounced"
    assert Event.objects.filter(verb="outgoing.bounced").count() == 1


def test_a_report_goes_forward_only_and_is_found_by_our_own_key_too(cast: Cast, network: Aimed) -> None:
    out = answered(cast, asked(cast))
    says(cast, out.key, "read")
    says(cast, out.key, "delivered")
    out.refresh_from_db()
    assert out.state == "read"
    assert [reporting.after("sent", said) for said in ("delayed", "delivered", "read", "bounced")] == [
        "sent", "delivered", "read", "bounced",
    ]  # fmt: skip
    assert reporting.after("withdrawn", "read") == "withdrawn"


def test_a_report_of_nothing_of_ours_is_let_go_after_some_minutes(cast: Cast) -> None:
    says(cast, "somebody-elses", "bounced")
    assert Work.objects.filter(kind="outgoing.report").count() == 1, "the answer may be slower than its report"
    for _ in range(8):
        cast.clock.shift(3600)
        run()
    assert not Work.objects.filter(kind="outgoing.report").exists()


def test_a_deleted_target_is_shown_before_anything_leaves(cast: Cast, network: Aimed) -> None:
    row = asked(cast)
    network.now["q1"] = Target("gone")
    out = answered(cast, row)
    assert (out.state, out.warned, network.attempts) == ("failed", "gone", [])
    assert "deleted there meanwhile" in out.error
    assert Message.objects.get(external_id="q1").deleted_at is not None
    replying.retry(out, by=cast.bea)
    run()
    out.refresh_from_db()
    assert (out.state, len(network.attempts)) == ("delivered", 1), "whoever was told may send it all the same"


def test_an_edited_target_is_read_again_before_anything_leaves(cast: Cast, network: Aimed) -> None:
    row = asked(cast)
    edited = envelopes.build(
        network="social", external_id="q1", author="@ann", text="Found it, thanks!", version="v2", said_at=NOW
    )
    network.now["q1"] = Target("edited", Item(edited, b""))
    out = answered(cast, row)
    assert (out.state, out.warned) == ("failed", "edited")
    assert Message.objects.get(external_id="q1").text == "Found it, thanks!"


def test_a_network_that_will_not_say_holds_nothing_up(cast: Cast, network: Aimed) -> None:
    network.refuses = ChannelError("Not for you.", permanent=True)
    assert answered(cast, asked(cast)).state == "delivered"


def test_how_something_was_said_is_kept_and_goes_with_the_answer(cast: Cast, network: Aimed) -> None:
    row = cast.says(
        "@ann", "@acme my order shows my address!", id="q9", visibility="followers", content_warning="privacy",
        participants=("@ben",), quoted="Earlier words", public=False,
    )  # fmt: skip
    message = Message.objects.get(external_id="q9")
    how = message.said_how
    assert (how.visibility, how.content_warning, how.participants) == ("followers", "privacy", ["@ben"])
    assert how.quoted == "Earlier words"
    answered(cast, row)
    manner = network.attempts[0].manner
    assert manner == Manner(
        visibility="followers", content_warning="privacy", participants=("@ben",), version=message.version
    )
