from pathlib import Path

from django.db import migrations

FORWARD = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
# As it was in 0005_searching, where a file of a list counted as if each record in it had been opened.
BACKWARD = Path(__file__).with_name("0007_taken_out_undone.sql").read_text(encoding="utf-8")


class Migration(migrations.Migration):
    dependencies = [("audit", "0006_compartments")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
