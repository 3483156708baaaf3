from django.db import migrations

from rapport.core.search import SearchAgain


class Migration(migrations.Migration):
    dependencies = [("people", "0008_followers")]
    operations = [SearchAgain("people_identity", "name", "address")]
