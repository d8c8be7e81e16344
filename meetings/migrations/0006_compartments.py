from django.db import migrations

from audit.triggers import AuditTable

SLOT = ("slot_id", "meetings_slot.nominal_id")


class Migration(migrations.Migration):
    dependencies = [("meetings", "0005_entries_follow_the_order"), ("audit", "0006_compartments")]

    # Meetings are read by those who read the calendar; who is invited, and who comes, by those who plan.
    operations = [
        AuditTable("meetings_slot", root="nominal_id", compartment="meeting", was="case"),
        AuditTable("meetings_slotchange", root=SLOT, compartment="meeting", was="case"),
        AuditTable("meetings_booking", root=SLOT, compartment="invitation", was="case"),
        AuditTable("meetings_invitation", root=SLOT, compartment="invitation", was="case"),
    ]
