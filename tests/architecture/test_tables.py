"""Tables: core knows no noun, every row belongs to a workspace, and the migrations make what the models say."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import connection, models
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState

from rapport.accounts.models import User, Workspace
from rapport.inbox.models import PushKey

OURS = [config for config in apps.get_app_configs() if config.name.startswith("rapport.")]
TABLES = [model for config in OURS for model in config.get_models(include_auto_created=True)]
CORE = [model for model in TABLES if model._meta.app_label == "core"]
ABOVE = [model for model in TABLES if model not in CORE]
ABOVE_WORKSPACES = {Workspace, User, PushKey}
"""A login may belong to several workspaces: what somebody may do hangs on their Members."""


def parents(model: type[models.Model]) -> dict[str, type[models.Model]]:
    """The rows that a row of this model cannot be without, and goes with, by the name of the field."""
    return {
        field.name: field.related_model
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey)
        and not field.null
        and field.remote_field.on_delete is models.CASCADE
        and isinstance(field.related_model, type)
    }


def belongs(model: type[models.Model]) -> bool:
    own = parents(model)
    return own.get("workspace") is Workspace or any(belongs(above) for above in own.values() if above is not model)


@pytest.mark.parametrize("model", CORE, ids=lambda model: model._meta.label)
def test_core_points_to_no_noun(model: type[models.Model]) -> None:
    assert [field.name for field in model._meta.get_fields() if field.is_relation] == []
    assert isinstance(model._meta.get_field("workspace_id"), models.BigIntegerField)


@pytest.mark.parametrize("model", ABOVE, ids=lambda model: model._meta.label)
def test_every_row_belongs_to_a_workspace(model: type[models.Model]) -> None:
    assert model in ABOVE_WORKSPACES or belongs(model)


def test_unique_keys_within_a_workspace_begin_with_it() -> None:
    """So that tables can one day be spread by workspace."""
    wrong = [
        constraint.name
        for model in ABOVE
        for constraint in model._meta.constraints
        if isinstance(constraint, models.UniqueConstraint) and "workspace" in constraint.fields
        if constraint.fields[0] != "workspace"
    ]
    assert wrong == []


def test_the_migrations_make_what_the_models_say() -> None:
    loader = MigrationLoader(None)
    detector = MigrationAutodetector(loader.project_state(), ProjectState.from_apps(apps))
    missing = detector.changes(graph=loader.graph)
    assert {label for label in missing if label in {config.label for config in OURS}} == set()
    assert loader.detect_conflicts() == {}


def test_what_is_searched_is_indexed_still_after_all_migrations(store: str) -> None:
    """Where a column cannot simply be added, Django makes the table anew on SQLite, and its triggers are gone."""
    if store != "sqlite":
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE '%USING fts5%'")
        indexes = {name for (name,) in cursor.fetchall()}
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        triggers = {name for (name,) in cursor.fetchall()}
    assert len(indexes) >= 5
    assert {f"{index}_{verb}" for index in indexes for verb in ("insert", "update", "delete")} <= triggers
