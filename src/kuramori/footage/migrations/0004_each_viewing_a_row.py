from django.db import migrations, models


class Migration(migrations.Migration):
    """Viewings were named by what `web` said of the viewer, which it may say twice."""

    dependencies = [("footage", "0003_certified_hours")]

    operations = [
        migrations.DeleteModel(name="LiveViewing"),
        migrations.CreateModel(
            name='LiveViewing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('recorder', models.CharField(max_length=32)),
                ('journal_seq', models.BigIntegerField()),
                ('viewing', models.CharField(max_length=64)),
                ('grant', models.CharField(max_length=32)),
                ('camera', models.CharField(max_length=32)),
                ('started_ns', models.BigIntegerField()),
                ('stopped_ns', models.BigIntegerField(null=True)),
                ('verdict', models.CharField(blank=True, max_length=32)),
            ],
            options={
                'indexes': [models.Index(fields=['verdict'], name='viewing_by_verdict')],
                'constraints': [models.UniqueConstraint(fields=('recorder', 'journal_seq'), name='viewing_once')],
            },
        ),
    ]
