from django.db import migrations

from rapport.core.search import AddSearch


class Migration(migrations.Migration):
    dependencies = [("inbox", "0001_initial")]

    operations = [AddSearch("inbox_message", "text")]
