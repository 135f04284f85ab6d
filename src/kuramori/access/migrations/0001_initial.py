import django.db.models.deletion
import django.db.models.expressions
import kuramori.access.approval_models
import kuramori.access.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('cameras', '0001_initial'),
        ('footage', '0001_initial'),
        ('people', '0001_initial'),
        ('people', '__first__'),
    ]

    operations = [
        migrations.CreateModel(
            name='StorehouseKeyPair',
            fields=[
                ('sealing_key', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, serialize=False, to='footage.sealingkey')),
                ('created_ns', models.BigIntegerField()),
                ('retired_ns', models.BigIntegerField(blank=True, null=True)),
            ],
            options={
                'ordering': ['created_ns'],
            },
        ),
        migrations.CreateModel(
            name='WrongTries',
            fields=[
                ('account', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='wrong_passphrases', serialize=False, to=settings.AUTH_USER_MODEL)),
                ('count', models.PositiveIntegerField(default=0)),
                ('not_before_ns', models.BigIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name='Approval',
            fields=[
                ('id', models.CharField(default=kuramori.access.approval_models.new_id, editable=False, max_length=32, primary_key=True, serialize=False)),
                ('case_number', models.CharField(max_length=12)),
                ('start_ns', models.BigIntegerField()),
                ('end_ns', models.BigIntegerField()),
                ('purpose_code', models.CharField(max_length=32)),
                ('reason', models.CharField(max_length=400, verbose_name='reason')),
                ('second_person', models.CharField(blank=True, max_length=80)),
                ('self_approved', models.BooleanField(default=False)),
                ('may_copy', models.BooleanField(default=False)),
                ('witness', models.BooleanField(default=False)),
                ('viewings', models.PositiveSmallIntegerField(default=3)),
                ('created_ns', models.BigIntegerField()),
                ('expires_at_ns', models.BigIntegerField()),
                ('withdrawn_ns', models.BigIntegerField(blank=True, null=True)),
                ('asked_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('camera', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cameras.camera')),
                ('decided_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-created_ns'],
                'constraints': [models.CheckConstraint(condition=models.Q(('end_ns__gt', models.F('start_ns'))), name='approval_names_its_interval'), models.CheckConstraint(condition=models.Q(models.Q(('case_number', ''), _negated=True), models.Q(('purpose_code', ''), _negated=True), models.Q(('reason', ''), _negated=True)), name='approval_has_a_case'), models.CheckConstraint(condition=models.Q(('asked_by__isnull', True), models.Q(('asked_by', models.F('decided_by')), _negated=True), models.Q(('second_person', ''), _negated=True), ('self_approved', True), _connector='OR'), name='nobody_approves_their_own_request'), models.CheckConstraint(condition=models.Q(('self_approved', False), ('end_ns__lte', django.db.models.expressions.CombinedExpression(models.F('start_ns'), '+', models.Value(3600000000000))), _connector='OR'), name='own_approval_at_most_an_hour')],
            },
        ),
        migrations.CreateModel(
            name='KeyHolder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('passphrase', 'passphrase'), ('recovery-sheet', 'recovery sheet'), ('envelope', 'emergency envelope')], max_length=16)),
                ('public', models.CharField(blank=True, max_length=64)),
                ('locked', models.JSONField()),
                ('created_ns', models.BigIntegerField()),
                ('used_ns', models.BigIntegerField(blank=True, null=True)),
                ('ended_ns', models.BigIntegerField(blank=True, null=True)),
                ('ended_why', models.CharField(blank=True, max_length=16)),
                ('account', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='key_holdings', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['created_ns', 'id'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('account__isnull', False), ('kind', 'passphrase')), models.Q(('account__isnull', True), ('kind__in', ['recovery-sheet', 'envelope'])), _connector='OR'), name='holder_has_its_account'), models.UniqueConstraint(condition=models.Q(('account__isnull', False), ('ended_ns__isnull', True)), fields=('account',), name='one_holding_per_person'), models.UniqueConstraint(condition=models.Q(('account__isnull', True), ('ended_ns__isnull', True)), fields=('kind',), name='one_sheet_and_one_envelope')],
            },
        ),
        migrations.CreateModel(
            name='EmergencyOpening',
            fields=[
                ('id', models.CharField(default=kuramori.access.models.new_id, editable=False, max_length=32, primary_key=True, serialize=False)),
                ('reason', models.CharField(max_length=400, verbose_name='what has happened')),
                ('case_text', models.CharField(max_length=80, verbose_name='case number')),
                ('start_ns', models.BigIntegerField()),
                ('end_ns', models.BigIntegerField()),
                ('opened_ns', models.BigIntegerField()),
                ('until_ns', models.BigIntegerField()),
                ('seen_by', models.JSONField(default=list)),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('envelope', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='opening', to='access.keyholder')),
            ],
            options={
                'ordering': ['-opened_ns'],
                'constraints': [models.CheckConstraint(condition=models.Q(('end_ns__gt', models.F('start_ns')), ('end_ns__lte', django.db.models.expressions.CombinedExpression(models.F('start_ns'), '+', models.Value(7200000000000)))), name='emergency_at_most_two_hours'), models.CheckConstraint(condition=models.Q(models.Q(('reason', ''), _negated=True), models.Q(('case_text', ''), _negated=True)), name='emergency_has_a_case')],
            },
        ),
        migrations.CreateModel(
            name='Grant',
            fields=[
                ('id', models.CharField(default=kuramori.access.models.new_id, editable=False, max_length=32, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('live', 'live'), ('playback', 'playback')], max_length=8)),
                ('start_ns', models.BigIntegerField(blank=True, null=True)),
                ('end_ns', models.BigIntegerField(blank=True, null=True)),
                ('purpose_code', models.CharField(max_length=32)),
                ('reason', models.CharField(max_length=400, verbose_name='reason')),
                ('case_text', models.CharField(blank=True, max_length=80, verbose_name='case number')),
                ('self_approved', models.BooleanField(default=False)),
                ('before_cases', models.BooleanField(default=False)),
                ('created_ns', models.BigIntegerField()),
                ('expires_at_ns', models.BigIntegerField()),
                ('ended_ns', models.BigIntegerField(blank=True, null=True)),
                ('withdrawn_ns', models.BigIntegerField(blank=True, null=True)),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='grants', to=settings.AUTH_USER_MODEL)),
                ('approval', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='grants', to='access.approval')),
                ('camera', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='grants', to='cameras.camera')),
                ('emergency', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='grants', to='access.emergencyopening')),
                ('granted_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('withdrawn_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-created_ns'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('end_ns__isnull', True), ('kind', 'live'), ('start_ns__isnull', True)), models.Q(('end_ns__gt', models.F('start_ns')), ('kind', 'playback'), ('start_ns__isnull', False)), _connector='OR'), name='grant_names_its_interval'), models.CheckConstraint(condition=models.Q(models.Q(('purpose_code', ''), _negated=True), models.Q(('reason', ''), _negated=True)), name='grant_has_a_reason'), models.CheckConstraint(condition=models.Q(('expires_at_ns__gt', models.F('created_ns'))), name='grant_has_an_end'), models.CheckConstraint(condition=models.Q(('self_approved', False), ('end_ns__lte', django.db.models.expressions.CombinedExpression(models.F('start_ns'), '+', models.Value(3600000000000))), _connector='OR'), name='self_approved_at_most_an_hour'), models.CheckConstraint(condition=models.Q(('kind', 'live'), ('self_approved', True), ('emergency__isnull', False), ('approval__isnull', False), ('purpose_code', 'equipment-check'), models.Q(('account', models.F('granted_by')), _negated=True), _connector='OR'), name='own_request_is_marked'), models.CheckConstraint(condition=models.Q(('kind', 'live'), ('approval__isnull', False), ('emergency__isnull', False), ('before_cases', True), models.Q(('end_ns__lte', django.db.models.expressions.CombinedExpression(models.F('start_ns'), '+', models.Value(60000000000))), ('purpose_code', 'equipment-check')), _connector='OR'), name='playback_stands_on_a_case'), models.CheckConstraint(condition=models.Q(('emergency__isnull', True), ('end_ns__lte', django.db.models.expressions.CombinedExpression(models.F('start_ns'), '+', models.Value(7200000000000))), _connector='OR'), name='envelope_gives_at_most_two_hours')],
            },
        ),
        migrations.CreateModel(
            name='KeyWrap',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sealed', models.CharField(blank=True, max_length=400)),
                ('created_ns', models.BigIntegerField()),
                ('destroyed_ns', models.BigIntegerField(blank=True, null=True)),
                ('holder', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='wraps', to='access.keyholder')),
                ('second', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='second_wraps', to='access.keyholder')),
                ('pair', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='wraps', to='access.storehousekeypair')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('destroyed_ns__isnull', True), ('sealed', ''), _connector='OR'), name='destroyed_wrap_is_empty'), models.UniqueConstraint(condition=models.Q(('destroyed_ns__isnull', True), ('second__isnull', True)), fields=('pair', 'holder'), name='wrap_once_per_holder'), models.UniqueConstraint(condition=models.Q(('destroyed_ns__isnull', True), ('second__isnull', False)), fields=('pair', 'holder', 'second'), name='wrap_once_per_two_holders')],
            },
        ),
        migrations.CreateModel(
            name='StorehouseRule',
            fields=[
                ('id', models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ('two_together', models.BooleanField(default=False)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='storehouse_rule_is_one')],
            },
        ),
        migrations.CreateModel(
            name='Viewing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField()),
                ('console', models.CharField(max_length=64)),
                ('began_ns', models.BigIntegerField()),
                ('ended_ns', models.BigIntegerField(blank=True, null=True)),
                ('grant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='viewing_rows', to='access.grant')),
            ],
            options={
                'ordering': ['-began_ns'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_ns__isnull', True)), fields=('grant',), name='one_viewing_at_a_time')],
            },
        ),
        migrations.CreateModel(
            name='Onlooker',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('asker', 'watches for the asker'), ('witness', 'witness')], max_length=8, verbose_name='as')),
                ('name', models.CharField(max_length=80, verbose_name='full name')),
                ('office', models.CharField(blank=True, max_length=120, verbose_name='office or company')),
                ('paper', models.CharField(max_length=120, verbose_name='identity shown by (kind and number)')),
                ('accepted', models.CharField(choices=[('screen', 'accepted on this screen'), ('paper', 'signed the printed terms')], max_length=8, verbose_name='terms')),
                ('entered_ns', models.BigIntegerField()),
                ('viewing', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='onlookers', to='access.viewing')),
            ],
            options={
                'ordering': ['pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('name', ''), _negated=True), models.Q(('paper', ''), _negated=True)), name='onlooker_is_named'), models.CheckConstraint(condition=models.Q(('accepted__in', ['screen', 'paper'])), name='terms_are_accepted')],
            },
        ),
    ]
