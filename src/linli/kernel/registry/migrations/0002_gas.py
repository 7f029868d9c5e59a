from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("registry", "0001_initial")]

    operations = [
        migrations.AddField("District", "gas_company", models.TextField(default="")),
        migrations.AddField("District", "gas_phone", models.TextField(default="")),
    ]
