import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("people", "0002_scope"),
        ("territory", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Kind",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("method", models.TextField()),
                ("release", models.TextField()),
                ("name", models.TextField()),
                ("position", models.SmallIntegerField()),
                ("content", models.JSONField()),
                ("inputs", models.JSONField(default=dict)),
                ("words", models.JSONField()),
                ("current", models.BooleanField()),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("method", "release", "name"), name="kind_once")],
            },
        ),
        migrations.CreateModel(
            name="Matter",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.IntegerField(default=0)),
                ("head", models.BinaryField(default=b"")),
                ("number", models.TextField(unique=True)),
                ("path", models.BigIntegerField()),
                ("topic", models.TextField(default="")),
                ("state", models.TextField()),
                ("configuration", models.JSONField()),
                ("opened_at", models.DateTimeField()),
                ("yellow_at", models.DateTimeField(null=True)),
                ("due_at", models.DateTimeField(null=True)),
                ("next_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("outcome", models.TextField(default="")),
                ("rating", models.SmallIntegerField(null=True)),
                ("followers", models.IntegerField(default=0)),
                ("before", models.JSONField(null=True)),
                ("moved_at", models.DateTimeField(null=True)),
                ("moved_by", models.TextField(default="")),
                (
                    "holder",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.party",
                    ),
                ),
                ("kind", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="matters.kind")),
                (
                    "place",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="territory.place"
                    ),
                ),
                (
                    "reporter",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.party"),
                ),
                (
                    "seat",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.seat"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Follow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                (
                    "party",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.party"),
                ),
                ("matter", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="matters.matter")),
            ],
        ),
        migrations.CreateModel(
            name="Note",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("event_id", models.UUIDField()),
                ("field", models.TextField()),
                ("text", models.TextField(null=True)),
                ("salt", models.BinaryField(null=True)),
                ("matter", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="matters.matter")),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Photo",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("digest", models.TextField()),
                ("width", models.IntegerField()),
                ("height", models.IntegerField()),
                ("uploaded_at", models.DateTimeField()),
                ("event_id", models.UUIDField(null=True)),
                (
                    "matter",
                    models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to="matters.matter"),
                ),
                (
                    "uploaded_by",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.party"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="PublicMatter",
            fields=[
                ("matter_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("number", models.TextField()),
                ("topic", models.TextField()),
                ("path", models.BigIntegerField()),
                ("state", models.TextField()),
                ("opened_at", models.DateTimeField()),
                ("due_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("outcome", models.TextField(default="")),
                ("followers", models.IntegerField(default=0)),
                ("rating", models.SmallIntegerField(null=True)),
                (
                    "kind",
                    models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to="matters.kind"),
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
        ),
        migrations.CreateModel(
            name="Reader",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("matter", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="matters.matter")),
                (
                    "party",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.party"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Token",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("token", models.TextField()),
                ("matter", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="matters.matter")),
            ],
        ),
        migrations.AddIndex(
            model_name="matter",
            index=models.Index(condition=models.Q(("ended_at", None)), fields=["seat", "due_at"], name="matter_held"),
        ),
        migrations.AddIndex(
            model_name="matter",
            index=models.Index(fields=["reporter", "-opened_at"], name="matter_reported"),
        ),
        migrations.AddIndex(
            model_name="matter",
            index=models.Index(condition=models.Q(("next_at__isnull", False)), fields=["next_at"], name="matter_clock"),
        ),
        migrations.AddIndex(
            model_name="matter",
            index=models.Index(fields=["path", "due_at"], name="matter_path_due"),
        ),
        migrations.AddConstraint(
            model_name="follow",
            constraint=models.UniqueConstraint(fields=("matter", "party"), name="follow_once"),
        ),
        migrations.AddIndex(
            model_name="publicmatter",
            index=models.Index(fields=["path", "ended_at"], name="public_path_ended"),
        ),
        migrations.AddIndex(
            model_name="publicmatter",
            index=models.Index(condition=models.Q(("ended_at", None)), fields=["path"], name="public_open"),
        ),
        migrations.AddConstraint(
            model_name="reader",
            constraint=models.UniqueConstraint(fields=("party", "matter"), name="reader_once"),
        ),
        migrations.AddIndex(
            model_name="token",
            index=models.Index(fields=["token", "matter"], name="token_matter"),
        ),
    ]
