"""The encoder: real loading of a real (if tiny) model, what cannot be loaded, and what its vectors bring up."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from django.conf import settings

from rapport.core import work
from rapport.inbox import correcting
from rapport.inbox.models import Disposition, Message
from rapport.learning.models import Look
from rapport.learning.second import arranging, looking
from rapport.understanding.second.encoder import Encoder, Unusable
from tests.conftest import Cast
from tests.learning import tiny_encoder

THINGS, SKIES = ("parcel", "package", "crate"), ("sun", "rain", "snow")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tiny_encoder.write(tmp_path)


def test_words_of_one_meaning_lie_near(folder: Path) -> None:
    vectors = Encoder.load(folder).embed(["my parcel", "that package", "the rain", "", "parcel " * 500])
    assert vectors.shape == (5, 3)
    assert np.allclose(np.linalg.norm(vectors, axis=1), [1, 1, 1, 0, 1], atol=1e-5)  # nothing said is near to nothing
    near, far = vectors[0] @ vectors[1], vectors[0] @ vectors[2]
    assert near > 0.95 > 0.5 > far


def test_a_text_alone_has_the_vector_it_has_in_a_batch(folder: Path) -> None:
    encoder, texts = Encoder.load(folder), ["parcel", "a long one about rain and snow and sun", "x"]
    assert np.allclose(encoder.embed(texts), np.concatenate([encoder.embed([text]) for text in texts]), atol=1e-5)
    assert len(encoder.embed([])) == 0
    assert len(encoder.embed(["rain"] * 100)) == 100


def test_what_is_no_encoder_is_said_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(Unusable, match=r"holds no model\.onnx"):
        Encoder.load(tmp_path)
    tiny_encoder.write(tmp_path, takes="pixels")
    with pytest.raises(Unusable, match="no sentence encoder"):
        Encoder.load(tmp_path)
    (tmp_path / "model.onnx").write_bytes(b"not a model")
    with pytest.raises(Unusable, match="cannot be read"):
        Encoder.load(tmp_path)
    (tmp_path / "tokenizer.json").write_text("{}")
    with pytest.raises(Unusable, match="cannot be read"):
        Encoder.load(tmp_path)


@pytest.mark.slow
def test_posts_like_those_the_team_answered_are_brought_up(
    cast: Cast, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "RAPPORT_ENCODER", folder)
    looking._encoders.clear()
    for n in range(36):
        word = (THINGS if n % 2 else SKIES)[n % 3]
        talk = cast.says(f"@p{n}", f"@acme {word} {'abcdefghijklmnop'[n % 16]}{n}")
        correcting.correct(talk.messages.get(), needs="yes" if n % 2 else "no", by=cast.bea)
    wanted = {"encoder": "1", "endpoint": "", "url": "", "model": "", "key": "", "requests": "1", "tokens": "1"}
    arranging.arrange(cast.acme, wanted, by=cast.dana)
    like, unlike = cast.says("@new", "@acme order"), cast.says("@new", "@acme storm")
    before = {talk.pk: standing(talk.messages.get()) for talk in (like, unlike)}
    while work.run_due(20, but=("train",)):
        pass
    assert arranging.of(cast.acme).error == ""
    assert before[unlike.pk].needs == standing(unlike.messages.get()).needs
    if before[like.pk].needs != "yes":
        found = standing(like.messages.get())
        assert (found.needs, found.reasons[0]["code"]) == ("yes", "second.encoder")
        assert found.reasons[0]["weight"] >= 3
    assert set(Look.objects.values_list("kind", flat=True)) == {"encoder"}


def standing(message: Message) -> Disposition:
    found = message.decision
    assert found is not None
    return found
