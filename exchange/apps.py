from django.apps import AppConfig

from agencies.roles import Perm
from pages.navigation import NavEntry, register


class ExchangeConfig(AppConfig):
    """What comes in from files and other systems, and what goes out to them."""

    name = "exchange"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        register(NavEntry(40, "Lists", "extract-list", Perm.REGISTER_IMPORT))
