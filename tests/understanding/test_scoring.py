"""Figures that can be checked by hand."""

from __future__ import annotations

import pytest

from rapport.understanding.scoring import by_class, by_labels, calibration, quadratic_kappa


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


def test_several_labels_a_post() -> None:
    figures = by_labels([("a", "b"), ("a",)], [("a",), ("a",)])
    assert figures["accuracy"] == 0.5
    assert figures["per_class"]["b"] == {"precision": 0.0, "recall": 0.0, "f1": 0.0, "support": 1}
    assert figures["macro_f1"] == 0.5


def test_chances_that_come_true_as_often_as_they_say_have_no_error() -> None:
    assert calibration([0.75] * 4, [True, True, True, False]) == 0.0
    assert calibration([0.99] * 4, [False] * 4) == 0.99
    assert calibration([], []) == 0.0
