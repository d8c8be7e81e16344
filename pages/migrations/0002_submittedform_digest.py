from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("pages", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="submittedform",
            name="digest",
            field=models.CharField(
                blank=True,
                default="",
                help_text="Keyed digest of what was sent: tells a repeat from another form.",
                max_length=64,
            ),
            preserve_default=False,
        ),
    ]
