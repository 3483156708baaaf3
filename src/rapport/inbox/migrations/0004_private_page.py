from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("inbox", "0003_history")]

    operations = [
        migrations.AddField("conversation", "link_renewed_at", models.DateTimeField(null=True)),
    ]
