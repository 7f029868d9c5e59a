from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Adoption",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.IntegerField(default=0)),
                ("head", models.BinaryField(default=b"")),
                ("method", models.TextField(unique=True)),
                ("release", models.TextField()),
                ("inputs", models.JSONField(default=dict)),
                ("content", models.JSONField()),
                ("adopted_at", models.DateTimeField()),
            ],
            options={
                "abstract": False,
            },
        ),
    ]
