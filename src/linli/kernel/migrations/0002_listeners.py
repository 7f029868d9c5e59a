import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("kernel", "0001_initial")]

    operations = [
        migrations.RemoveIndex(model_name="event", name="event_recorded"),
        migrations.RemoveField(model_name="consumer", name="since"),
        migrations.AddField(
            model_name="consumer",
            name="listens",
            field=django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None),
        ),
        migrations.AddField(model_name="consumer", name="ready", field=models.BooleanField(default=False)),
        migrations.AddIndex(model_name="delivery", index=models.Index(fields=["consumer", "id"], name="delivery_next")),
    ]
