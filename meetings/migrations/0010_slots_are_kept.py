from django.db import migrations, models

_VERBS = [("placed", "Placed"), ("moved", "Moved"), ("cancelled", "Cancelled"), ("kept", "Kept")]


class Migration(migrations.Migration):
    dependencies = [
        ("meetings", "0009_invited_kinds"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="slotchange",
            name="slot_change_known",
        ),
        migrations.AlterField(
            model_name="slotchange",
            name="verb",
            field=models.CharField(choices=_VERBS, max_length=10),
        ),
        migrations.AddConstraint(
            model_name="slotchange",
            constraint=models.CheckConstraint(
                condition=models.Q(verb__in=[code for code, _ in _VERBS]), name="slot_change_known"
            ),
        ),
    ]
