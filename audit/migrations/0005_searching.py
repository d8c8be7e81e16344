from pathlib import Path

from django.contrib.postgres.indexes import BrinIndex
from django.db import migrations, models

FORWARD = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")

BACKWARD = """
DROP INDEX public.audit_change_user, public.audit_event_at, public.audit_change_at, public.audit_access_at;
DROP FUNCTION public.audit_hours, public.audit_found_events, public.audit_found_changes, public.audit_found_access;
"""


def _along_time(model: str) -> migrations.AddIndex:
    return migrations.AddIndex(model, BrinIndex(fields=["at"], name=f"audit_{model}_at", autosummarize=True))


class Migration(migrations.Migration):
    dependencies = [("audit", "0004_ticks")]

    operations = [
        migrations.RunSQL(
            FORWARD,
            BACKWARD,
            state_operations=[
                *(_along_time(model) for model in ("access", "change", "event")),
                migrations.AddIndex("change", models.Index(fields=["user_id", "-id"], name="audit_change_user")),
            ],
        )
    ]
