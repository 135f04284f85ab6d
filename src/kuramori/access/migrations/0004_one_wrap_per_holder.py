"""SQLite never made the constraint that took two empty seconds for the same: two that it does make.

Should there be several living wraps of one pair for one holder, the newest stays and the others are emptied.
"""

from __future__ import annotations

from typing import Any

from django.db import migrations, models


def empty_doubled(apps: Any, schema_editor: Any) -> None:
    wraps = apps.get_model("access", "KeyWrap")
    seen = set()
    for wrap in wraps.objects.filter(destroyed_ns=None).order_by("-created_ns", "-pk"):
        name = (wrap.pair_id, wrap.holder_id, wrap.second_id)
        if name in seen:
            wraps.objects.filter(pk=wrap.pk).update(sealed="", destroyed_ns=wrap.created_ns)
        seen.add(name)


class Migration(migrations.Migration):
    dependencies = [("access", "0003_holders_wraps_and_envelope")]

    operations = [
        migrations.RunPython(empty_doubled, migrations.RunPython.noop),
        migrations.RemoveConstraint(model_name="keywrap", name="wrap_once_per_holder"),
        migrations.AddConstraint(
            model_name="keywrap",
            constraint=models.UniqueConstraint(
                condition=models.Q(("destroyed_ns__isnull", True), ("second__isnull", True)),
                fields=("pair", "holder"),
                name="wrap_once_per_holder",
            ),
        ),
        migrations.AddConstraint(
            model_name="keywrap",
            constraint=models.UniqueConstraint(
                condition=models.Q(("destroyed_ns__isnull", True), ("second__isnull", False)),
                fields=("pair", "holder", "second"),
                name="wrap_once_per_two_holders",
            ),
        ),
    ]
