"""An edition is a version with its inputs: several of one version may stand side by side, one of them is current."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("matters", "0002_scope")]

    operations = [
        migrations.RemoveConstraint("kind", "kind_once"),
        migrations.AddConstraint(
            "kind",
            models.UniqueConstraint(
                fields=["method", "name"], condition=models.Q(("current", True)), name="kind_current"
            ),
        ),
        migrations.RemoveField("matter", "moved_at"),
        migrations.RemoveField("matter", "moved_by"),
    ]
