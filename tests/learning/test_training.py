"""From what people did to a model in use: on both engines, down the whole line."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from rapport.channels import registry
from rapport.channels.base import Author, Batch, Envelope, Item
from rapport.channels.fake.channel import FakeChannel
from rapport.core import work
from rapport.core.database import now
from rapport.core.events import record
from rapport.core.models import Event, Work
from rapport.core.refusal import Refused
from rapport.inbox import correcting, feeling, forgetting, undoing, working
from rapport.inbox.models import Conversation, Message, Outgoing, Reading
from rapport.inbox.models import Disposition as Standing
from rapport.ingest import accepting, pipeline
from rapport.learning import acts, errands, examples, serving, training
from rapport.learning.course.lessons import Errand, Outcome
from rapport.learning.course.teaching import teach
from rapport.learning.models import Label, Training
from rapport.web.words import ROWS
from tests.conftest import NOW, Cast
from tests.learning import lessons
from tests.learning.lessons import posts
from tests.scenes.stage import browser, page


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    """The course runs in this process, which is quicker; ``test_the_real_process`` sends it out."""

    def send(errand: Errand, seen: errands.Seen) -> Outcome:
        return teach(errand, seen)

    monkeypatch.setattr(errands, "send", send)


def train(cast: Cast, **more: object) -> training.Progress:
    job = training.start(cast.acme, **more)  # type: ignore[arg-type]
    while work.run_due(1, only=("train",)):
        pass
    far = training.progress(job, cast.acme)
    assert far is not None
    return far


def taught(cast: Cast, count: int = 120, *, seed: int = 1) -> None:
    """Bea corrects so many posts: who asks about a parcel needs an answer, who talks of the weather none."""
    wanted = posts(count, seed=seed)
    items = [
        Item(Envelope(network="social", external_id=text, author=Author("@ann"), text=text, said_at=NOW), text.encode())
        for text, _ in wanted
    ]
    accepting.accept(cast.source, Batch(items=tuple(items)))
    while pipeline.run():
        pass
    ids = dict(Message.objects.filter(workspace=cast.acme).values_list("text", "pk"))
    Standing.objects.bulk_create(
        Standing(message_id=ids[text], row=3 if answer == "yes" else 14, needs=answer, urgency=1, confidence=1,
                 by=cast.bea, at=now())
        for text, answer in wanted
    )  # fmt: skip


def last(talk: Conversation) -> Message:
    message = talk.messages.order_by("-pk").first()
    assert message is not None
    return message


def found(cast: Cast, task: str = "needs") -> dict[int, tuple[str, str]]:
    return {one.id: (one.answer, one.source) for one in examples.gather(cast.acme, task)}


def test_every_human_act_is_an_example(cast: Cast) -> None:
    talks = {name: cast.says(f"@{name}", f"@acme about {name}, {n}") for n, name in enumerate("abcdef")}
    correcting.correct(last(talks["a"]), needs="no", by=cast.bea)
    asked = {"conversation": talks["b"], "in_reply_to": last(talks["b"]), "by": cast.bea, "text": "It is on its way."}
    Outgoing.objects.create(workspace=cast.acme, state="sent", **asked)
    Outgoing.objects.create(workspace=cast.acme, state="withdrawn", **asked)
    working.no_answer_needed(talks["c"], by=cast.bea, why="joke")
    working.assign(talks["d"], cast.cem, by=cast.bea)
    working.settle(talks["e"], by=cast.bea)
    working.reopen(talks["e"], by=cast.bea)
    working.no_answer_needed(talks["f"], by=cast.bea, why="already_settled")  # says nothing of the words
    assert found(cast) == {
        last(talks["a"]).pk: ("no", "correction"),
        last(talks["b"]).pk: ("yes", "answered"),
        last(talks["c"]).pk: ("no", "dismissed"),
        last(talks["d"]).pk: ("yes", "assigned"),
        last(talks["e"]).pk: ("yes", "reopened"),
    }
    counted = acts.counts(cast.acme)["needs"]
    assert counted == {"correction": 1, "label": 0, "answered": 1, "dismissed": 1, "assigned": 1, "reopened": 1}


def test_what_a_person_calls_a_post_is_an_example_and_an_answer_that_leaves_its_name_another(cast: Cast) -> None:
    talks = {name: cast.says(f"@{name}", f"@acme where is {name}, {n}?") for n, name in enumerate("abcd")}
    correcting.correct(last(talks["a"]), needs="yes", row=4, by=cast.bea)
    correcting.correct(last(talks["b"]), needs="no", by=cast.bea)  # a row comes with it that nobody chose
    for name in "ac":
        answered = {"conversation": talks[name], "in_reply_to": last(talks[name]), "by": cast.bea, "text": "Here."}
        Outgoing.objects.create(workspace=cast.acme, state="sent", **answered)
    assert found(cast, "row") == {last(talks["a"]).pk: ("4", "correction"), last(talks["c"]).pk: ("3", "stood")}
    assert acts.counts(cast.acme)["row"] == {"correction": 1, "stood": 2}
    undoing.undo(talks["a"], Event.objects.filter(verb="conversation.reopened").latest("pk").pk, by=cast.bea)
    assert found(cast, "row")[last(talks["a"]).pk] == ("3", "stood")


def test_what_a_team_calls_its_posts_is_said_of_the_next_with_how_many_are_like_it(cast: Cast, here: None) -> None:
    taught(cast)
    reasons = [{"code": correcting.CHOSEN}]
    Standing.objects.filter(by=cast.bea, needs="no").update(row=8, needs="yes", reasons=reasons)
    Standing.objects.filter(by=cast.bea, needs="yes").update(reasons=reasons)
    train(cast, by=cast.dana)
    assert training.in_use(cast.acme, "row"), Training.objects.filter(task="row").values("verdict", "figures")
    message = last(cast.says("@new", "@acme nothing but rain at the lake q3"))
    decision = message.decision
    assert decision is not None and decision.row == 8
    alike = {one["code"]: one["weight"] for one in decision.reasons}["taught.row"]
    assert alike > 0
    again = {one.id: one for one in examples.gather(cast.acme, "row")}
    assert message.pk not in again
    with registry.also(FakeChannel()):
        said = page(browser(cast.bea), f"/w/acme/c/{message.conversation_id}/")
    assert f"your team calls such posts so: it did with {int(alike)} like this" in said
    assert said.count(str(ROWS[8])) > 1
    training.roll_back(cast.acme, "row", by=cast.dana)
    other = last(cast.says("@other", "@acme nothing but rain at the lake q4")).decision
    assert other is not None and "taught.row" not in {one["code"] for one in other.reasons}


def test_what_is_undone_teaches_nothing(cast: Cast) -> None:
    talk, other = cast.says("@ann", "@acme hello there you"), cast.says("@bo", "@acme and you")
    event = working.no_answer_needed(talk, by=cast.bea, why="joke")
    undoing.undo(talk, event.pk, by=cast.bea)
    event = correcting.correct(last(other), needs="no", by=cast.bea)
    undoing.undo(other, event.pk, by=cast.bea)
    assert found(cast) == {} and sum(acts.counts(cast.acme)["needs"].values()) == 0


def test_a_deed_is_about_the_last_thing_they_had_said_by_then(cast: Cast) -> None:
    talk = cast.says("@ann", "@acme one", id="1", thread="t")
    first = last(talk)
    working.no_answer_needed(talk, by=cast.bea, why="joke")
    cast.clock.shift(timedelta(minutes=5))
    cast.says("@ann", "@acme two", id="2", thread="t", at=NOW + timedelta(minutes=5))
    assert found(cast) == {first.pk: ("no", "dismissed")}


def test_a_correction_of_a_feeling_teaches_valence(cast: Cast) -> None:
    message = last(cast.says("@ann", "@acme well, thanks a lot"))
    made = feeling.feel(message, valence="negative", by=cast.bea)
    assert found(cast, "valence") == {message.pk: ("negative", "correction")}
    feeling.withdraw(made, by=cast.bea)
    assert found(cast, "valence") == {}


@pytest.mark.slow
def test_the_forgotten_and_the_deleted_teach_nothing(cast: Cast, here: None) -> None:
    taught(cast)
    train(cast)
    assert training.in_use(cast.acme, "needs")
    person = last(Conversation.objects.order_by("pk")[0]).identity.person  # type: ignore[union-attr]
    forgetting.forget(forgetting.know(person), by=cast.dana, apply=True)
    assert found(cast) == {}
    while work.run_due(5):
        pass
    assert not Training.objects.exclude(weights=None).exists()
    assert serving.of(cast.acme.pk).heads == {}
    assert Training.objects.latest("pk").verdict == "too_few"


def test_a_model_is_put_in_use_and_the_line_asks_it(cast: Cast, here: None) -> None:
    before = cast.says("@new", "@acme nothing but rain at the lake q1")
    taught(cast)
    far = train(cast, by=cast.dana)
    assert (far.state, far.verdicts) == ("done", {"needs": "used", "valence": "too_few", "row": "too_few"}), far
    row = training.in_use(cast.acme, "needs")
    assert row and row.by == cast.dana and row.figures["after"]["score"] > row.figures["before"]["score"]
    after = cast.says("@new", "@acme nothing but rain at the lake q2")
    assert last(before).decision.needs != "no"  # type: ignore[union-attr]
    decision = last(after).decision
    assert decision is not None
    assert decision.reasons[0]["code"] in {"taught.no", "taught.less"} and decision.reasons[0]["weight"] > 0
    shipped, own = Reading.objects.get(message=last(after)).model.split("+")
    assert own.startswith("ours-") and Reading.objects.get(message=last(before)).model == shipped
    assert Event.objects.filter(verb="model.trained", by_id=cast.dana.pk).count() == 3


@pytest.mark.slow
def test_danger_stays_whatever_the_team_did(cast: Cast, here: None, monkeypatch: pytest.MonkeyPatch) -> None:
    burnt = [(f"@acme your heater caught fire and I am hurt, case {'abcdefgh'[n % 8]}{n}", "no") for n in range(60)]
    monkeypatch.setitem(globals(), "posts", lambda count, seed: burnt + lessons.posts(count))
    taught(cast)
    assert train(cast).verdicts["needs"] == "used"
    now_ = last(cast.says("@eve", "@acme your heater caught fire and I am hurt, case zz")).decision
    assert now_ is not None and (now_.row, now_.needs, now_.urgency) == (1, "yes", 3)


@pytest.mark.slow
def test_going_back_is_one_click_and_recorded(cast: Cast, here: None) -> None:
    taught(cast)
    train(cast)
    first = training.in_use(cast.acme, "needs")
    assert first is not None
    cast.clock.shift(timedelta(hours=1))
    taught(cast, 20, seed=5)
    train(cast)
    second = training.in_use(cast.acme, "needs")
    assert second is not None and second.pk != first.pk
    with pytest.raises(Refused):
        training.roll_back(cast.acme, "needs", by=cast.bea)
    assert training.roll_back(cast.acme, "needs", by=cast.dana) == first
    assert training.in_use(cast.acme, "needs") == first
    assert training.roll_back(cast.acme, "needs", by=cast.dana) is None
    assert serving.of(cast.acme.pk).heads == {}
    with pytest.raises(Refused):
        training.roll_back(cast.acme, "needs", by=cast.dana)
    assert Event.objects.filter(verb="model.rolled_back").count() == 2


@pytest.mark.slow
def test_a_refused_model_leaves_the_one_in_use(cast: Cast, here: None, monkeypatch: pytest.MonkeyPatch) -> None:
    taught(cast)
    train(cast)
    used = training.in_use(cast.acme, "needs")
    worse = Outcome(verdict="worse", figures={"examples": 80, "before": {"score": 0.8}, "after": {"score": 0.7}})
    monkeypatch.setattr(errands, "send", lambda errand, seen: worse)
    far = train(cast)
    assert far.verdicts["needs"] == "worse"
    assert training.in_use(cast.acme, "needs") == used
    assert Training.objects.filter(verdict="worse", weights=None, in_use=False).count() == 3


def test_who_asks_while_it_runs_is_shown_the_same_job(cast: Cast) -> None:
    job = training.start(cast.acme, by=cast.dana)
    assert training.start(cast.acme) == job
    assert Work.objects.filter(kind="train").count() == 1
    (claimed,) = work.claim(1, only=("train",))
    assert claimed.id == job and work.claim(1, only=("train",)) == []
    assert training.start(cast.acme) == job


def test_killed_half_way_it_begins_again_and_nothing_is_lost(cast: Cast, here: None) -> None:
    taught(cast)
    job = training.start(cast.acme)
    work.claim(1, only=("train",))  # a worker takes it, and is killed: its lease runs out
    cast.clock.shift(timedelta(minutes=1))
    while work.run_due(1, only=("train",)):
        pass
    far = training.progress(job, cast.acme)
    assert far and far.state == "done" and far.verdicts["needs"] == "used"
    assert Training.objects.filter(task="needs").count() == 1


def test_only_who_manages_trains_and_a_stranger_sees_no_job(cast: Cast) -> None:
    with pytest.raises(Refused):
        training.start(cast.acme, by=cast.bea)
    assert training.progress(training.start(cast.acme, by=cast.dana), cast.elsewhere) is None


def test_two_models_of_a_task_are_never_in_use_at_once(cast: Cast) -> None:
    Training.objects.create(workspace=cast.acme, task="needs", verdict="used", in_use=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        Training.objects.create(workspace=cast.acme, task="needs", verdict="used", in_use=True)


def test_weights_of_another_version_are_left_alone(cast: Cast) -> None:
    row = Training.objects.create(workspace=cast.acme, task="needs", verdict="used", in_use=True, weights=b"old")
    assert serving.of(cast.acme.pk).heads == {} and not serving.readable(row)
    cast.says("@ann", "@acme where is it?")
    assert Standing.objects.count() == 1


def test_without_a_model_the_line_asks_once(cast: Cast) -> None:
    with CaptureQueriesContext(connection) as queries:
        serving.of(cast.acme.pk)
    assert len(queries) == 1


def test_a_label_is_an_example_and_goes_with_its_message(cast: Cast) -> None:
    message = last(cast.says("@ann", "@acme something"))
    Label.objects.create(message=message, task="needs", answer="yes", by=cast.bea)
    Label.objects.create(message=message, task="valence", answer="skip", by=cast.bea)
    assert found(cast) == {message.pk: ("yes", "label")} and found(cast, "valence") == {}
    message.text, message.deleted_at = "", now()
    message.save()
    assert found(cast) == {}


def test_nobody_learns_from_another_workspace(cast: Cast) -> None:
    message = last(cast.says("@ann", "@acme something"))
    correcting.correct(message, needs="yes", by=cast.bea)
    record("conversation.quieted", message.conversation, by=cast.bea, code="joke")
    assert examples.gather(cast.elsewhere, "needs") == [] and found(cast)


@pytest.mark.slow
def test_the_real_process(cast: Cast) -> None:
    taught(cast)
    told: list[float] = []
    errand = Errand(task="needs", lessons=examples.gather(cast.acme, "needs"))
    outcome = errands.send(errand, told.append)
    assert outcome.verdict == "used" and outcome.weights == teach(errand).weights
    assert told[-1] == 1.0

    def stop(share: float) -> None:
        raise work.Stopped

    with pytest.raises(work.Stopped):
        errands.send(errand, stop)


def test_the_command_trains_a_workspace_and_says_how_it_went(
    committed: str, monkeypatch: pytest.MonkeyPatch, here: None, at_nine: object
) -> None:
    from click.testing import CliRunner

    from rapport.cli import labour, main
    from rapport.cli import teaching as command
    from tests.conftest import make_cast

    cast = make_cast(at_nine)
    taught(cast)

    def do(begin: object, kind: str, watch: object, what: str) -> int:
        job: int = begin()  # type: ignore[operator]
        while work.run_due(1, only=(kind,)):
            pass
        watch(job, lambda: None)  # type: ignore[operator]
        return job

    monkeypatch.setattr(labour, "do", do)
    monkeypatch.setattr(command, "stand", lambda: None)
    monkeypatch.setattr(command, "migrate", lambda: None)
    said = CliRunner().invoke(main, ["train", "--workspace", "acme"])
    assert said.exit_code == 0, said.output
    assert "acme, needs: in use. 120 examples" in said.output and "before" in said.output
    assert "acme, valence: not tried: too few examples" in said.output
    said = CliRunner().invoke(main, ["train", "--workspace", "nowhere"])
    assert said.exit_code == 1 and "Workspaces here: acme, elsewhere." in said.output
    assert "or --workspace NAME" in CliRunner().invoke(main, ["train"]).output
