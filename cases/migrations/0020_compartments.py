from django.db import migrations

from audit.triggers import AuditEvents, AuditTable

REFERRAL = ("referral_id", "cases_referral.nominal_id")


class Migration(migrations.Migration):
    dependencies = [("cases", "0019_offence_as_long_as_referred"), ("audit", "0006_compartments")]

    # What has readers of its own is not in the history of every reader of the record: referrals, with all that hangs on
    # them, are read on their own page, which also knows who wrote a draft.
    operations = [
        AuditTable("cases_referral", root="nominal_id", compartment="referral", was="case"),
        AuditTable("cases_referralchange", root=REFERRAL, compartment="referral", was="case"),
        AuditTable("cases_panelvote", root=REFERRAL, compartment="referral", was="case"),
        AuditTable("cases_referraldocument", root=REFERRAL, compartment="referral", was="case"),
        AuditTable(
            "cases_referralfile",
            root=("document_id", "cases_referraldocument.referral_id", "cases_referral.nominal_id"),
            compartment="referral",
            secret=("content",),
            was="case",
        ),
        AuditEvents("cases_referraldraft", compartment="referral"),
        AuditTable("cases_advice", root="nominal_id", compartment="advice", was="case"),
        AuditTable("cases_firstnotification", root="nominal_id", compartment="first_notification", was="case"),
    ]
