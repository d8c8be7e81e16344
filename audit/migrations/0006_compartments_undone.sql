CREATE OR REPLACE FUNCTION public.audit_transactions_of_nominal(
    nominal_id bigint, compartments text[], before timestamptz, size integer
) RETURNS TABLE (at timestamptz, xact bigint) LANGUAGE sql STABLE AS $$
    SELECT c.at, c.xact FROM public.audit_change c
    WHERE c.root_id = $1 AND c.compartment = ANY ($2) AND ($3 IS NULL OR c.at < $3)
    UNION
    SELECT e.at, e.xact FROM public.audit_event e
    WHERE e.root_id = $1 AND e.compartment = ANY ($2) AND ($3 IS NULL OR e.at < $3)
    ORDER BY 1 DESC, 2 DESC
    LIMIT least($4, 1000)
$$;

CREATE OR REPLACE FUNCTION public.audit_changes_of_nominal(
    nominal_id bigint, compartments text[], before timestamptz, size integer
) RETURNS SETOF public.audit_change LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM public.audit_demand_principal();
    RETURN QUERY
    SELECT c.* FROM public.audit_change c
    JOIN public.audit_transactions_of_nominal($1, $2, $3, $4) t ON t.at = c.at AND t.xact = c.xact
    WHERE c.root_id = $1 AND c.compartment = ANY ($2)
    ORDER BY c.id DESC;
END
$$;

CREATE OR REPLACE FUNCTION public.audit_events_of_nominal(
    nominal_id bigint, compartments text[], before timestamptz, size integer
) RETURNS SETOF public.audit_event LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM public.audit_demand_principal();
    RETURN QUERY
    SELECT e.* FROM public.audit_event e
    JOIN public.audit_transactions_of_nominal($1, $2, $3, $4) t ON t.at = e.at AND t.xact = e.xact
    WHERE e.root_id = $1 AND e.compartment = ANY ($2)
    ORDER BY e.id DESC;
END
$$;

DROP FUNCTION public.audit_tables_outside;
