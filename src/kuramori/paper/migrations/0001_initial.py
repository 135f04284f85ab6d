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
            name='Scan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('entered_ns', models.BigIntegerField()),
                ('from_paper', models.BooleanField(default=False, verbose_name='entered from paper')),
                ('paper_dated', models.DateField(blank=True, null=True, verbose_name='date on the paper')),
                ('correction', models.CharField(blank=True, max_length=200, verbose_name='why it is corrected')),
                ('kind', models.CharField(max_length=24)),
                ('subject', models.CharField(blank=True, max_length=64)),
                ('media_type', models.CharField(max_length=20)),
                ('content', models.BinaryField()),
                ('sha256', models.CharField(max_length=64)),
                ('size_bytes', models.PositiveIntegerField()),
                ('pages', models.PositiveSmallIntegerField(default=1)),
                ('virus_checked', models.CharField(blank=True, max_length=120)),
                ('entered_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('replaces', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='replaced_by', to='paper.scan')),
            ],
            options={
                'abstract': False,
                'indexes': [models.Index(fields=['kind', 'subject'], name='scan_of')],
                'constraints': [models.CheckConstraint(condition=models.Q(('replaces__isnull', True), models.Q(('correction', ''), _negated=True), _connector='OR'), name='paper_scan_correction_says_why'), models.CheckConstraint(condition=models.Q(('media_type__in', ['image/jpeg', 'application/pdf'])), name='scan_known_type'), models.CheckConstraint(condition=models.Q(('size_bytes__gt', 0)), name='scan_holds_something')],
            },
        ),
    ]
