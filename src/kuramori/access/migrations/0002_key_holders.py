"""Key-holders get pairs of their own; what there was becomes a holder that is changed over when it next opens."""

from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def move(apps, _schema_editor):  # noqa: ANN001, ANN201
    holder, wrap = apps.get_model("access", "KeyHolder"), apps.get_model("access", "KeyWrap")
    for old in wrap.objects.order_by("id"):
        holder.objects.create(
            kind=old.kind,
            account_id=old.holder_id,
            public="",
            locked=old.wrapped,
            created_ns=old.created_ns,
            used_ns=old.used_ns,
        )


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.CreateModel(
            name="KeyHolder",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        max_length=16,
                        choices=[
                            ("passphrase", "passphrase"),
                            ("recovery-sheet", "recovery sheet"),
                            ("envelope", "emergency envelope"),
                        ],
                    ),
                ),
                ("public", models.CharField(max_length=64, blank=True)),
                ("locked", models.JSONField()),
                ("created_ns", models.BigIntegerField()),
                ("used_ns", models.BigIntegerField(null=True, blank=True)),
                ("ended_ns", models.BigIntegerField(null=True, blank=True)),
                ("ended_why", models.CharField(max_length=16, blank=True)),
                (
                    "account",
                    models.ForeignKey(
                        to=settings.AUTH_USER_MODEL,
                        null=True,
                        blank=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="key_holdings",
                    ),
                ),
            ],
            options={"ordering": ["created_ns", "id"]},
        ),
        migrations.RunPython(move, migrations.RunPython.noop),
        migrations.DeleteModel("KeyWrap"),
    ]
