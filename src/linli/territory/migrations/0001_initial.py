import django.contrib.postgres.constraints
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Place",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.IntegerField(default=0)),
                ("head", models.BinaryField(default=b"")),
                (
                    "level",
                    models.CharField(
                        choices=[
                            ("district", "district"),
                            ("subdistrict", "subdistrict"),
                            ("community", "community"),
                            ("grid", "grid"),
                            ("building", "building"),
                            ("entrance", "entrance"),
                            ("dwelling", "dwelling"),
                        ],
                        max_length=12,
                    ),
                ),
                ("kind", models.CharField(max_length=20)),
                ("name", models.TextField()),
                ("code", models.TextField(null=True)),
                ("urban_code", models.CharField(max_length=3, null=True)),
                ("path", models.BigIntegerField(unique=True)),
                ("lon", models.FloatField(null=True)),
                ("lat", models.FloatField(null=True)),
                ("since_on", models.DateField()),
                ("ended_on", models.DateField(null=True)),
                ("search", models.TextField()),
                (
                    "parent",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="territory.place",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="PlaceCode",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("from_on", models.DateField()),
                ("until_on", models.DateField(null=True)),
                ("code", models.TextField()),
                (
                    "place",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="codes",
                        to="territory.place",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="PlaceName",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("from_on", models.DateField()),
                ("until_on", models.DateField(null=True)),
                ("name", models.TextField()),
                (
                    "place",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="names",
                        to="territory.place",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="PlaceParent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("from_on", models.DateField()),
                ("until_on", models.DateField(null=True)),
                ("level", models.CharField(max_length=12)),
                ("number", models.IntegerField()),
                (
                    "parent",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="territory.place",
                    ),
                ),
                (
                    "place",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="parents",
                        to="territory.place",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="PlaceShape",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("from_on", models.DateField()),
                ("until_on", models.DateField(null=True)),
                ("shape", models.BinaryField()),
                (
                    "place",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="shapes",
                        to="territory.place",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="place",
            index=models.Index(fields=["code"], name="place_code"),
        ),
        migrations.AddIndex(
            model_name="place",
            index=models.Index(
                condition=models.Q(("ended_on", None), models.Q(("level", "dwelling"), _negated=True)),
                fields=["path"],
                name="place_searched",
            ),
        ),
        migrations.AddIndex(
            model_name="place",
            index=models.Index(
                condition=models.Q(("ended_on", None), ("level", "building")), fields=["lat", "lon"], name="place_near"
            ),
        ),
        migrations.AddConstraint(
            model_name="place",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("lat", None), ("lon", None)),
                    models.Q(("lat__isnull", False), ("lon__isnull", False)),
                    _connector="OR",
                ),
                name="place_point",
            ),
        ),
        migrations.AddConstraint(
            model_name="place",
            constraint=models.CheckConstraint(
                condition=models.Q(("ended_on", None), ("ended_on__gte", models.F("since_on")), _connector="OR"),
                name="place_dates",
            ),
        ),
        migrations.AddIndex(
            model_name="placecode",
            index=models.Index(fields=["code"], name="code_history"),
        ),
        migrations.AddConstraint(
            model_name="placecode",
            constraint=models.UniqueConstraint(
                condition=models.Q(("until_on", None)), fields=("place",), name="code_of_now"
            ),
        ),
        migrations.AddConstraint(
            model_name="placecode",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                condition=models.Q(("until_on__isnull", False)),
                expressions=[
                    (models.Func(models.F("place"), models.F("place"), models.Value("[]"), function="int8range"), "&&"),
                    (models.Func(models.F("from_on"), models.F("until_on"), function="daterange"), "&&"),
                ],
                name="code_one_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="placecode",
            constraint=models.UniqueConstraint(
                condition=models.Q(("until_on", None)), fields=("code",), name="code_of_one_place"
            ),
        ),
        migrations.AddConstraint(
            model_name="placename",
            constraint=models.UniqueConstraint(
                condition=models.Q(("until_on", None)), fields=("place",), name="name_of_now"
            ),
        ),
        migrations.AddConstraint(
            model_name="placename",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                condition=models.Q(("until_on__isnull", False)),
                expressions=[
                    (models.Func(models.F("place"), models.F("place"), models.Value("[]"), function="int8range"), "&&"),
                    (models.Func(models.F("from_on"), models.F("until_on"), function="daterange"), "&&"),
                ],
                name="name_one_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="placeparent",
            constraint=models.UniqueConstraint(
                condition=models.Q(("until_on", None)), fields=("place",), name="parent_of_now"
            ),
        ),
        migrations.AddConstraint(
            model_name="placeparent",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                condition=models.Q(("until_on__isnull", False)),
                expressions=[
                    (models.Func(models.F("place"), models.F("place"), models.Value("[]"), function="int8range"), "&&"),
                    (models.Func(models.F("from_on"), models.F("until_on"), function="daterange"), "&&"),
                ],
                name="parent_one_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="placeparent",
            constraint=models.UniqueConstraint(fields=("parent", "level", "number"), name="number_once"),
        ),
        migrations.AddConstraint(
            model_name="placeshape",
            constraint=models.UniqueConstraint(
                condition=models.Q(("until_on", None)), fields=("place",), name="shape_of_now"
            ),
        ),
        migrations.AddConstraint(
            model_name="placeshape",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                condition=models.Q(("until_on__isnull", False)),
                expressions=[
                    (models.Func(models.F("place"), models.F("place"), models.Value("[]"), function="int8range"), "&&"),
                    (models.Func(models.F("from_on"), models.F("until_on"), function="daterange"), "&&"),
                ],
                name="shape_one_at_a_time",
            ),
        ),
    ]
