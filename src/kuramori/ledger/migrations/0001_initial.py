from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Checkpoint',
            fields=[
                ('size', models.BigIntegerField(primary_key=True, serialize=False)),
                ('at_ns', models.BigIntegerField()),
                ('note', models.TextField()),
            ],
        ),
        migrations.CreateModel(
            name='Node',
            fields=[
                ('position', models.BigIntegerField(primary_key=True, serialize=False)),
                ('hash', models.BinaryField(max_length=32)),
            ],
        ),
        migrations.CreateModel(
            name='Entry',
            fields=[
                ('seq', models.BigIntegerField(primary_key=True, serialize=False)),
                ('at_ns', models.BigIntegerField()),
                ('act', models.CharField(max_length=60)),
                ('actor', models.CharField(max_length=60)),
                ('outcome', models.CharField(choices=[('done', 'Done'), ('allowed', 'Allowed'), ('refused', 'Refused'), ('failed', 'Failed')], max_length=10)),
                ('salt', models.BinaryField(max_length=16)),
                ('text', models.TextField()),
            ],
            options={
                'indexes': [models.Index(fields=['act', 'seq'], name='entry_act'), models.Index(fields=['actor', 'seq'], name='entry_actor'), models.Index(fields=['outcome', 'seq'], name='entry_outcome'), models.Index(fields=['at_ns', 'seq'], name='entry_at')],
            },
        ),
    ]
