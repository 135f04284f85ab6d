import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('people', '__first__'),
    ]

    operations = [
        migrations.CreateModel(
            name='Beat',
            fields=[
                ('name', models.CharField(max_length=16, primary_key=True, serialize=False)),
                ('at_ns', models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name='Channel',
            fields=[
                ('kind', models.CharField(choices=[('mail', 'mail'), ('webhook', 'webhook')], max_length=8, primary_key=True, serialize=False)),
                ('said', models.JSONField(default=dict)),
                ('secret', models.TextField(blank=True)),
                ('worked_ns', models.BigIntegerField(null=True)),
                ('failed_ns', models.BigIntegerField(null=True)),
                ('failed_why', models.CharField(blank=True, max_length=80)),
                ('weekly_ns', models.BigIntegerField(null=True)),
            ],
            options={
                'ordering': ['kind'],
            },
        ),
        migrations.CreateModel(
            name='CameraDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('camera', models.CharField(max_length=32)),
                ('day', models.DateField()),
                ('expected_ms', models.BigIntegerField(default=0)),
                ('covered_ms', models.BigIntegerField(default=0)),
                ('gaps_ms', models.JSONField(default=dict)),
                ('stored_bytes', models.BigIntegerField(default=0)),
                ('lost_packets', models.BigIntegerField(default=0)),
                ('clock_error_ms', models.BigIntegerField(null=True)),
                ('mask_checked_ns', models.BigIntegerField(null=True)),
                ('view_checked_ns', models.BigIntegerField(null=True)),
                ('decoded_ns', models.BigIntegerField(null=True)),
                ('disk', models.CharField(default='ok', max_length=8)),
                ('disk_free_bytes', models.BigIntegerField(null=True)),
                ('erasure_on_time', models.BooleanField(default=True)),
                ('final_ns', models.BigIntegerField(null=True)),
            ],
            options={
                'ordering': ['-day', 'camera'],
                'constraints': [models.UniqueConstraint(fields=('camera', 'day'), name='camera_day_once')],
            },
        ),
        migrations.CreateModel(
            name='Contact',
            fields=[
                ('id', models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=120, verbose_name='Who looks after the cameras')),
                ('telephone', models.CharField(max_length=40, verbose_name='Telephone')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='contact_is_one')],
            },
        ),
        migrations.CreateModel(
            name='Alarm',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=64)),
                ('subject', models.CharField(blank=True, max_length=120)),
                ('light', models.CharField(max_length=6)),
                ('since_ns', models.BigIntegerField()),
                ('times', models.PositiveIntegerField(default=1)),
                ('over_ns', models.BigIntegerField(null=True)),
                ('told_ns', models.BigIntegerField(null=True)),
                ('acknowledged_ns', models.BigIntegerField(null=True)),
                ('acknowledged_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-since_ns', '-id'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('acknowledged_ns__isnull', True)), fields=('code', 'subject'), name='alarm_waits_once'), models.CheckConstraint(condition=models.Q(('light__in', ['yellow', 'red'])), name='alarm_has_a_colour'), models.CheckConstraint(condition=models.Q(models.Q(('acknowledged_by__isnull', True), ('acknowledged_ns__isnull', True)), models.Q(('acknowledged_by__isnull', False), ('acknowledged_ns__isnull', False)), _connector='OR'), name='alarm_acknowledged_by_a_person')],
            },
        ),
    ]
