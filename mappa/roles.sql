-- The roles of the database cluster. Run once as a superuser, before the first migration: by the embedded database
-- itself, by operations everywhere else (psql -f mappa/roles.sql). Roles belong to the cluster, not to a database, so no
-- migration makes them. Safe to run again. Passwords are given afterwards: ALTER ROLE … PASSWORD.

DO $$
BEGIN
    -- Owns the tables; signs in for deployments only.
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'mappa_migrator') THEN
        CREATE ROLE mappa_migrator LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE;
    END IF;
    -- What the web server and the workers sign in as. Owns nothing, and may not touch the evidence but through its functions.
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'mappa_app') THEN
        CREATE ROLE mappa_app LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB;
    END IF;
    -- Owns the evidence and the functions that write it. Nobody signs in as this role.
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'mappa_audit') THEN
        CREATE ROLE mappa_audit NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB;
    END IF;
END
$$;

GRANT mappa_app TO mappa_migrator;
-- So that a migration can hand the evidence over to its owner.
GRANT mappa_audit TO mappa_migrator;
