"""The page of certificates begins with the newest and counts none of them, however many there are."""

from collections import Counter

from django.db import migrations, models

from kuramori import local_time


def count(apps, _schema):
    """The days of the certificates that are there already."""
    certificates, days = (apps.get_model("retention", name) for name in ("Certificate", "ErasedOnDay"))
    found = Counter(
        local_time.day_of(at_ns)
        for at_ns in certificates.objects.order_by().values_list("erased_at_ns", flat=True).iterator()
    )
    days.objects.bulk_create(days(day=day, hours=hours) for day, hours in found.items())


class Migration(migrations.Migration):
    dependencies = [("retention", "0001_initial")]

    operations = [
        migrations.AddIndex(
            "certificate", models.Index(fields=["-hour_start_s", "camera"], name="certificate_newest")
        ),
        migrations.CreateModel(
            name="ErasedOnDay",
            fields=[
                ("day", models.DateField(primary_key=True, serialize=False)),
                ("hours", models.PositiveIntegerField()),
            ],
        ),
        migrations.RunPython(count, migrations.RunPython.noop),
    ]
