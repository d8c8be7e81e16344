from tests.audit.conftest import owner_sql

__all__ = ["owner_sql"]
