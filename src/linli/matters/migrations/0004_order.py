"""Lists of whoever sees very much are read in their order."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("matters", "0003_editions")]

    operations = [migrations.AddIndex("matter", models.Index(fields=["due_at", "-id"], name="matter_due"))]
