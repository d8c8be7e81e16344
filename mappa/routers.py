"""Which connection a table is reached by."""

from typing import Any

from django.conf import settings
from django.db.models import Model

CACHE = "django_cache"


class CacheRouter:
    """The cache has a connection of its own that commits at once; all else lives in the request's transaction."""

    def db_for_read(self, model: type[Model], **hints: Any) -> str | None:  # noqa: ARG002
        return settings.MAPPA_CACHE_CONNECTION if model._meta.app_label == CACHE else None

    def db_for_write(self, model: type[Model], **hints: Any) -> str | None:
        return self.db_for_read(model, **hints)

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool | None:  # noqa: ARG002
        """Both connections lead to one database: it is migrated once, by the first."""
        return False if db == "cache" else None
