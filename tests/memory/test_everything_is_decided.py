"""A new table or column cannot be overlooked: whoever adds one says whether it is exported, and how it is forgotten."""

from __future__ import annotations

from django.apps import apps
from django.db import models

from rapport.inbox.holding import OF_NOBODY, PLACES
from rapport.ingest.memory.records import KINDS, LEFT_OUT

TABLES = [
    model
    for config in apps.get_app_configs()
    if config.name.startswith("rapport.")
    for model in config.get_models(include_auto_created=True)
]
WORDY = (models.CharField, models.TextField, models.JSONField, models.BinaryField)


def test_every_table_is_exported_or_left_out_with_a_reason() -> None:
    held = {kind.model for kind in KINDS} | {part.model for kind in KINDS for part in kind.parts}
    assert {model._meta.label for model in TABLES if model not in held} == set(LEFT_OUT)
    assert all(reason.endswith(".") for reason in LEFT_OUT.values())


MADE_ANEW = {
    "Source": {
        "token",
        "sealed",
        "cursor",
        "error",
        "workspace",
        "paused_at",
        "silent_at",
        "degraded_at",
        "reauthorise_at",
        "expires_at",
        "expiry_told_at",
        "renewing_until",
        "visit_at",
        "visited_at",
        "failures",
        "lease",
        "lease_until",
        "stream_cursor",
        "vouched",
        "vouched_at",
    },
    "Outgoing": {"key", "workspace"},
    "Member": {"user", "workspace", "guide_step"},
    "Disposition": {"id", "message"},
    "Revision": {"id", "message"},
    "Reading": {"message"},
    "Manner": {"message"},
    "Promise": {"id", "message"},
    "Feeling": {"id", "message"},
    "Label": {"id", "message", "lifted"},
    "Event": {"workspace_id"},
    "Note": {"key"},
    "Identity": {"workspace", "compared_at"},
    "Person": {"workspace", "merged_into"},
}
"""Columns that a record leaves out on purpose: secrets, logins, what the new workspace gives, what the merges tell."""


def test_every_column_of_an_exported_table_is_in_its_record() -> None:
    for kind in [*KINDS, *(part for whole in KINDS for part in whole.parts)]:
        columns = {field.name.removesuffix("_id") if kind.model.__name__ == "Event" and field.name == "by_id" else field.name
                   for field in kind.model._meta.concrete_fields}  # fmt: skip
        told = {*kind.fields, *kind.refs, *MADE_ANEW.get(kind.model.__name__, {"workspace"})} | {"id"}
        assert columns - told == set(), kind.name


def test_every_column_of_words_is_looked_at_when_somebody_is_forgotten() -> None:
    held = {(place.model, name) for place in PLACES for name in (*place.texts, *place.documents)}
    for model in TABLES:
        wordy = {
            field.name
            for field in model._meta.concrete_fields
            if isinstance(field, WORDY) and not field.choices and (model, field.name) not in held
        }
        assert not wordy or model._meta.label in OF_NOBODY, (model._meta.label, wordy)


def test_no_table_is_named_that_is_not_there() -> None:
    labels = {model._meta.label for model in TABLES}
    assert set(OF_NOBODY) | set(LEFT_OUT) <= labels
