"""The guided first minute: a step at a time, one's own, closed for good until one asks for it again."""

from __future__ import annotations

import pytest
from django.test import Client

from rapport.accounts.models import Member
from rapport.ingest import demo
from tests.conftest import Cast

STEPS = ("Whoever is most pressing", "own words", "Why is this here", "Answer with r", "u takes back")


def shown(browser: Client, path: str = "/w/acme/") -> str:
    """The step that stands above the desk, or nothing."""
    page = browser.get(path).content.decode()
    return page.split('class="guide-step">')[1].split("</p>")[0] if 'class="guide-step">' in page else ""


@pytest.fixture
def desk(cast: Cast) -> Cast:
    cast.says("@ann", "@acme where is my parcel?")
    return cast


def test_it_is_open_in_the_demo_for_each_member(cast: Cast) -> None:
    bea = demo.plant()
    assert set(Member.objects.filter(workspace=bea.workspace).values_list("guide_step", flat=True)) == {1}


def test_nobody_is_guided_on_a_real_workspace_who_has_not_asked(desk: Cast, dana: Client) -> None:
    assert shown(dana) == ""


def test_it_goes_step_by_step_and_is_closed_at_the_end(desk: Cast, dana: Client) -> None:
    for step, words in enumerate(STEPS, 1):
        assert dana.post("/w/acme/guide/", {"step": step})["Location"] == "/w/acme/"
        assert words in shown(dana) and f"{step} of 5" in shown(dana)
    dana.post("/w/acme/guide/", {"step": 0})
    assert shown(dana) == ""


def test_it_is_ones_own(desk: Cast, dana: Client, bea: Client) -> None:
    dana.post("/w/acme/guide/", {"step": 2})
    assert shown(bea) == "" and STEPS[1] in shown(dana)


def test_without_javascript_all_steps_stand_there_as_a_list(desk: Cast, dana: Client) -> None:
    dana.post("/w/acme/guide/", {"step": 1})
    page = dana.get("/w/acme/").content.decode()
    listed = page.split('<ol class="guide-all">')[1].split("</ol>")[0]
    assert listed.count("<li>") == 5 and all(words in listed for words in STEPS)


def test_it_stands_before_the_desk_and_help_brings_it_back(desk: Cast, dana: Client) -> None:
    dana.post("/w/acme/guide/", {"step": 1})
    page = dana.get("/w/acme/").content.decode()
    assert page.index('id="guide"') < page.index('<main id="main"')
    assert "Show the first minute again" in page


def test_the_element_fetches_itself_again(desk: Cast, dana: Client) -> None:
    answer = dana.post("/w/acme/guide/", {"step": 3}, headers={"HX-Request": "true", "HX-Target": "guide"})
    said = answer.content.decode()
    assert 'id="guide"' in said and "<html" not in said
    assert STEPS[2] in said


@pytest.mark.parametrize("step", ["-1", "99", "x", "", "9" * 40])
def test_nonsense_is_no_step(desk: Cast, dana: Client, step: str) -> None:
    assert dana.post("/w/acme/guide/", {"step": step}).status_code == 302
    assert Member.objects.get(pk=desk.dana.pk).guide_step in {0, 5}
