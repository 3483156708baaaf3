from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("inbox", "0006_source_standing")]

    operations = [
        migrations.AddIndex(
            model_name="message",
            index=models.Index(fields=["workspace", "id"], name="message_newest"),
        ),
    ]
