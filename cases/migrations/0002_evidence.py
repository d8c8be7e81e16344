from django.db import migrations

from audit.triggers import AuditTable


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_initial"), ("audit", "0002_evidence")]

    # Who takes part and who is kept out is read by those who may know who has access ("access"), not by every reader.
    operations = [
        AuditTable("cases_nominal", root="id"),
        AuditTable("cases_identifier", root="nominal_id"),
        AuditTable("cases_alias", root="nominal_id"),
        AuditTable("cases_address", root="nominal_id"),
        AuditTable("cases_ground", root="nominal_id"),
        AuditTable("cases_levelspan", root="nominal_id"),
        AuditTable("cases_qualifyingmeeting", root="nominal_id"),
        AuditTable("cases_whereaboutsspan", root="nominal_id"),
        AuditTable("cases_leadagencyspan", root="nominal_id"),
        AuditTable("cases_namedofficerspan", root="nominal_id"),
        AuditTable("cases_keydate", root="nominal_id"),
        AuditTable("cases_obligation", root="nominal_id"),
        AuditTable("cases_caseparticipation", root="content_object_id", compartment="access"),
        AuditTable("cases_personalgrant", root="content_object_id", compartment="access"),
        AuditTable("cases_exclusion", root="nominal_id", compartment="access"),
        AuditTable("cases_qualifyingoffence"),
    ]
