import django.contrib.auth.validators
import django.db.models.deletion
import django.db.models.expressions
import kuramori.clock
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Account',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('username', models.CharField(max_length=60, unique=True, validators=[django.contrib.auth.validators.UnicodeUsernameValidator()], verbose_name='user name')),
                ('full_name', models.CharField(max_length=120, verbose_name='full name')),
                ('is_active', models.BooleanField(default=True)),
                ('created_ns', models.BigIntegerField(default=kuramori.clock.now_ns)),
                ('stand_in', models.BooleanField(default=False)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Appointment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('manager', 'Manager'), ('operator', 'Operator')], max_length=20)),
                ('post', models.CharField(blank=True, max_length=60, verbose_name='post in the body')),
                ('scope_text', models.CharField(blank=True, max_length=200, verbose_name='what the work covers')),
                ('deputy', models.BooleanField(default=False, verbose_name='deputy')),
                ('starts_ns', models.BigIntegerField()),
                ('ends_ns', models.BigIntegerField()),
                ('accepted_at_ns', models.BigIntegerField(blank=True, null=True)),
                ('revoked_at_ns', models.BigIntegerField(blank=True, null=True)),
                ('ended_why', models.CharField(blank=True, max_length=200, verbose_name='why it ended')),
                ('created_ns', models.BigIntegerField(default=kuramori.clock.now_ns)),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='appointments', to=settings.AUTH_USER_MODEL)),
                ('appointed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='appointments_made', to=settings.AUTH_USER_MODEL)),
                ('succeeds', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='successors', to='people.appointment')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('role__in', ['manager', 'operator'])), name='appointment_role_known'), models.CheckConstraint(condition=models.Q(('ends_ns__gt', models.F('starts_ns'))), name='appointment_ends_after_start'), models.CheckConstraint(condition=models.Q(('ends_ns__lte', django.db.models.expressions.CombinedExpression(models.F('starts_ns'), '+', models.Value(34300800000000000)))), name='appointment_at_most_13_months')],
            },
        ),
        migrations.CreateModel(
            name='Invitation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('token_hash', models.CharField(max_length=64, unique=True)),
                ('expires_at_ns', models.BigIntegerField()),
                ('used_at_ns', models.BigIntegerField(blank=True, null=True)),
                ('appointment', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='invitation', to='people.appointment')),
            ],
        ),
        migrations.CreateModel(
            name='Pledge',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField()),
                ('text', models.TextField()),
                ('signed_ns', models.BigIntegerField()),
                ('until_ns', models.BigIntegerField(blank=True, null=True)),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='pledges', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['account', 'signed_ns'], name='people_pled_account_0db2db_idx')],
                'constraints': [models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='pledge_says_something')],
            },
        ),
        migrations.CreateModel(
            name='PledgeText',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(unique=True)),
                ('text', models.TextField()),
                ('from_ns', models.BigIntegerField()),
                ('written_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='pledge_text_says_something'), models.CheckConstraint(condition=models.Q(('version__gt', 1)), name='pledge_text_after_the_first')],
            },
        ),
        migrations.CreateModel(
            name='Training',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('lesson', models.CharField(max_length=20)),
                ('done_ns', models.BigIntegerField()),
                ('until_ns', models.BigIntegerField()),
                ('tries', models.PositiveSmallIntegerField(default=1)),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='trainings', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['account', 'done_ns'], name='people_trai_account_01447e_idx')],
                'constraints': [models.CheckConstraint(condition=models.Q(('until_ns__gt', models.F('done_ns'))), name='training_ends')],
            },
        ),
    ]
