"""What stood in one line of a person becomes an organisation and a belonging; the line stays. Its name can be sought."""

from django.db import migrations

from rapport.core.folding import fold
from rapport.core.hashing import key
from rapport.core.search import AddSearch


def name_all(apps, schema_editor):
    Person = apps.get_model("people", "Person")
    Organisation = apps.get_model("people", "Organisation")
    Belonging = apps.get_model("people", "Belonging")
    rows = Person.objects.exclude(organisation="").order_by("pk").values_list("pk", "workspace", "organisation")
    last = 0
    while batch := list(rows.filter(pk__gt=last)[:500]):
        last = batch[-1][0]
        said = [
            (id, workspace, name.strip(), key("organisation", fold(name) or name.strip()))
            for id, workspace, name in batch
            if name.strip()
        ]
        named = {(workspace, found): name for _, workspace, name, found in said}
        Organisation.objects.bulk_create(
            [Organisation(workspace_id=workspace, name=name, key=found) for (workspace, found), name in named.items()],
            ignore_conflicts=True,
        )
        known = Organisation.objects.filter(key__in={found for _, found in named})
        ids = {(workspace, bytes(found)): id for id, workspace, found in known.values_list("pk", "workspace", "key")}
        Belonging.objects.bulk_create(
            Belonging(workspace_id=workspace, person_id=id, organisation_id=ids[workspace, found])
            for id, workspace, _, found in said
        )


class Migration(migrations.Migration):
    dependencies = [("people", "0006_organisations")]

    operations = [
        migrations.RunPython(name_all, migrations.RunPython.noop),
        AddSearch("people_organisation", "name"),
    ]
