"""Figures that can be checked by hand."""

from __future__ import annotations

import pytest

from rapport.understanding.scoring import by_class, quadratic_kappa


def test_recall_precision_and_f1_by_class() -> None:
    figures = by_class(["yes", "yes", "no", "no"], ["yes", "no", "no", "no"])
    assert figures["accuracy"] == 0.75
    assert figures["per_class"]["yes"] == {"precision": 1.0, "recall": 0.5, "f1": 0.6667, "support": 2}
    assert figures["per_class"]["no"] == {"precision": 0.6667, "recall": 1.0, "f1": 0.8, "support": 2}
    assert figures["macro_recall"] == 0.75


def test_a_class_only_ever_said_counts_in_no_mean() -> None:
    figures = by_class(["a", "a"], ["a", "b"])
    assert figures["per_class"]["b"]["support"] == 0
    assert figures["macro_recall"] == 0.5


@pytest.mark.parametrize(("said", "kappa"), [([0, 1, 2, 3], 1.0), ([3, 2, 1, 0], -1.0), ([1, 1, 1, 1], 0.0)])
def test_agreement_on_a_scale(said: list[int], kappa: float) -> None:
    assert quadratic_kappa([0, 1, 2, 3], said) == kappa


def test_nothing_labelled_is_no_agreement() -> None:
    assert quadratic_kappa([], []) == 0.0
