import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Consumer",
            fields=[
                ("name", models.TextField(primary_key=True, serialize=False)),
                ("since", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Day",
            fields=[
                ("on", models.DateField(primary_key=True, serialize=False)),
                ("kind", models.TextField(choices=[("holiday", "holiday"), ("workday", "workday")])),
            ],
        ),
        migrations.CreateModel(
            name="Seal",
            fields=[
                ("until", models.DateTimeField(primary_key=True, serialize=False)),
                ("chains", models.IntegerField()),
                ("root", models.BinaryField()),
            ],
        ),
        migrations.CreateModel(
            name="WorkingCalendar",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.IntegerField(default=0)),
                ("head", models.BinaryField(default=b"")),
                ("hours", models.JSONField()),
                (
                    "announced",
                    django.contrib.postgres.fields.ArrayField(base_field=models.SmallIntegerField(), size=None),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Event",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("subject", models.TextField()),
                ("seq", models.IntegerField()),
                ("name", models.TextField()),
                ("schema", models.SmallIntegerField()),
                ("at", models.DateTimeField()),
                ("recorded_at", models.DateTimeField()),
                ("by", models.TextField()),
                ("cause", models.TextField(null=True)),
                ("body", models.JSONField()),
                ("previous", models.BinaryField()),
                ("digest", models.BinaryField()),
            ],
            options={
                "indexes": [models.Index(fields=["recorded_at"], name="event_recorded")],
                "constraints": [models.UniqueConstraint(fields=("subject", "seq"), name="event_once")],
            },
        ),
        migrations.CreateModel(
            name="Done",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("actor", models.TextField()),
                ("key", models.TextField()),
                ("digest", models.BinaryField()),
                ("at", models.DateTimeField()),
                (
                    "event",
                    models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to="kernel.event"),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["at"], name="done_at")],
                "constraints": [models.UniqueConstraint(fields=("actor", "key"), name="done_once")],
            },
        ),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("consumer", models.TextField()),
                ("subject", models.TextField()),
                ("seq", models.IntegerField()),
                ("attempts", models.SmallIntegerField(default=0)),
                ("not_before", models.DateTimeField(null=True)),
                ("parked_at", models.DateTimeField(null=True)),
                (
                    "event",
                    models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to="kernel.event"),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("consumer", "subject", "seq"), name="delivery_once")],
            },
        ),
    ]
