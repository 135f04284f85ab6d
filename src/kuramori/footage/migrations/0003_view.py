"""What the recorder last found out about a camera's view."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("footage", "0002_disks")]

    operations = [
        migrations.AddField("picturecheck", "view_version", models.PositiveIntegerField(default=0)),
        migrations.AddField("picturecheck", "view_fault", models.CharField(blank=True, default="", max_length=16)),
        migrations.AddField("picturecheck", "view_fault_ns", models.BigIntegerField(null=True)),
    ]
