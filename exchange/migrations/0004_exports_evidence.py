from django.db import migrations

from audit.triggers import AuditTable


class Migration(migrations.Migration):
    dependencies = [("exchange", "0003_exports"), ("audit", "0002_evidence")]

    # The sealed file itself leaves no history: the access log says whom it showed, and to whom.
    operations = [
        AuditTable("exchange_export"),
        AuditTable("exchange_savedview"),
    ]
