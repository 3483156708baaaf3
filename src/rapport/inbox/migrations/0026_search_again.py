from django.db import migrations

from rapport.core.search import SearchAgain


class Migration(migrations.Migration):
    dependencies = [("inbox", "0025_unscanned")]
    operations = [SearchAgain("inbox_message", "text")]
