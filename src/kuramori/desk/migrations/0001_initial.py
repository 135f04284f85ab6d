from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='SetUp',
            fields=[
                ('id', models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ('purpose_code', models.CharField(blank=True, max_length=32)),
                ('purpose_text', models.CharField(blank=True, max_length=200)),
                ('days', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('key_confirmed_ns', models.BigIntegerField(blank=True, null=True)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='set_up_is_one'), models.CheckConstraint(condition=models.Q(('days__isnull', True), models.Q(('days__gte', 1), ('days__lte', 31)), _connector='OR'), name='set_up_days_in_range')],
            },
        ),
    ]
