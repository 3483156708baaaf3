"""The pages Learning and Label posts, as people see them."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from rapport.core import work
from rapport.learning import errands, training
from rapport.learning.course.lessons import Outcome
from rapport.learning.models import Label, Training
from rapport.web.words import because
from tests.conftest import Cast
from tests.web.conftest import Browser

PAGE, LABELS = "/w/acme/learning/", "/w/acme/labels/"
FIGURES = {
    "examples": 120,
    "before": {"n": 120, "score": 0.61, "found": 0.97},
    "after": {"n": 120, "score": 0.78, "found": 0.98},
}


def trained(cast: Cast, task: str = "needs", *, verdict: str = "used", in_use: bool = True) -> Training:
    return Training.objects.create(
        workspace=cast.acme, task=task, verdict=verdict, in_use=in_use, weights=b"x" if verdict == "used" else None,
        examples=120, figures=FIGURES, by=cast.dana,
    )  # fmt: skip


def words(body: bytes) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", body.decode()).split())


@pytest.mark.parametrize(
    ("code", "alike", "words_"),
    [
        ("taught.yes", 14.0, "your team answers such posts: it answered 14 like this"),
        ("taught.less", 1.0, "your team seldom answers such posts: it left 1 like this"),
        ("taught.no", 40.0, "your team does not answer such posts: it left 40 like this"),
        ("taught.row", 3.0, "your team calls such posts so: it did with 3 like this"),
        ("taught.no", 0.0, "your team does not answer such posts"),
        ("question", 0.9, "asks"),
        ("row.3", 7.0, "question to us"),
    ],
)
def test_a_reason_of_the_teams_own_model_says_how_many_decisions_are_like_it(
    code: str, alike: float, words_: str
) -> None:
    assert str(because(code, alike=alike)) == words_


def test_an_owner_sees_what_there_is_to_learn_from_and_trains(
    cast: Cast, browse: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = browse(cast.dana)
    said = words(browser.get(PAGE).content)
    assert "Nothing was trained yet" in said and "The shipped model alone." in said
    assert browser.post(f"{PAGE}training/").status_code == 302
    assert "Waiting for its turn" in words(browser.get(PAGE).content)
    monkeypatch.setattr(errands, "send", lambda errand, seen: Outcome(verdict="too_few", figures={"examples": 3}))
    while work.run_due(1, only=("train",)):
        pass
    said = words(browser.get(PAGE).content)
    assert "not tried: too few examples" in said and "Train now" in said


def test_scores_before_and_after_stand_with_their_counts_and_one_click_goes_back(cast: Cast, browse: Browser) -> None:
    browser = browse(cast.dana)
    trained(cast)
    trained(cast, "valence", verdict="worse", in_use=False)
    said = words(browser.get(PAGE).content)
    for part in ("61.0 %", "78.0 %", "120", "refused: worse than the shipped model", "found 97.0 % → 98.0 %", "Dana"):
        assert part in said, part
    answer = browser.post(f"{PAGE}back/", {"task": "needs"}, follow=True)
    assert "Only the shipped model is in use now." in words(answer.content)
    assert training.in_use(cast.acme, "needs") is None
    answer = browser.post(f"{PAGE}back/", {"task": "needs"}, follow=True)
    assert "there is nothing to go back from" in words(answer.content)


def test_an_agent_is_told_and_a_stranger_finds_nothing(cast: Cast, browse: Browser) -> None:
    assert browse(cast.bea).get(PAGE).status_code == 403
    assert browse(cast.bea).post(f"{PAGE}training/").status_code == 403
    assert browse(cast.olga).get(LABELS).status_code == 403
    assert browse(cast.dot).get(PAGE).status_code == 404
    assert browse(cast.dot).get(LABELS).status_code == 404


def test_labelling_is_blind_keeps_one_answer_and_is_undone(cast: Cast, browse: Browser) -> None:
    browser = browse(cast.bea)
    assert "There is nothing to label now." in words(browser.get(LABELS).content)
    talk = cast.says("@ann", "@acme Monday", name="Ann Lee")
    message = talk.messages.get()
    body = browser.get(LABELS).content.decode()
    main = body[body.index("<main") : body.index("</main>")]
    assert "@acme Monday" in main and "Ann Lee" not in main and "@ann" not in main and "unsure" not in main
    assert 'data-key="y"' in main and 'data-key="n"' in main
    answer = browser.post(f"{LABELS}answer/", {"task": "needs", "message": message.pk, "answer": "yes"}, follow=True)
    assert "Kept." in words(answer.content) and Label.objects.get().answer == "yes"
    answer = browser.post(f"{LABELS}undo/", {"task": "needs"}, follow=True)
    assert "Undone." in words(answer.content) and not Label.objects.exists()
    answer = browser.post(f"{LABELS}undo/", {"task": "needs"}, follow=True)
    assert "There is nothing to undo." in words(answer.content)


@pytest.mark.parametrize("sent", [{"answer": "perhaps"}, {"answer": ""}, {"task": "mood", "answer": "positive"}])
def test_what_makes_no_sense_is_answered_in_a_sentence(cast: Cast, browse: Browser, sent: dict[str, str]) -> None:
    message = cast.says("@ann", "@acme Monday").messages.get()
    answer = browse(cast.bea).post(f"{LABELS}answer/", {"task": "needs", "message": message.pk} | sent, follow=True)
    assert answer.status_code == 200 and "Choose one of the answers." in words(answer.content)


def test_a_message_of_another_workspace_is_none(cast: Cast, browse: Browser) -> None:
    message = cast.says("@ann", "@acme Monday").messages.get()
    for given in (message.pk, "x", ""):
        sent = {"task": "needs", "message": given, "answer": "yes"}
        assert browse(cast.dot).post("/w/elsewhere/labels/answer/", sent).status_code == 404


def test_the_pages_ask_little(cast: Cast, browse: Browser) -> None:
    for n in range(12):
        cast.says(f"@p{n}", f"@acme word{'abcdefghijkl'[n]} of {n}")
        trained(cast, in_use=False)
    for page, most in ((PAGE, 24), (LABELS, 22)):
        browser = browse(cast.dana)
        browser.get(page)
        with CaptureQueriesContext(connection) as queries:
            browser.get(page)
        assert len(queries) <= most, (page, len(queries))


SECOND = "/w/acme/learning/second/"
ARRANGED = {
    "endpoint": "1",
    "url": "https://models.example/v1",
    "model": "small",
    "key": "sk-1",
    "requests": "50",
    "tokens": "9000",
}


def test_an_owner_arranges_the_second_look_and_never_sees_the_key_again(cast: Cast, browse: Browser) -> None:
    browser = browse(cast.dana)
    said = words(browser.get(SECOND).content)
    assert "Nothing was looked at again this month." in said and "RAPPORT_ENCODER" in said
    answer = browser.post(f"{SECOND}arrangement/", ARRANGED, follow=True)
    body = answer.content.decode()
    assert "Kept." in words(answer.content) and "models.example" in body and "sk-1" not in body
    assert "A key is kept, sealed." in words(answer.content)
    answer = browser.post(f"{SECOND}arrangement/", ARRANGED | {"url": "nonsense"})
    assert (
        answer.status_code == 422
        and "Write the server" in words(answer.content)
        and 'value="nonsense"' in answer.content.decode()
    )


def test_only_an_owner_arranges_it(cast: Cast, browse: Browser) -> None:
    assert browse(cast.bea).get(SECOND).status_code == 403
    assert browse(cast.bea).post(f"{SECOND}arrangement/", ARRANGED).status_code == 403
    assert browse(cast.dot).get(SECOND).status_code == 404
