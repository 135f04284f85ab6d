import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('cameras', '0001_initial'),
        ('people', '__first__'),
    ]

    operations = [
        migrations.CreateModel(
            name='Acknowledged',
            fields=[
                ('recorder', models.CharField(max_length=32, primary_key=True, serialize=False)),
                ('through_seq', models.BigIntegerField(default=0)),
                ('order_id', models.CharField(blank=True, max_length=32)),
            ],
        ),
        migrations.CreateModel(
            name='Medium',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(unique=True)),
                ('kind', models.CharField(choices=[('store', 'Disk that holds recordings'), ('slot', 'Medium that holds the keys'), ('handed-out', 'Medium for handing footage out'), ('other', 'Other medium')], max_length=12)),
                ('make', models.CharField(max_length=120)),
                ('serial', models.CharField(max_length=120)),
                ('store', models.CharField(blank=True, max_length=64)),
                ('in_use_since', models.DateField()),
            ],
            options={
                'ordering': ['number'],
            },
        ),
        migrations.CreateModel(
            name='Certificate',
            fields=[
                ('id', models.CharField(max_length=32, primary_key=True, serialize=False)),
                ('hour', models.CharField(max_length=32, unique=True)),
                ('camera', models.CharField(max_length=32)),
                ('hour_start_s', models.BigIntegerField()),
                ('erase_at_ns', models.BigIntegerField()),
                ('erased_at_ns', models.BigIntegerField()),
                ('reason', models.CharField(max_length=200)),
                ('epoch', models.BigIntegerField()),
                ('verified', models.BooleanField()),
                ('level', models.PositiveSmallIntegerField()),
                ('document', models.TextField()),
                ('document_sha256', models.CharField(max_length=64)),
                ('ledger_index', models.BigIntegerField()),
                ('journal_seq', models.BigIntegerField()),
                ('made_at_ns', models.BigIntegerField()),
            ],
            options={
                'ordering': ['-hour_start_s', 'camera'],
                'indexes': [models.Index(fields=['camera', 'hour_start_s'], name='certificate_by_time')],
            },
        ),
        migrations.CreateModel(
            name='Hold',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('start_ns', models.BigIntegerField()),
                ('end_ns', models.BigIntegerField()),
                ('case_text', models.CharField(max_length=80)),
                ('basis', models.CharField(max_length=160)),
                ('reason', models.CharField(max_length=400)),
                ('asked_by', models.CharField(blank=True, max_length=100)),
                ('made_at_ns', models.BigIntegerField()),
                ('second_person', models.CharField(blank=True, max_length=100)),
                ('automatic', models.BooleanField(default=False)),
                ('self_approved', models.BooleanField(default=False)),
                ('ends_at_ns', models.BigIntegerField()),
                ('review_at_ns', models.BigIntegerField()),
                ('order', models.CharField(blank=True, max_length=32)),
                ('end_order', models.CharField(blank=True, max_length=32)),
                ('end_reason', models.CharField(blank=True, max_length=200)),
                ('approved_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('camera', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cameras.camera')),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-made_at_ns'],
                'constraints': [models.CheckConstraint(condition=models.Q(('end_ns__gt', models.F('start_ns'))), name='hold_has_a_length'), models.CheckConstraint(condition=models.Q(('review_at_ns__lte', models.F('ends_at_ns'))), name='hold_reviewed_in_time'), models.CheckConstraint(condition=models.Q(models.Q(('case_text', ''), _negated=True), models.Q(('basis', ''), _negated=True), models.Q(('reason', ''), _negated=True)), name='hold_says_why'), models.CheckConstraint(condition=models.Q(('automatic', False), models.Q(models.Q(('asked_by', ''), _negated=True), ('ends_at_ns__lte', django.db.models.expressions.CombinedExpression(models.F('made_at_ns'), '+', models.Value(2678400000000000)))), _connector='OR'), name='protection_is_short_and_for_somebody_outside')],
            },
        ),
        migrations.CreateModel(
            name='HoldReview',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at_ns', models.BigIntegerField()),
                ('reason', models.CharField(max_length=200)),
                ('next_ns', models.BigIntegerField()),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('hold', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reviews', to='retention.hold')),
            ],
            options={
                'ordering': ['at_ns'],
                'constraints': [models.CheckConstraint(condition=models.Q(('next_ns__gt', models.F('at_ns'))), name='review_has_a_next_one'), models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='review_says_why')],
            },
        ),
        migrations.CreateModel(
            name='MediumAct',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('act', models.CharField(choices=[('registered', 'entered in the register'), ('stock-take', 'stock-take: it is there'), ('missed', 'stock-take: it is not there'), ('taken-out', 'taken out'), ('returned', 'brought back'), ('moved', 'kept elsewhere'), ('retired', 'all its recordings made unreadable'), ('destroyed', 'destroyed')], max_length=12)),
                ('at_ns', models.BigIntegerField()),
                ('done_on', models.DateField()),
                ('place', models.CharField(blank=True, max_length=200)),
                ('person', models.CharField(blank=True, max_length=120)),
                ('second', models.CharField(blank=True, max_length=120)),
                ('reason', models.CharField(blank=True, max_length=300)),
                ('method', models.CharField(blank=True, choices=[('shredded', 'shredded'), ('crushed', 'crushed or drilled through'), ('overwritten', "erased by the medium's own command, or overwritten"), ('contractor', 'destroyed by a contractor, with a certificate')], max_length=12)),
                ('paper', models.CharField(blank=True, max_length=120)),
                ('photo_jpeg', models.BinaryField(null=True)),
                ('erasing', models.JSONField(null=True)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL)),
                ('medium', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='acts', to='retention.medium')),
            ],
            options={
                'ordering': ['at_ns', 'pk'],
            },
        ),
    ]
