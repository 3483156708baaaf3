from django.db import migrations

from rapport.core.search import AddSearch


class Migration(migrations.Migration):
    dependencies = [("people", "0003_merging"), ("inbox", "0002_search")]

    operations = [
        AddSearch("people_identity", "name", "address"),
        AddSearch("people_person", "name", "organisation"),
        AddSearch("people_order", "number", "status", "text"),
    ]
