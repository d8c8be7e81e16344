from pathlib import Path

from django.db import migrations

FORWARD = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
# As they were in 0002_evidence, which knew the compartment of a row and not that of its table.
BACKWARD = Path(__file__).with_name("0006_compartments_undone.sql").read_text(encoding="utf-8")


class Migration(migrations.Migration):
    dependencies = [("audit", "0005_searching")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
