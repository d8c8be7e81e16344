from django.db import migrations

from audit.triggers import AuditTable


class Migration(migrations.Migration):
    dependencies = [("exchange", "0001_extracts"), ("audit", "0002_evidence")]

    operations = [
        AuditTable("exchange_extract"),
        AuditTable("exchange_heading"),
    ]
