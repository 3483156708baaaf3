"""Lanes and queues. What waits for a network already goes in one lane of its own, one after the other as before."""

from typing import Any

from django.db import migrations, models

KINDS = ("outgoing.send", "outgoing.act", "chat.letter", "message.look_again", "notice.push", "notice.digest")


def fill(apps: Any, schema: Any) -> None:
    apps.get_model("core", "Work").objects.filter(kind__in=KINDS).update(lane="before")


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0002_stopped'),
    ]

    operations = [
        migrations.AddField(
            model_name='work',
            name='lane',
            field=models.CharField(max_length=60, null=True),
        ),
        migrations.AddField(
            model_name='work',
            name='queue',
            field=models.CharField(max_length=60, null=True),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name='work',
            index=models.Index(condition=models.Q(('lane__isnull', False)), fields=['lane', 'due_at'], name='work_lane'),
        ),
        migrations.AddIndex(
            model_name='work',
            index=models.Index(condition=models.Q(('queue__isnull', False)), fields=['queue'], name='work_queue'),
        ),
    ]
