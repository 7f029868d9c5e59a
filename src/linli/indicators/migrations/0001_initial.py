import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("territory", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Measure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("method", models.TextField()),
                ("name", models.TextField()),
                ("content", models.JSONField()),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("method", "name"), name="measure_once")],
            },
        ),
        migrations.CreateModel(
            name="Tally",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("path", models.BigIntegerField()),
                ("post", models.TextField()),
                ("on", models.DateField()),
                ("total", models.IntegerField()),
                ("hits", models.IntegerField()),
                (
                    "measure",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.CASCADE, to="indicators.measure"
                    ),
                ),
                (
                    "place",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="territory.place",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["measure", "path", "on"], name="tally_path")],
                "constraints": [models.UniqueConstraint(fields=("measure", "place", "post", "on"), name="tally_once")],
            },
        ),
    ]
