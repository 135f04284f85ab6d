from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='CameraState',
            fields=[
                ('camera', models.CharField(max_length=32, primary_key=True, serialize=False)),
                ('state', models.CharField(max_length=24)),
                ('since_ns', models.BigIntegerField()),
                ('detail', models.CharField(blank=True, max_length=200)),
            ],
        ),
        migrations.CreateModel(
            name='Intake',
            fields=[
                ('recorder', models.CharField(max_length=32, primary_key=True, serialize=False)),
                ('last_seq', models.BigIntegerField(default=0)),
                ('last_hash', models.CharField(blank=True, max_length=64)),
            ],
        ),
        migrations.CreateModel(
            name='Order',
            fields=[
                ('id', models.CharField(max_length=32, primary_key=True, serialize=False)),
                ('kind', models.CharField(max_length=16)),
                ('made_at_ns', models.BigIntegerField()),
                ('reason', models.CharField(blank=True, max_length=400)),
                ('state', models.CharField(default='issued', max_length=8)),
                ('why', models.CharField(blank=True, max_length=64)),
                ('settled_ns', models.BigIntegerField(null=True)),
            ],
            options={
                'ordering': ['made_at_ns'],
            },
        ),
        migrations.CreateModel(
            name='PictureCheck',
            fields=[
                ('camera', models.CharField(max_length=32, primary_key=True, serialize=False)),
                ('mask_version', models.PositiveIntegerField(default=0)),
                ('mask_good_until_ns', models.BigIntegerField(null=True)),
                ('mask_failed_version', models.PositiveIntegerField(default=0)),
                ('mask_failed_ns', models.BigIntegerField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='RecorderFact',
            fields=[
                ('name', models.CharField(max_length=40, primary_key=True, serialize=False)),
                ('value', models.JSONField(default=dict)),
                ('at_ns', models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name='SealingKey',
            fields=[
                ('key_id', models.CharField(max_length=16, primary_key=True, serialize=False)),
                ('public', models.CharField(max_length=64)),
                ('since_ns', models.BigIntegerField()),
            ],
            options={
                'ordering': ['since_ns'],
            },
        ),
        migrations.CreateModel(
            name='ErasedHour',
            fields=[
                ('hour', models.CharField(max_length=32, primary_key=True, serialize=False)),
                ('camera', models.CharField(max_length=32)),
                ('hour_start_s', models.BigIntegerField()),
                ('erase_at_ns', models.BigIntegerField()),
                ('erased_at_ns', models.BigIntegerField()),
                ('reason', models.CharField(max_length=200)),
                ('epoch', models.BigIntegerField()),
                ('verified', models.BooleanField()),
                ('level', models.PositiveSmallIntegerField()),
                ('level_reasons', models.JSONField(default=list)),
                ('recorder', models.CharField(max_length=32)),
                ('journal_seq', models.BigIntegerField()),
                ('certificate', models.CharField(blank=True, max_length=32)),
            ],
            options={
                'ordering': ['journal_seq', 'hour'],
                'indexes': [models.Index(fields=['camera', 'hour_start_s'], name='erased_hour_by_time'), models.Index(fields=['certificate'], name='erased_hour_by_certificate'), models.Index(fields=['recorder', 'journal_seq'], name='erased_hour_by_line')],
            },
        ),
        migrations.CreateModel(
            name='Finding',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=48)),
                ('subject', models.CharField(blank=True, max_length=120)),
                ('detail', models.JSONField(default=dict)),
                ('found_ns', models.BigIntegerField()),
                ('cleared_ns', models.BigIntegerField(null=True)),
            ],
            options={
                'ordering': ['found_ns'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('cleared_ns__isnull', True)), fields=('code', 'subject'), name='finding_stands_once')],
            },
        ),
        migrations.CreateModel(
            name='Gap',
            fields=[
                ('id', models.CharField(max_length=32, primary_key=True, serialize=False)),
                ('camera', models.CharField(max_length=32)),
                ('since_ns', models.BigIntegerField()),
                ('until_ns', models.BigIntegerField(null=True)),
                ('reason', models.CharField(max_length=32)),
            ],
            options={
                'ordering': ['camera', 'since_ns'],
                'indexes': [models.Index(fields=['camera', 'since_ns'], name='gap_by_time')],
                'constraints': [models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='gap_has_a_reason'), models.CheckConstraint(condition=models.Q(('until_ns__isnull', True), ('until_ns__gte', models.F('since_ns')), _connector='OR'), name='gap_ends_after_its_start')],
            },
        ),
        migrations.CreateModel(
            name='HeldSegment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('hold', models.CharField(max_length=32)),
                ('segment', models.CharField(max_length=32)),
                ('camera', models.CharField(max_length=32)),
                ('until_ns', models.BigIntegerField()),
                ('held_ns', models.BigIntegerField()),
                ('ended_ns', models.BigIntegerField(null=True)),
            ],
            options={
                'indexes': [models.Index(fields=['segment'], name='held_by_segment')],
                'constraints': [models.UniqueConstraint(fields=('hold', 'segment'), name='held_once')],
            },
        ),
        migrations.CreateModel(
            name='IntakeMark',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('recorder', models.CharField(max_length=32)),
                ('seq', models.BigIntegerField()),
                ('line_hash', models.CharField(max_length=64)),
            ],
            options={
                'ordering': ['recorder', 'seq'],
                'constraints': [models.UniqueConstraint(fields=('recorder', 'seq'), name='intake_mark_once')],
            },
        ),
        migrations.CreateModel(
            name='KeyRelease',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('recorder', models.CharField(max_length=32)),
                ('journal_seq', models.BigIntegerField()),
                ('grant', models.CharField(max_length=32)),
                ('segment', models.CharField(max_length=32)),
                ('camera', models.CharField(max_length=32)),
                ('at_ns', models.BigIntegerField()),
                ('verdict', models.CharField(blank=True, max_length=32)),
            ],
            options={
                'ordering': ['journal_seq'],
                'indexes': [models.Index(fields=['verdict'], name='release_by_verdict')],
                'constraints': [models.UniqueConstraint(fields=('recorder', 'journal_seq'), name='release_once')],
            },
        ),
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
        migrations.CreateModel(
            name='Segment',
            fields=[
                ('id', models.CharField(max_length=32, primary_key=True, serialize=False)),
                ('camera', models.CharField(max_length=32)),
                ('path', models.CharField(max_length=255)),
                ('start_ns', models.BigIntegerField()),
                ('end_ns', models.BigIntegerField(null=True)),
                ('hour', models.CharField(max_length=32)),
                ('hour_start_s', models.BigIntegerField()),
                ('erase_at_ns', models.BigIntegerField()),
                ('run', models.CharField(max_length=32)),
                ('purpose_version', models.PositiveIntegerField()),
                ('policy_version', models.PositiveIntegerField()),
                ('storehouse_key', models.CharField(max_length=16)),
                ('codec', models.CharField(max_length=32)),
                ('width', models.PositiveIntegerField()),
                ('height', models.PositiveIntegerField()),
                ('sha256', models.CharField(blank=True, max_length=64)),
                ('records', models.PositiveIntegerField(default=0)),
                ('size_bytes', models.BigIntegerField(default=0)),
                ('lost_packets', models.PositiveIntegerField(default=0)),
                ('state', models.CharField(choices=[('open', 'open'), ('closed', 'closed'), ('cut', 'cut'), ('erased', 'erased')], max_length=6)),
                ('provisional', models.BooleanField(default=False)),
            ],
            options={
                'ordering': ['camera', 'start_ns'],
                'indexes': [models.Index(fields=['camera', 'start_ns'], name='segment_by_time'), models.Index(fields=['hour'], name='segment_by_hour'), models.Index(fields=['camera', 'end_ns'], name='segment_by_end'), models.Index(fields=['state', 'erase_at_ns'], name='segment_by_death')],
                'constraints': [models.CheckConstraint(condition=models.Q(('purpose_version__gte', 1)), name='segment_has_a_purpose'), models.CheckConstraint(condition=models.Q(('erase_at_ns__gt', models.F('start_ns')), models.Q(('erase_at_ns__gt', 0), ('provisional', True)), _connector='OR'), name='segment_has_an_erase_date'), models.CheckConstraint(condition=models.Q(('end_ns__isnull', True), ('end_ns__gte', models.F('start_ns')), _connector='OR'), name='segment_ends_after_its_start'), models.CheckConstraint(condition=models.Q(('state__in', ('open', 'closed', 'cut', 'erased'))), name='segment_known_state')],
            },
        ),
        migrations.CreateModel(
            name='SettingsSerial',
            fields=[
                ('id', models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ('serial', models.BigIntegerField(default=0)),
                ('content_sha256', models.CharField(blank=True, max_length=64)),
                ('made_at_ns', models.BigIntegerField(default=0)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='settings_serial_is_one')],
            },
        ),
    ]
