from django.db import migrations

from audit.triggers import AuditTable


class Migration(migrations.Migration):
    dependencies = [
        ("agencies", "0001_initial"),
        ("audit", "0002_evidence"),
        ("account", "0009_emailaddress_unique_primary_email"),
        ("mfa", "0003_authenticator_type_uniq"),
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        AuditTable("agencies_user", secret=("password",), exempt=("last_login",)),
        AuditTable("agencies_area"),
        AuditTable("agencies_localhousingauthority"),
        AuditTable("agencies_panelarea"),
        AuditTable("agencies_agency"),
        AuditTable("agencies_membership"),
        AuditTable("agencies_parameteroverride"),
        # Tables of libraries that say who may sign in, and as which agency grants are held.
        AuditTable("auth_group"),
        AuditTable("account_emailaddress"),
        AuditTable("mfa_authenticator", secret=("data",), exempt=("last_used_at",)),
    ]
