import django.db.models.deletion
import kuramori.cameras.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('people', '__first__'),
        ('places', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Camera',
            fields=[
                ('id', models.CharField(default=kuramori.cameras.models.new_camera_id, editable=False, max_length=32, primary_key=True, serialize=False)),
                ('number', models.PositiveIntegerField(unique=True, verbose_name='number')),
                ('name', models.CharField(max_length=80, verbose_name='name')),
                ('place_text', models.CharField(blank=True, max_length=200, verbose_name='where it hangs')),
                ('url', models.CharField(max_length=500, verbose_name='address')),
                ('certificate_sha256', models.CharField(blank=True, default='', editable=False, max_length=64)),
                ('priority', models.PositiveSmallIntegerField(default=1)),
                ('width', models.PositiveIntegerField(default=0)),
                ('height', models.PositiveIntegerField(default=0)),
                ('password_checked_ns', models.BigIntegerField(blank=True, null=True)),
                ('created_ns', models.BigIntegerField()),
                ('retired_ns', models.BigIntegerField(blank=True, null=True)),
                ('site', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='cameras', to='places.site')),
            ],
            options={
                'ordering': ['number'],
                'constraints': [models.CheckConstraint(condition=models.Q(('url__contains', '@'), _negated=True), name='camera_url_without_credentials')],
            },
        ),
        migrations.CreateModel(
            name='ApprovedRange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField()),
                ('polygon', models.JSONField()),
                ('mask_polygons', models.JSONField(default=list)),
                ('approved_at_ns', models.BigIntegerField()),
                ('revoked_ns', models.BigIntegerField(blank=True, null=True)),
                ('approved_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('camera', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='ranges', to='cameras.camera')),
            ],
            options={
                'ordering': ['camera', 'version'],
                'constraints': [models.UniqueConstraint(fields=('camera', 'version'), name='range_version_once')],
            },
        ),
    ]
