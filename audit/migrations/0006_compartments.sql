-- Of a nominal's history a reader is given what stands in the compartments asked for: the row's own, and the one that
-- its table has today. A table that is moved to a narrower compartment takes its past with it, and no row is rewritten.

CREATE FUNCTION public.audit_tables_outside(compartments text[]) RETURNS text[] LANGUAGE sql STABLE
SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT coalesce(array_agg(c.relname::text), '{}')
    FROM pg_catalog.pg_trigger t JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid
    WHERE t.tgname = 'audit_truncate' AND t.tgfoid = 'public.audit_record_change'::regproc
      AND split_part(encode(t.tgargs, 'escape'), '\000', 3) <> ALL ($1)
$$;

CREATE OR REPLACE FUNCTION public.audit_transactions_of_nominal(
    nominal_id bigint, compartments text[], before timestamptz, size integer
) RETURNS TABLE (at timestamptz, xact bigint) LANGUAGE sql STABLE AS $$
    WITH outside AS MATERIALIZED (SELECT public.audit_tables_outside($2) AS tables)
    SELECT c.at, c.xact FROM public.audit_change c
    WHERE c.root_id = $1 AND c.compartment = ANY ($2) AND ($3 IS NULL OR c.at < $3)
      AND c.table_name <> ALL ((SELECT tables FROM outside)::text[])
    UNION
    SELECT e.at, e.xact FROM public.audit_event e
    WHERE e.root_id = $1 AND e.compartment = ANY ($2) AND ($3 IS NULL OR e.at < $3)
      AND e.subject_table <> ALL ((SELECT tables FROM outside)::text[])
    ORDER BY 1 DESC, 2 DESC
    LIMIT least($4, 1000)
$$;

CREATE OR REPLACE FUNCTION public.audit_changes_of_nominal(
    nominal_id bigint, compartments text[], before timestamptz, size integer
) RETURNS SETOF public.audit_change LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    outside text[] := public.audit_tables_outside($2);
BEGIN
    PERFORM public.audit_demand_principal();
    RETURN QUERY
    SELECT c.* FROM public.audit_change c
    JOIN public.audit_transactions_of_nominal($1, $2, $3, $4) t ON t.at = c.at AND t.xact = c.xact
    WHERE c.root_id = $1 AND c.compartment = ANY ($2) AND c.table_name <> ALL (outside)
    ORDER BY c.id DESC;
END
$$;

CREATE OR REPLACE FUNCTION public.audit_events_of_nominal(
    nominal_id bigint, compartments text[], before timestamptz, size integer
) RETURNS SETOF public.audit_event LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    outside text[] := public.audit_tables_outside($2);
BEGIN
    PERFORM public.audit_demand_principal();
    RETURN QUERY
    SELECT e.* FROM public.audit_event e
    JOIN public.audit_transactions_of_nominal($1, $2, $3, $4) t ON t.at = e.at AND t.xact = e.xact
    WHERE e.root_id = $1 AND e.compartment = ANY ($2) AND e.subject_table <> ALL (outside)
    ORDER BY e.id DESC;
END
$$;

REVOKE ALL ON FUNCTION public.audit_tables_outside FROM PUBLIC;
GRANT CREATE ON SCHEMA public TO mappa_audit;
ALTER FUNCTION public.audit_tables_outside OWNER TO mappa_audit;
REVOKE CREATE ON SCHEMA public FROM mappa_audit;
