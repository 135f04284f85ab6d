"""What lies on the disks, as last counted."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("footage", "0003_view")]

    operations = [
        migrations.CreateModel(
            name="LivingFootage",
            fields=[
                ("camera", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("pieces", models.PositiveIntegerField(default=0)),
                ("size_bytes", models.BigIntegerField(default=0)),
                ("oldest_ns", models.BigIntegerField(null=True)),
                ("dies_ns", models.BigIntegerField(null=True)),
                ("dying", models.JSONField(default=dict)),
                ("stores", models.JSONField(default=dict)),
                ("counted_ns", models.BigIntegerField()),
            ],
        ),
    ]
