"""The database engine of an embedded installation: PostgreSQL as Django knows it, started when first connected to."""

from typing import Any

import psycopg2
from django.db.backends.postgresql import base

from mappa.devstack import postgres


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection that brings its server along."""

    def get_connection_params(self) -> dict[str, Any]:
        postgres.hold()
        return {**super().get_connection_params(), **postgres.address(self.settings_dict["USER"])}

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        try:
            return super().get_new_connection(conn_params)
        except psycopg2.OperationalError:
            if postgres.alive():
                raise
            # Killed under us: start it again, perhaps on another port.
            postgres.revive()
            return super().get_new_connection({**conn_params, **postgres.address(self.settings_dict["USER"])})
