from pathlib import Path

from django.db import migrations

FORWARD = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")

BACKWARD = """
DO $$
DECLARE
    item text;
BEGIN
    FOREACH item IN ARRAY ARRAY['audit_change', 'audit_event', 'audit_access'] LOOP
        EXECUTE format('DROP TRIGGER audit_stamp ON public.%I', item);
    END LOOP;
    FOR item IN
        SELECT p.oid::regprocedure::text FROM pg_proc p
        WHERE p.pronamespace = 'public'::regnamespace AND p.proname LIKE 'audit\\_%'
    LOOP
        EXECUTE format('DROP FUNCTION %s', item);
    END LOOP;
END
$$;
DROP TYPE public.audit_context;
DROP TABLE public.audit_key;
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
